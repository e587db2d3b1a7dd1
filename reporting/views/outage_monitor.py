"""The regulator's view of outage information: lead times by unit, leads, frequent outages.

Source: campaign plan 四(二) (S1-4.2g).
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.rectification_sources import entry
from complaints.models import Case
from core import arithmetic, clock, pages, policy
from core.components import Stat, Tab
from core.paging import keyset
from core.periods import Period
from core.sheets.writer import Out
from reporting import outage_presenting as presenting
from reporting.ledger_sources import of_proposal
from reporting.models import OutageFlag, OutageLead, OutageNotice
from reporting.queries import frequent_outages, resident_hours
from reporting.queries import outages as queries
from reporting.queries.outages import Filters, Line
from reporting.services import outage_leads as services
from reporting.services import proposals
from reporting.views import workbooks

VIEW, FINDINGS = Permission.OUTAGE_VIEW, Permission.FINDING_VIEW
DECIDE = Permission.FINDING_DECIDE
State, Flag = OutageLead.State, OutageFlag.Code
LAMPS = {State.OPEN: "near", State.ACCEPTED: "late", State.DISMISSED: "pause"}
# Without a period the page shows so many days up to today.
DAYS = 30
WHY: dict[str, Any] = {
    "place": lambda: _("不是该处"),
    "time": lambda: _("不是该时段"),
    "late": lambda: _("停电后才公告"),
    "unpublished": lambda: _("未公告"),
    "cancelled": lambda: _("已取消"),
}


def period_of(filters: Filters) -> Period:
    """The days that were asked for, the last thirty without."""
    last = queries.day_of(filters.until) or clock.today()
    first = queries.day_of(filters.since) or last - timedelta(days=DAYS - 1)
    return Period(min(first, last), last)


@policy.needs(VIEW)
@require_GET
def monitor(request: HttpRequest) -> HttpResponse:
    """Lead times, what is late or missing, hours of residents; every number opens its list."""
    filters = Filters.of(request.GET)
    period = period_of(filters)
    lines, whole = queries.lines(request.user, filters, period)
    context = {
        "tabs": presenting.sections(request.user, "monitor"),
        "filters": filters,
        "period": period,
        "kinds": OutageNotice.Kind.choices,
        "stats": stats(whole),
        "rows": [cells(line) for line in lines],
        "whole": cells(whole),
        "yearly": _yearly(period),
        "export_url": f"{reverse('reporting:outage_monitor_export')}?{urlencode(filters.asked)}",
    }
    return pages.render(request, "reporting/outages/monitor.html", context=context)


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same figures as a workbook, the whole last."""
    filters = Filters.of(request.GET)
    period = period_of(filters)
    lines, whole = queries.lines(request.user, filters, period)
    columns = [
        Out("unit", _("供电单位"), 24),
        Out("n", _("停限电件数"), 12),
        Out("met", _("按时公告件数"), 14),
        Out("asked", _("应当提前公告件数"), 18),
        Out("rate", _("按时公告率（%）"), 16),
        Out("late", _("提前量不足"), 12),
        Out("missing", _("停电前未公告"), 14),
        Out("violations", _("随意停居民用电"), 16),
        Out("hours", _("居民停电户时数"), 16),
        Out("residents", _("居民用户数"), 14),
        Out("per_household", _("户均停电（小时）"), 16),
        Out("avoided", _("不停电作业减少户时数"), 20),
    ]
    named = [(line, line.unit.name) for line in lines if line.unit]
    rows = [
        {column.key: getattr(line, column.key) for column in columns} | {"unit": name}
        for line, name in [*named, (whole, _("合计"))]
    ]
    title = _("停限电公告监测%(first)s至%(last)s") % {"first": period.first, "last": period.last}
    return workbooks.export(request, columns, rows, title=title, count=len(rows))


def _yearly(period: Period) -> list[Any]:
    """What residents may be without power in a year, where a rule says so."""
    return list(queries.Rulebook().on(period.last).of("yearly"))


def stats(whole: Line) -> list[Stat]:
    url = partial(whole.filters.url, counted="1")
    violations = "late" if whole.violations else ""
    return [
        Stat(_("停限电信息"), arithmetic.grouped(whole.n), url()),
        Stat(_("按时公告率"), _percent(whole.rate), url(lead="asked")),
        Stat(_("公告提前量不足"), whole.late, url(flag=Flag.LATE.value)),
        Stat(_("停电前未公告"), whole.missing, url(flag=Flag.MISSING.value)),
        Stat(_("随意停居民用电"), whole.violations, url(flag=Flag.VIOLATION.value), "", violations),
    ]


def cells(line: Line) -> dict[str, Any]:
    """One line as the table shows it: texts, and the list that each number opens."""
    url = partial(line.filters.url, counted="1")
    return {
        "line": line,
        "rate": _percent(line.rate),
        "hours": arithmetic.printed(line.hours),
        "each": ""
        if line.residents is None
        else arithmetic.printed(line.per_household, decimals=4),
        "avoided": arithmetic.printed(line.avoided, strip_zeros=True),
        "url": url(),
        "asked_url": url(lead="asked"),
        "met_url": url(lead="met"),
        "late_url": url(flag=Flag.LATE.value),
        "missing_url": url(flag=Flag.MISSING.value),
        "violations_url": url(flag=Flag.VIOLATION.value),
        "restored_url": url(restored="1"),
        "lived_url": line.filters.url(method="any", state="standing"),
    }


def _percent(rate: Any) -> str:
    return arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%"


def _year(request: HttpRequest) -> int:
    given = request.GET.get("year", "")
    return int(given) if given.isdecimal() and len(given) == 4 else clock.today().year


@policy.needs(VIEW)
@require_GET
def yearly(request: HttpRequest) -> HttpResponse:
    """Hours per household in a year, in town and in the country, against the yearly limit."""
    year = _year(request)
    period = resident_hours.period_of(year, clock.today())
    lines = resident_hours.lines(request.user, period, now=clock.now())
    context = {
        "tabs": presenting.sections(request.user, "yearly"),
        "year": year,
        "period": period,
        "groups": [label for label, _kinds in resident_hours.GROUPS.values()],
        "rows": [(one, list(resident_hours.told(one))) for one in lines],
        "rules": _yearly(period),
        "export_url": f"{reverse('reporting:outage_yearly_export')}?year={year}",
    }
    return pages.render(request, "reporting/outages/yearly.html", context=context)


@policy.needs(VIEW)
@require_GET
def yearly_export(request: HttpRequest) -> HttpResponse:
    """The same lines as a workbook."""
    year = _year(request)
    period = resident_hours.period_of(year, clock.today())
    groups = {name: label for name, (label, _kinds) in resident_hours.GROUPS.items()}
    columns = [
        Out("unit", _("供电单位"), 24),
        Out("area", _("城乡类别"), 10),
        Out("households", _("居民户数"), 12),
        *(Out(name, _("%(group)s（小时/户）") % {"group": groups[name]}, 22) for name in groups),
        Out("total", _("合计（小时/户）"), 14),
        Out("lost", _("停电时户数"), 16),
        Out("limit", _("限值（小时）"), 12),
    ]
    rows = [
        {
            "unit": one.unit.name,
            "area": str(one.area),
            "households": one.households.value,
            **one.each,
            "total": one.total,
            "lost": one.total_lost,
            "limit": one.limit,
        }
        for one in resident_hours.lines(request.user, period, now=clock.now())
    ]
    title = _("%(year)d年居民停电时间") % {"year": year}
    return workbooks.export(request, columns, rows, title=title, count=len(rows))


@policy.needs(VIEW)
@require_GET
def frequent(request: HttpRequest) -> HttpResponse:
    """Lines and transformer areas that were off often within the days of the rule."""
    today = clock.today()
    until = min(queries.day_of(request.GET.get("until", "")) or today, today)
    rule = queries.Rulebook().on(until).get("frequent")
    rows = frequent_outages.frequent(request.user, rule, until=until) if rule else []
    levels = dict(OutageLead.Place.choices)
    context = {
        "tabs": presenting.sections(request.user, "frequent"),
        "rule": rule,
        "until": until,
        "rows": [(one, levels[one.level]) for one in rows],
    }
    return pages.render(request, "reporting/outages/frequent.html", context=context)


# --- Leads ----------------------------------------------------------------------------------------


def find(request: HttpRequest, pk: int) -> OutageLead:
    """The lead, if it is in sight; otherwise there is none (404)."""
    seen = OutageLead.objects.visible_to(request.user)
    related = ("organisation", "rule", "decided_by", "proposal", "told_later")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(FINDINGS)
@require_GET
def leads(request: HttpRequest) -> HttpResponse:
    """Leads in sight, the latest first."""
    seen = OutageLead.objects.visible_to(request.user)
    state = request.GET.get("state", State.OPEN)
    shown = seen.filter(state=state) if state in State.values else seen
    counts = [(one.value, one.label, seen.filter(state=one).count()) for one in State]
    chosen = state if state in State.values else "all"
    counts.append(("all", _("全部"), sum(n for _code, _label, n in counts)))
    context = {
        "tabs": presenting.sections(request.user, "leads"),
        "states": [Tab(text, f"?state={code}", code == chosen, n) for code, text, n in counts],
        "page": keyset(
            shown.select_related("organisation"), request.GET, order=("-starts_at", "-pk")
        ),
        "lamps": LAMPS,
        "rule": services.rule_on(clock.now()),
    }
    return pages.render(request, "reporting/outages/leads.html", context=context)


@policy.needs(FINDINGS)
@require_GET
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """One lead with its evidence: the cases, the window, the nearest notices and why they do not
    cover it."""
    found = find(request, pk)
    seen = Case.objects.visible_to(request.user).filter(pk__in=found.cases.values("pk"))
    notices = OutageNotice.objects.visible_to(request.user).in_bulk(
        [key for key, _why in found.nearest]
    )
    origin = of_proposal(found.proposal) if found.proposal else None
    context = {
        "lead": found,
        "lamp": LAMPS[State(found.state)],
        "page": keyset(seen.select_related("holder"), request.GET, order=("received_at", "pk")),
        "nearest": [(notices[key], WHY[why]()) for key, why in found.nearest if key in notices],
        "refusal": proposals.refusal(found.organisation, by=request.user),
        "entry": entry(origin, request.user, now=clock.now()),
    }
    return pages.render(request, "reporting/outages/lead.html", context=context)


@policy.needs(DECIDE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept a lead, which makes it a proposal of a finding, or dismiss it with the reason."""
    found, reason = find(request, pk), request.POST.get("reason", "")
    if request.POST.get("accept") == "1":
        services.accept(lead=found, reason=reason, by=request.user, now=clock.now())
        messages.success(request, _("已采纳，列入问题线索。"))
    else:
        services.dismiss(lead=found, reason=reason, by=request.user, now=clock.now())
        messages.success(request, _("已记录不采纳。"))
    return pages.go(request, "reporting:outage_lead", found.pk)
