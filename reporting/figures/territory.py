"""What hotlines, outages and ordered use came to in the days of a phase, by company.

Source: campaign plan 四(二) (S1-4.2g to S1-4.2j), 五(二) to 五(四): what supervision brings day by
day goes into the report of each stage. Cases and notices are many: a row is a company with its
number, and opens the list of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from django.db.models import Count, Q, Sum
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from complaints.filters import NONE, UNIT, CaseFilters
from complaints.models import Case
from complaints.workflow import DONE, Source
from core import clock
from reporting.figures.scope import Rate, Row, Scope, enter_rate, figure

NUMBER = (_("数量"),)
UNKNOWN = "未确定被反映单位"


def per_unit(
    scope: Scope, key: str, found: Mapping[str, int], url: Callable[[str], str]
) -> list[Row]:
    """Numbers by path of a unit, one row for each company that has any."""
    counts: dict[str, int] = {}
    for path, number in found.items():
        if (top := scope.top_of(path)) is not None:
            counts[top.code] = counts.get(top.code, 0) + number
    return [
        scope.unit_row(f"{key}:{one.code}", one, (counts[one.code],), url=url(one.code))
        for one in scope.units
        if counts.get(one.code)
    ]


def days(scope: Scope) -> dict[str, str]:
    """The days of the phase as lists are asked for them."""
    return {"since": str(scope.period.first), "until": str(scope.period.last)}


# -- cases


CASES: dict[str, tuple[Any, Mapping[str, str], str]] = {
    "cases.total": (_("诉求"), {}, "all"),
    "cases.s12398": (_("12398热线诉求"), {"source": Source.H12398}, "all"),
    "cases.s95598": (_("95598热线诉求"), {"source": Source.H95598}, "all"),
    "cases.complaints": (_("投诉"), {"nature": "complaint"}, "all"),
    "cases.reports": (_("举报"), {"nature": "report"}, "all"),
    "cases.done": (_("已办结的诉求"), {}, "done"),
    "cases.open": (_("在办的诉求"), {}, "open"),
}
_VIEWS = {"all": Q(), "done": Q(state__in=DONE), "open": ~Q(state__in=DONE)}


def _numbers(scope: Scope) -> dict[str, dict[int, int]]:
    """All figures of cases by unit, in one walk over the cases of the days."""
    if "cases" not in scope.read:
        begin, end = scope.span
        asked = {
            key: Count("pk", filter=_VIEWS[view] & Q(**equal))
            for key, (_label, equal, view) in CASES.items()
        }
        # Names of columns may hold no dots.
        named = {key.replace(".", "_"): one for key, one in asked.items()}
        rows = (
            Case.objects.counted()
            .of_period(begin, end)
            .annotate(unit=UNIT)
            .order_by()
            .values_list("unit")
            .annotate(**named)
        )
        found: dict[str, dict[int, int]] = {key: {} for key in CASES}
        for unit, *numbers in rows:
            for key, number in zip(CASES, numbers, strict=True):
                found[key][unit] = number
        units = Organisation.objects.filter(pk__in=found["cases.total"]).order_by()
        scope.read["cases"] = found
        scope.read["cases.paths"] = dict(units.values_list("pk", "path"))
    return scope.read["cases"]


def _cases(scope: Scope, key: str) -> Iterable[Row]:
    _label, asked, view = CASES[key]
    found = _numbers(scope)[key]
    paths = scope.read["cases.paths"]
    filters = CaseFilters(counted="1", **days(scope), **asked)

    def url(code: str) -> str:
        return filters.list_url(view=view, unit=code)

    yield from per_unit(scope, key, {paths[pk]: n for pk, n in found.items() if pk in paths}, url)
    here = scope.organisation
    if not scope.provinces and (number := found.get(here.pk, 0)):
        # Nobody could say yet whom they are about: counted all the same.
        unknown = url(NONE)
        yield Row(f"{key}:{NONE}", here.code, UNKNOWN, "", (number,), url=unknown)


for _key, (_label, _asked, _view) in CASES.items():
    figure(_key, _label, _("件"), NUMBER, total=0)(partial(_cases, key=_key))
enter_rate(Rate("cases.done_rate", _("诉求办结率"), "cases.done", "cases.total"))


# -- outage notices


NOTICES: dict[str, tuple[Any, Mapping[str, str]]] = {
    "outages.notices": (_("停限电信息"), {}),
    "outages.planned": (_("计划停电"), {"kind": "planned"}),
    "outages.faults": (_("故障停电"), {"kind": "fault"}),
    "outages.late": (_("公告提前量不足的停电"), {"flag": "late"}),
    "outages.missing": (_("停电前未公告的停电"), {"flag": "missing"}),
    "outages.overrun": (_("超过公告时间未复电的停电"), {"flag": "overrun"}),
    "outages.violations": (_("随意停居民用电的停电"), {"flag": "violation"}),
}


def _notices(scope: Scope, key: str) -> list[Row]:
    from reporting.models import OutageNotice
    from reporting.queries.outages import Filters

    _label, asked = NOTICES[key]
    filters = Filters(counted="1", **days(scope), **asked)
    seen = filters.narrow(OutageNotice.objects.all()).order_by()
    found = dict(seen.values_list("organisation__path").annotate(n=Count("pk")))
    return per_unit(scope, key, found, lambda code: filters.url(unit=code))


for _key, (_label, _asked) in NOTICES.items():
    figure(_key, _label, _("件"), NUMBER, total=0)(partial(_notices, key=_key))


# -- outages that nobody announced


LEAD_COLUMNS = (_("位置"), _("最早反映时间"), _("诉求件数"), _("状态"))


def _leads(scope: Scope, *states: str) -> list[Row]:
    from reporting.models import OutageLead

    begin, end = scope.span
    seen = OutageLead.objects.filter(starts_at__gte=begin, starts_at__lt=end)
    seen = seen.filter(organisation__in=[one.pk for one in scope.everybody])
    if states:
        seen = seen.filter(state__in=states)
    return [
        scope.unit_row(
            f"lead:{one.pk}",
            one.organisation,
            (
                # Told is the line or area; an address would lead to whoever called.
                one.place if one.level != OutageLead.Place.ADDRESS else "—",
                moment(one.starts_at),
                one.count,
                str(one.get_state_display()),
            ),
            url=reverse("reporting:outage_lead", args=[one.pk]),
        )
        for one in seen.select_related("organisation").order_by("starts_at", "pk")
    ]


figure("leads.total", _("疑似未公告停电线索"), _("条"), LEAD_COLUMNS)(_leads)
for _key, _label, _state in (
    ("leads.accepted", _("已采纳的未公告停电线索"), "accepted"),
    ("leads.dismissed", _("未采纳的未公告停电线索"), "dismissed"),
    ("leads.open", _("待核实的未公告停电线索"), "open"),
):
    figure(_key, _label, _("条"), LEAD_COLUMNS)(
        lambda scope, state=_state: _leads(scope, state)  # type: ignore[misc]
    )


def moment(at: Any) -> str:
    """An instant as lists write it; a dash where there is none."""
    return at.astimezone(clock.ZONE).strftime("%Y-%m-%d %H:%M") if at else "—"


# -- ordered use: plans and what was carried out


PLAN_COLUMNS = (_("年度"), _("地区"), _("版本"), _("报送时间"), _("状态"))


def _plans(scope: Scope, *, late: bool = False) -> list[Row]:
    from reporting.models import OrderedUsePlan

    begin, end = scope.span
    seen = OrderedUsePlan.objects.filter(filed_at__gte=begin, filed_at__lt=end)
    seen = seen.filter(organisation__in=[one.pk for one in scope.everybody])
    if late:
        seen = seen.filter(is_late=True)
    return [
        scope.unit_row(
            f"plan:{one.pk}",
            one.organisation,
            (
                one.year,
                str(one.region),
                one.number,
                moment(one.filed_at),
                str(one.get_state_display()),
            ),
            url=reverse("reporting:plan", args=[one.pk]),
        )
        for one in seen.select_related("organisation", "region").order_by("filed_at", "pk")
    ]


figure("plans_filed.total", _("报备的有序用电方案"), _("件"), PLAN_COLUMNS)(_plans)
figure("plans_filed.late", _("逾期报备的有序用电方案"), _("件"), PLAN_COLUMNS)(
    partial(_plans, late=True)
)

EVENT_COLUMNS = (
    _("启动时间"),
    _("等级"),
    _("最大缺口（万千瓦）"),
    _("拉闸条次"),
    _("影响居民户数"),
    _("影响电量（千瓦时）"),
    _("状态"),
)
CUTS, HOUSEHOLDS, ENERGY = 3, 4, 5


def _events(scope: Scope) -> list[Row]:
    from reporting.models import Activation

    begin, end = scope.span
    seen = Activation.objects.filter(started_at__gte=begin, started_at__lt=end)
    seen = seen.filter(organisation__in=[one.pk for one in scope.everybody])
    seen = seen.annotate(
        cuts=Count("rows", filter=Q(rows__feeder_cut=True)),
        homes=Sum("rows__households"),
        energy=Sum("rows__energy_kwh"),
    )
    return [
        scope.unit_row(
            f"event:{one.pk}",
            one.organisation,
            (
                moment(one.started_at),
                one.grade,
                format((one.gap_mw / 10).normalize(), "f"),
                one.cuts,
                one.homes or 0,
                format((one.energy or 0), "f") if one.energy else "0",
                str(one.get_state_display()),
            ),
            url=reverse("reporting:activation", args=[one.pk]),
        )
        for one in seen.select_related("organisation").order_by("started_at", "pk")
    ]


figure("ordered.events", _("启动有序用电"), _("次"), EVENT_COLUMNS)(_events)
figure("ordered.cuts", _("有序用电拉闸"), _("条次"), EVENT_COLUMNS, total=CUTS)(_events)
figure("ordered.households", _("有序用电影响居民"), _("户"), EVENT_COLUMNS, total=HOUSEHOLDS)(
    _events
)
figure("ordered.energy", _("有序用电影响电量"), _("千瓦时"), EVENT_COLUMNS, total=ENERGY)(_events)
