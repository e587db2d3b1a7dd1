"""What became of problems in the days of a phase: ledger, inspections, enforcement, examples.

Source: campaign plan 三(六) (S1-3.3.6(1)a, S1-3.3.6(1)b, S1-3.3.6(2)), 二(二)5 (S1-2.2.5), 五(二)
to 五(四): each stage tells what was found, put right and written off, company by company.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaign.demonstration_workflow import EvaluationState
from campaign.enforcement_workflow import OUT, Measure
from campaign.inspection_workflow import STANDING, FindingState, InspectionState
from campaign.models import (
    Demonstration,
    EnforcementStep,
    Evaluation,
    Finding,
    Inspection,
    MonthlyCheck,
    RectificationItem,
)
from campaign.models.demonstration import UnitKind
from campaign.rectification_workflow import TO_DO, UNFINISHED, ItemState
from complaints import naming
from reporting.figures.scope import Rate, Row, Scope, enter_rate, figure, province_of
from reporting.figures.territory import moment

EXCERPT = 60
CONCEALED = "（含有个人信息，见台账）"


def excerpt(text: str) -> str:
    """The beginning of what somebody wrote; nothing of it where it may name a person."""
    line = " ".join(text.split())
    shown = line if len(line) <= EXCERPT else f"{line[:EXCERPT]}……"
    return CONCEALED if naming.patterned(line) else shown


def _units(scope: Scope) -> list[int]:
    return [one.pk for one in scope.everybody]


def once(scope: Scope, name: str, read: Callable[[Scope], list[Any]]) -> list[Any]:
    """What several figures count, read in one question."""
    if name not in scope.read:
        scope.read[name] = read(scope)
    found: list[Any] = scope.read[name]
    return found


# -- rectification ledger


ITEM_COLUMNS = (
    _("编号"),
    _("来源"),
    _("存在问题"),
    _("整改期限"),
    _("状态"),
    _("重新整改次数"),
)


def _read_items(scope: Scope) -> list[RectificationItem]:
    """All that was entered until the end of the days, those of phases before as well."""
    _begin, end = scope.span
    found = RectificationItem.objects.filter(
        campaign=scope.campaign, unit__in=_units(scope), opened_at__lt=end
    )
    found = found.exclude(state=ItemState.WITHDRAWN).select_related("unit")
    return list(found.order_by("opened_at", "pk"))


def _items(scope: Scope, keep: Callable[[RectificationItem, Scope], bool]) -> list[Row]:
    return [
        scope.unit_row(
            f"item:{one.pk}",
            one.unit,
            (
                one.number,
                str(one.get_source_kind_display()),
                excerpt(one.problem),
                moment(one.due_at),
                str(one.get_state_display()),
                one.reopen_count,
            ),
            url=reverse("campaign:rectification_item", args=[one.pk]),
        )
        for one in once(scope, "ledger", _read_items)
        if keep(one, scope)
    ]


def _is_new(one: RectificationItem, scope: Scope) -> bool:
    return one.opened_at >= scope.span[0]


def _is_overdue(one: RectificationItem, scope: Scope) -> bool:
    return _is_new(one, scope) and one.state in TO_DO and one.due_at < scope.now


for _key, _label, _keep in (
    ("ledger.items", _("列入整改台账的事项"), _is_new),
    (
        "ledger.closed",
        _("已销号的整改事项"),
        lambda one, scope: _is_new(one, scope) and one.state == ItemState.CLOSED,
    ),
    (
        "ledger.open",
        _("尚未销号的整改事项"),
        lambda one, scope: _is_new(one, scope) and one.state in UNFINISHED,
    ),
    ("ledger.overdue", _("逾期的整改事项"), _is_overdue),
    (
        "ledger.reopened",
        _("重新整改的事项"),
        lambda one, scope: _is_new(one, scope) and one.reopen_count > 0,
    ),
    (
        "ledger.standing",
        _("尚未销号的全部整改事项（含以前阶段列入的）"),
        lambda one, _scope: one.state in UNFINISHED,
    ),
):
    figure(_key, _label, _("项"), ITEM_COLUMNS)(partial(_items, keep=_keep))
enter_rate(Rate("ledger.rate", _("整改事项销号率"), "ledger.closed", "ledger.items"))


# -- inspections on site


INSPECTED_COLUMNS = (_("检查计划"), _("类型"), _("进场日期"), _("离场日期"), _("状态"))
FOUND_COLUMNS = (_("检查计划"), _("问题"), _("严重程度"), _("认定情况"), _("整改情况"))
# Somebody has been there.
BEGUN = (InspectionState.ON_SITE, InspectionState.FACTS, InspectionState.CONCLUDED)


def _read_begun(scope: Scope) -> list[Inspection]:
    """Inspections whose team came within the days."""
    found = Inspection.objects.filter(
        round__campaign=scope.campaign,
        state__in=BEGUN,
        first_day__gte=scope.period.first,
        first_day__lte=scope.period.last,
        organisation__in=_units(scope),
    )
    return list(found.select_related("organisation", "round").order_by("first_day", "pk"))


def _inspected(scope: Scope, states: tuple[str, ...]) -> list[Row]:
    return [
        scope.unit_row(
            f"inspected:{one.pk}",
            one.organisation,
            (
                one.round.title,
                str(one.round.get_kind_display()),
                str(one.first_day),
                str(one.last_day),
                str(one.get_state_display()),
            ),
            url=reverse("campaign:inspection", args=[one.pk]),
        )
        for one in once(scope, "begun", _read_begun)
        if one.state in states
    ]


figure("inspected.units", _("开展检查的单位"), _("家次"), INSPECTED_COLUMNS)(
    partial(_inspected, states=BEGUN)
)
figure("inspected.concluded", _("已作检查结论的单位"), _("家次"), INSPECTED_COLUMNS)(
    partial(_inspected, states=(InspectionState.CONCLUDED,))
)


def _read_found(scope: Scope) -> list[tuple[Finding, str]]:
    """Problems that the inspected were told of, each with the state of its item of the ledger."""
    begun = [one.pk for one in once(scope, "begun", _read_begun)]
    if not begun:
        return []
    found = Finding.objects.filter(inspection__in=begun).exclude(state=FindingState.DRAFT)
    related = ("inspection__organisation", "inspection__round")
    listed = list(found.select_related(*related).order_by("created_at", "pk"))
    keys = {f"inspection-finding:{one.pk}": one.pk for one in listed}
    items = RectificationItem.objects.filter(source_kind="inspection", source_key__in=keys)
    states = {keys[key]: state for key, state in items.values_list("source_key", "state")}
    return [(one, states.get(one.pk, "")) for one in listed]


def _found(scope: Scope, *, standing: bool = False, rectified: bool = False) -> Iterator[Row]:
    for one, state in once(scope, "inspected", _read_found):
        if (standing or rectified) and one.state not in STANDING:
            continue
        if rectified and state != ItemState.CLOSED:
            continue
        yield scope.unit_row(
            f"found:{one.pk}",
            one.inspection.organisation,
            (
                one.inspection.round.title,
                excerpt(one.problem),
                str(one.get_severity_display()),
                str(one.get_state_display()),
                str(ItemState(state).label) if state else "—",
            ),
            url=reverse("campaign:finding", args=[one.pk]),
        )


figure("inspected.found", _("检查发现的问题"), _("个"), FOUND_COLUMNS)(_found)
figure("inspected.confirmed", _("检查认定的问题"), _("个"), FOUND_COLUMNS)(
    partial(_found, standing=True)
)
figure("inspected.rectified", _("检查认定问题中已整改销号的"), _("个"), FOUND_COLUMNS)(
    partial(_found, rectified=True)
)
enter_rate(
    Rate("inspected.rate", _("检查认定问题整改率"), "inspected.rectified", "inspected.confirmed")
)


# -- enforcement


STEP_COLUMNS = (_("发文字号"), _("措施"), _("事由"), _("签发时间"), _("状态"))


def _read_steps(scope: Scope) -> list[EnforcementStep]:
    """Documents that the office and those below it signed within the days."""
    begin, end = scope.span
    found = EnforcementStep.objects.filter(
        matter__campaign=scope.campaign, state__in=OUT, issued_at__gte=begin, issued_at__lt=end
    )
    if scope.organisation.kind != Organisation.Kind.NATIONAL_REGULATOR:
        found = found.filter(matter__regulator__path__startswith=scope.organisation.path)
    listed = found.select_related("matter__enterprise").order_by("issued_at", "pk")
    inside = scope.provinces
    return [s for s in listed if not inside or province_of(s.matter.enterprise) in inside]


def _steps(scope: Scope, measure: str = "") -> list[Row]:
    return [
        scope.unit_row(
            f"measure:{one.pk}",
            one.matter.enterprise,
            (
                one.document_number,
                str(one.get_measure_display()),
                excerpt(one.matter.title),
                moment(one.issued_at),
                str(one.get_state_display()),
            ),
            url=reverse("campaign:enforcement_matter", args=[one.matter_id]),
        )
        for one in once(scope, "enforcement", _read_steps)
        if not measure or one.measure == measure
    ]


figure("enforced.total", _("采取的监管措施"), _("次"), STEP_COLUMNS)(_steps)
for _key, _label, _measure in (
    ("talks", _("监管约谈"), Measure.TALK),
    ("orders", _("责令整改"), Measure.ORDER),
    ("circulars", _("对企业的通报"), Measure.CIRCULAR),
    ("penalties", _("行政处罚"), Measure.PENALTY),
    ("investigations", _("立案调查"), Measure.INVESTIGATION),
):
    figure(f"enforced.{_key}", _label, _("次"), STEP_COLUMNS)(partial(_steps, measure=_measure))


# -- demonstration units


UNIT_COLUMNS = (_("示范单位"), _("类别"), _("级别"), _("确定日期"), _("状态"))
CHECK_COLUMNS = (_("示范单位"), _("序号"), _("检查期限"), _("检查日期"))


def _read_examples(scope: Scope) -> list[Any]:
    """Those chosen until the end of the days; whether one was named by then stands beside it."""
    _begin, end = scope.span
    named = Evaluation.objects.filter(
        unit=OuterRef("pk"),
        result=Evaluation.Result.NAMED,
        state=EvaluationState.APPROVED,
        decided_at__lt=end,
    )
    found = Demonstration.objects.filter(
        campaign=scope.campaign,
        selected_on__lte=scope.period.last,
        organisation__in=_units(scope),
    ).annotate(was_named=Exists(named))
    return list(found.select_related("organisation").order_by("kind", "selected_on", "pk"))


def _examples(scope: Scope, kind: str = "", *, named: bool = False) -> list[Row]:
    return [
        scope.unit_row(
            f"example:{one.pk}",
            one.organisation,
            (
                one.name,
                str(one.get_kind_display()),
                str(one.get_level_display()) or "—",
                str(one.selected_on),
                str(one.get_state_display()),
            ),
            url=reverse("campaign:demonstration", args=[one.pk]),
        )
        for one in once(scope, "examples", _read_examples)
        if (not kind or one.kind == kind) and (one.was_named or not named)
    ]


figure("examples.total", _("示范单位"), _("个"), UNIT_COLUMNS)(_examples)
for _key, _label, _kind in (
    ("points", _("监管机构确定的示范点"), UnitKind.POINT),
    ("areas", _("监管机构确定的示范区"), UnitKind.AREA),
    ("windows", _("示范营业窗口"), UnitKind.WINDOW),
):
    figure(f"examples.{_key}", _label, _("个"), UNIT_COLUMNS)(partial(_examples, kind=_kind))
figure("examples.named", _("已命名的示范单位"), _("个"), UNIT_COLUMNS)(
    partial(_examples, named=True)
)


def _checks(scope: Scope, condition: Q) -> list[Row]:
    chosen = [one.pk for one in once(scope, "examples", _read_examples)]
    if not chosen:
        return []
    seen = MonthlyCheck.objects.filter(condition, unit__in=chosen)
    seen = seen.select_related("unit__organisation")
    return [
        scope.unit_row(
            f"monthly:{one.pk}",
            one.unit.organisation,
            (one.unit.name, one.number, moment(one.due_at), str(one.checked_on or "—")),
            url=reverse("campaign:monthly_check", args=[one.pk]),
        )
        for one in seen.order_by("due_at", "pk")
    ]


@figure("examples.checked", _("示范单位月度检查"), _("次"), CHECK_COLUMNS)
def _checked(scope: Scope) -> list[Row]:
    period = scope.period
    return _checks(scope, Q(checked_on__gte=period.first, checked_on__lte=period.last))


@figure("examples.late", _("逾期未做的示范单位月度检查"), _("次"), CHECK_COLUMNS)
def _late_checks(scope: Scope) -> list[Row]:
    begin, end = scope.span
    until = min(end, scope.now)
    return _checks(scope, Q(done_at__isnull=True, due_at__gte=begin, due_at__lt=until))
