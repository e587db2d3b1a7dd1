"""What companies handed in by the day and found in themselves, and what the office made of it.

Source: campaign plan 五(二) (S1-5.2a, S1-5.2b), 五(四)1 (S1-5.4.1), 三(三)6 (S1-3.3.6).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from complaints import naming
from complaints.models import InspectionProposal, Supervision
from core import arithmetic
from reporting.figures.contents import lacking
from reporting.figures.scope import DUTY_COLUMNS, Rate, Row, Scope, enter_rate, figure
from reporting.figures.territory import moment

# -- periodic returns


RETURN_COLUMNS = (_("报表"), _("期数"))
_RETURNS: dict[str, tuple[Any, Q]] = {
    "returns.owed": (_("应报的定期报表"), Q()),
    "returns.filed": (_("已报的定期报表"), Q(filed_version__isnull=False)),
    "returns.late": (_("逾期报送的定期报表"), Q(first_late=True)),
    "returns.missing": (_("逾期未报的定期报表"), Q(filed_version__isnull=True)),
    "returns.accepted": (_("审核通过的定期报表"), Q(accepted_version__isnull=False)),
}


def _returns(scope: Scope, key: str) -> Iterator[Row]:
    """By unit and form, those that had to be in by the end of the phase or by now.

    Counted in the days in which each had to come first, and late if it came late then, as the lists
    of returns count: what is sent back and put right later is the same return.
    """
    from reporting.models import Return
    from reporting.workflow.returns import State

    begin, end = scope.span
    asked = {"first_due__gte": begin, "first_due__lt": min(end, scope.now)}
    every = Return.objects.alias(first_due=Coalesce("first_due_at", "due_at"))
    seen = every.filter(_RETURNS[key][1], **asked).exclude(state=State.WAIVED)
    units = {one.pk: one for one in scope.everybody}
    rows = (
        seen.filter(organisation__in=units)
        .order_by("organisation__code", "code")
        .values_list("organisation", "code", "form__title")
        .annotate(n=Count("pk"))
    )
    for unit, code, title, number in rows:
        identity = f"{key}:{units[unit].code}:{code}"
        url = f"{reverse('reporting:return_list')}?view=all&code={code}"
        yield scope.unit_row(identity, units[unit], (title, number), url=url)


for _key, (_label, _condition) in _RETURNS.items():
    figure(_key, _label, _("期"), RETURN_COLUMNS, total=1)(partial(_returns, key=_key))
enter_rate(Rate("returns.filed_rate", _("定期报表报送率"), "returns.filed", "returns.owed"))


# -- self-inspection, clause by clause


CHECK_COLUMNS = (
    _("检查内容"),
    _("抽样数"),
    _("问题数"),
    _("已整改"),
    _("未整改"),
    _("整改期限"),
)
SAMPLED, PROBLEMS, CORRECTED, LEFT = 1, 2, 3, 4
SELF_INSPECTION = "self_inspection"


def _owed_checks(scope: Scope, *, so_far: bool = False) -> list[Any]:
    """Self-inspection tables of the days of the phase; ``so_far``: of the phases before as well."""
    from reporting.models import Return
    from reporting.workflow.returns import State

    period = scope.period
    units = [one.pk for one in scope.everybody]
    found = Return.objects.filter(code=SELF_INSPECTION, organisation__in=units)
    first = scope.campaign.starts_on if so_far else period.first
    found = found.filter(period_start__lte=period.last, period_end__gte=first)
    found = found.exclude(state=State.WAIVED)
    related = ("organisation", "form", "filed_version")
    return list(found.select_related(*related).order_by("organisation__code", "pk"))


def _check_units(scope: Scope, *, filed: bool) -> list[Row]:
    return [
        scope.unit_row(
            f"check:{one.pk}",
            one.organisation,
            (one.form.title, moment(one.due_at), str(one.get_state_display())),
            url=reverse("reporting:return", args=[one.pk]),
        )
        for one in _owed_checks(scope)
        if (one.filed_version is not None) == filed
    ]


UNIT_COLUMNS = (_("报表"), _("截止时间"), _("状态"))
figure("checks.units", _("报送自查表的单位"), _("家"), UNIT_COLUMNS)(
    partial(_check_units, filed=True)
)
figure("checks.silent", _("尚未报送自查表的单位"), _("家"), UNIT_COLUMNS)(
    partial(_check_units, filed=False)
)


def _checks(scope: Scope, *, failed: bool = False, left: bool = False) -> Iterator[Row]:
    """The lines of the tables. Who inspected, and what was found, stays in the filing.

    What is left to be put right is asked for long after the days of the tables are over.
    """
    for one in _owed_checks(scope, so_far=left):
        if one.filed_version is None:
            continue
        url = reverse("reporting:return", args=[one.pk])
        for place, row in enumerate(one.filed_version.sheet("clauses"), start=1):
            problems, corrected = int(row.get("problems") or 0), int(row.get("corrected") or 0)
            if (failed and not problems) or (left and problems <= corrected):
                continue
            cells = (
                row.get("clause") or "—",
                int(row.get("sampled") or 0),
                problems,
                corrected,
                max(0, problems - corrected),
                str(row.get("due_on") or "—"),
            )
            yield scope.unit_row(f"check:{one.pk}:{place}", one.organisation, cells, url=url)


failing = partial(_checks, failed=True)
figure("checks.items", _("自查项目"), _("项"), CHECK_COLUMNS)(_checks)
figure("checks.sampled", _("自查抽样"), _("件"), CHECK_COLUMNS, total=SAMPLED)(_checks)
figure("checks.failed", _("自查不合格项目"), _("项"), CHECK_COLUMNS)(failing)
figure("checks.problems", _("自查发现问题"), _("个"), CHECK_COLUMNS, total=PROBLEMS)(failing)
figure("checks.corrected", _("自查已整改问题"), _("个"), CHECK_COLUMNS, total=CORRECTED)(failing)
figure("checks.left", _("自查尚未整改问题"), _("个"), CHECK_COLUMNS, total=LEFT)(
    partial(_checks, left=True)
)
enter_rate(Rate("checks.rate", _("自查问题整改率"), "checks.corrected", "checks.problems"))


# -- reports of the companies in words


TEXT_COLUMNS = (_("报送时间"), _("情况综述"))
EXCERPT = 400
CONCEALED = "（综述含有个人信息，见报送材料）"


def _told(scope: Scope, part: str) -> Iterator[Row]:
    for duty, version in scope.content_of(part):
        text = " ".join(version.text(part).split())
        shown = text if len(text) <= EXCERPT else f"{text[:EXCERPT]}……"
        shown = CONCEALED if naming.patterned(text) else shown
        cells = (moment(version.submitted_at), shown or "—")
        yield scope.unit_row(f"{part}:{duty.pk}", duty.organisation, cells, duty=duty.pk)


def _silent(scope: Scope, part: str) -> list[Row]:
    return lacking(scope, part, lambda version: bool(version.text(part)))


for _key, _part, _label, _missing in (
    (
        "selfreports",
        "self_inspection_report",
        _("报告自查整改情况的企业"),
        _("未报告自查整改情况的企业"),
    ),
    ("summaries", "summary_report", _("报告专项行动总结的企业"), _("未报告专项行动总结的企业")),
):
    figure(f"{_key}.companies", _label, _("家"), TEXT_COLUMNS)(partial(_told, part=_part))
    figure(f"{_key}.missing", _missing, _("家"), DUTY_COLUMNS)(partial(_silent, part=_part))


# -- what the portal noticed, and what the office decided


FINDING_COLUMNS = (_("线索"), _("来源"), _("条款"), _("提出时间"), _("状态"))


def _findings(scope: Scope, state: str = "") -> list[Row]:
    from reporting.models import FindingProposal

    begin, end = scope.span
    units = [one.pk for one in scope.everybody]
    seen = FindingProposal.objects.filter(organisation__in=units)
    seen = seen.filter(created_at__gte=begin, created_at__lt=end)
    seen = seen.filter(state=state) if state else seen
    return [
        scope.unit_row(
            f"finding:{one.pk}",
            one.organisation,
            (
                one.title,
                one.source_label,
                one.clause,
                moment(one.created_at),
                str(one.get_state_display()),
            ),
            url=reverse("reporting:proposal", args=[one.pk]),
        )
        for one in seen.select_related("organisation").order_by("created_at", "pk")
    ]


for _key, _label, _state in (
    ("findings.total", _("提出的问题线索"), ""),
    ("findings.accepted", _("采纳的问题线索"), "accepted"),
    ("findings.dismissed", _("未采纳的问题线索"), "dismissed"),
    ("findings.open", _("待处理的问题线索"), "open"),
):
    figure(_key, _label, _("条"), FINDING_COLUMNS)(partial(_findings, state=_state))


@figure("supervised.total", _("督办的诉求"), _("件"), (_("诉求编号"), _("督办时间"), _("反馈时间")))
def _supervised(scope: Scope) -> list[Row]:
    begin, end = scope.span
    seen = Supervision.objects.filter(
        issued_at__gte=begin,
        issued_at__lt=end,
        case__owner__path__startswith=scope.organisation.path,
    ).select_related("case", "organisation")
    return [
        scope.unit_row(
            f"supervision:{one.pk}",
            one.organisation,
            (one.case.number, moment(one.issued_at), moment(one.answered_at)),
            url=reverse("complaints:case", args=[one.case_id]),
        )
        for one in seen.order_by("issued_at", "pk")
    ]


@figure(
    "inspections.decided",
    _("决定开展的专项稽查"),
    _("次"),
    (_("诉求件数"), _("起止日期"), _("决定时间")),
)
def _inspections(scope: Scope) -> list[Row]:
    begin, end = scope.span
    seen = InspectionProposal.objects.filter(
        organisation__path__startswith=scope.organisation.path,
        state=InspectionProposal.State.ACCEPTED,
        decided_at__gte=begin,
        decided_at__lt=end,
    ).select_related("respondent")
    return [
        scope.unit_row(
            f"inspection:{one.pk}",
            one.respondent,
            (one.count, f"{one.first_day}至{one.last_day}", moment(one.decided_at)),
            url=reverse("complaints:inspection", args=[one.pk]),
        )
        for one in seen.order_by("decided_at", "pk")
    ]


PAPER_COLUMNS = (_("文件"), _("发文字号"), _("印发时间"))


def _papers(scope: Scope, kind: str) -> list[Row]:
    """What was given a number in the period, corrections with it: each is a document of its own.

    The paper that only withdraws a circular tells of no case and no situation, and is not counted;
    the circular that it withdraws was issued nevertheless, and says in its row that it is gone.
    """
    from reporting.models import Bulletin, Circular
    from reporting.queries import circulars

    begin, end = scope.span
    model: Any = {"bulletin": Bulletin, "circular": Circular}[kind]
    seen = model.objects.filter(
        organisation=scope.organisation, issued_at__gte=begin, issued_at__lt=end
    )
    titles: dict[int, str] = {}
    if model is Circular:
        seen = seen.told().select_related("redress")
        titles = circulars.titles(seen)
    return [
        Row(
            f"{kind}:{one.pk}",
            scope.organisation.code,
            str(scope.organisation),
            "",
            (titles.get(one.pk, one.title), one.document_number, moment(one.issued_at)),
            url=reverse(f"reporting:{kind}", args=[one.pk]),
        )
        for one in seen.order_by("issued_at", "pk")
    ]


figure("papers.bulletins", _("印发的热线通报"), _("份"), PAPER_COLUMNS)(
    partial(_papers, kind="bulletin")
)
figure("papers.circulars", _("印发的案件和情况通报"), _("份"), PAPER_COLUMNS)(
    partial(_papers, kind="circular")
)


# -- indicators


VALUE_COLUMNS = (_("指标"), _("统计期"), _("数值"), _("规定值"), _("单位"))


def _values(scope: Scope, *, below: bool = False) -> Iterator[Row]:
    """Per indicator and company the last value of the days of the phase."""
    from reporting.models import IndicatorValue
    from reporting.queries.indicators import Limits, shown

    units = {one.pk: one for one in scope.units}
    seen = IndicatorValue.objects.standing().filter(
        organisation__in=units,
        value__isnull=False,
        first_day__gte=scope.period.first,
        last_day__lte=scope.period.last,
    )
    latest: dict[tuple[str, int], Any] = {}
    for one in seen.select_related("indicator").order_by("last_day", "-first_day", "pk"):
        latest[one.indicator.code, one.organisation_id] = one
    limits: dict[int, Limits] = {}
    for (_code, unit), one in sorted(latest.items(), key=lambda pair: (pair[0][0], pair[0][1])):
        year = one.last_day.year
        if year not in limits:
            limits[year] = Limits(year)
        limit, _target = limits[year].of(one.indicator, units[unit])
        # Of a sum that lacks some of its units nothing is said, here as on the pages.
        if below and (one.is_partial or _meets(one, limit) is not False):
            continue
        places = one.indicator.decimals
        told = "—" if limit is None else arithmetic.printed(limit, decimals=places)
        yield scope.unit_row(
            f"value:{one.pk}",
            units[unit],
            (
                one.indicator.name,
                one.period.text,
                shown(one.indicator, one),
                told,
                one.indicator.unit,
            ),
            url=reverse("reporting:indicator_value", args=[one.pk]),
        )


def _meets(value: Any, limit: Any) -> bool | None:
    from reporting.indicators.scoring import meets

    return meets(value.value, limit, value.indicator.direction)


figure("indicators.values", _("监管指标结果"), _("项"), VALUE_COLUMNS)(_values)
figure("indicators.below", _("未达到规定值的监管指标"), _("项"), VALUE_COLUMNS)(
    partial(_values, below=True)
)


TASK_COLUMNS = (_("薄弱环节"), _("改进要求"), _("完成期限"), _("状态"))


def _tasks(scope: Scope, condition: Q) -> list[Row]:
    from reporting.models import ImprovementTask

    begin, end = scope.span
    seen = ImprovementTask.objects.filter(
        condition, office=scope.organisation, set_at__gte=begin, set_at__lt=end
    )
    return [
        scope.unit_row(
            f"task:{one.pk}",
            one.organisation,
            (one.problem, one.demand, str(one.due_on), str(one.get_state_display())),
            url=reverse("reporting:improvement", args=[one.pk]),
        )
        for one in seen.select_related("organisation").order_by("set_at", "pk")
    ]


figure("improvements.total", _("下达的改进任务"), _("项"), TASK_COLUMNS)(
    partial(_tasks, condition=Q())
)
figure("improvements.checked", _("核查完成的改进任务"), _("项"), TASK_COLUMNS)(
    partial(_tasks, condition=Q(state="checked"))
)
