"""Who reported, in time or late, and what the office itself has done (S1-5.1.3a, S1-4.2j)."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from campaign.models import Duty
from campaign.workflow import UNFINISHED, DutyState
from reporting.figures.scope import DUTY_COLUMNS, Rate, Row, Scope, duty_row, enter_rate, figure


def companies(scope: Scope, keep: Callable[[Duty], bool]) -> list[Row]:
    return [duty_row(duty) for duty in scope.company_duties if keep(duty)]


def is_expected(duty: Duty) -> bool:
    return duty.state != DutyState.EXEMPTED


def is_filed(duty: Duty) -> bool:
    return is_expected(duty) and duty.first_submitted_at is not None


def is_late(scope: Scope, duty: Duty) -> bool:
    return is_filed(duty) and duty.is_late_at(scope.now)


def is_missing(duty: Duty) -> bool:
    return duty.state in UNFINISHED and duty.first_submitted_at is None


@figure("company.expected", _("应报告的企业"), _("家"), DUTY_COLUMNS)
def _company_expected(scope: Scope) -> list[Row]:
    return companies(scope, is_expected)


@figure("company.filed", _("已报告的企业"), _("家"), DUTY_COLUMNS)
def _company_filed(scope: Scope) -> list[Row]:
    return companies(scope, is_filed)


@figure("company.on_time", _("按期报告的企业"), _("家"), DUTY_COLUMNS)
def _company_on_time(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: is_filed(duty) and not is_late(scope, duty))


@figure("company.late", _("逾期报告的企业"), _("家"), DUTY_COLUMNS)
def _companyis_late(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: is_late(scope, duty))


@figure("company.missing", _("尚未报告的企业"), _("家"), DUTY_COLUMNS)
def _company_missing(scope: Scope) -> list[Row]:
    return companies(scope, is_missing)


@figure("company.overdue", _("超过期限仍未报告的企业"), _("家"), DUTY_COLUMNS)
def _company_overdue(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: is_missing(duty) and duty.due_at < scope.now)


@figure("company.returned", _("退回补正过的企业"), _("家"), DUTY_COLUMNS)
def _company_returned(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: is_expected(duty) and duty.return_count > 0)


@figure("company.awaiting_correction", _("正在补正的企业"), _("家"), DUTY_COLUMNS)
def _company_awaiting(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: duty.state == DutyState.RETURNED)


@figure("company.accepted", _("审核通过的企业"), _("家"), DUTY_COLUMNS)
def _company_accepted(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: duty.state == DutyState.ACCEPTED)


@figure("company.exempted", _("批准免报的企业"), _("家"), DUTY_COLUMNS)
def _company_exempted(scope: Scope) -> list[Row]:
    return companies(scope, lambda duty: duty.state == DutyState.EXEMPTED)


@figure("company.copied", _("由当地派出机构受理、抄送本机关的企业"), _("家"), DUTY_COLUMNS)
def _company_copied(scope: Scope) -> list[Row]:
    here = scope.organisation.pk
    return companies(scope, lambda duty: is_filed(duty) and duty.copy_to_id == here)


# -- the same over several stages: a company owes a report in each


for _key, _label, _count in (
    ("filings.expected", _("企业应报送的报告"), _company_expected),
    ("filings.filed", _("企业已报送的报告"), _company_filed),
    ("filings.late", _("企业逾期报送的报告"), _companyis_late),
    ("filings.missing", _("企业尚未报送的报告"), _company_missing),
):
    figure(_key, _label, _("件"), DUTY_COLUMNS)(_count)
enter_rate(Rate("filings.filed_rate", _("企业报告报送率"), "filings.filed", "filings.expected"))


# -- the office itself


@figure("own.total", _("监管机构本级工作"), _("项"), DUTY_COLUMNS)
def _own_total(scope: Scope) -> list[Row]:
    return [duty_row(duty) for duty in scope.own_duties]


@figure("own.done", _("监管机构本级已完成工作"), _("项"), DUTY_COLUMNS)
def _own_done(scope: Scope) -> list[Row]:
    done = (DutyState.ACCEPTED, DutyState.EXEMPTED)
    return [duty_row(duty) for duty in scope.own_duties if duty.state in done]


@figure("own.open", _("监管机构本级尚未完成的工作"), _("项"), DUTY_COLUMNS)
def _own_open(scope: Scope) -> list[Row]:
    done = (DutyState.ACCEPTED, DutyState.EXEMPTED)
    return [duty_row(duty) for duty in scope.own_duties if duty.state not in done]


@figure("own.late", _("监管机构本级逾期未完成的工作"), _("项"), DUTY_COLUMNS)
def _ownis_late(scope: Scope) -> list[Row]:
    unfinished = [duty for duty in scope.own_duties if duty.state in UNFINISHED]
    return [duty_row(duty) for duty in unfinished if duty.due_at < scope.now]


enter_rate(Rate("company.filed_rate", _("报告率"), "company.filed", "company.expected"))
