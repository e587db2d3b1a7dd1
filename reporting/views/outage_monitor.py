"""The regulator's view of outage information: lead times by unit, leads, frequent outages.

Source: campaign plan 四(二) (S1-4.2g).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from complaints.models import Case
from core import arithmetic, clock, pages, policy
from core.components import Stat, Tab
from core.paging import keyset
from core.periods import Period
from reporting import outage_presenting as presenting
from reporting.models import OutageFlag, OutageLead, OutageNotice
from reporting.queries import outages as queries
from reporting.queries.outages import Filters, Line
from reporting.services import outage_leads as services
from reporting.services import proposals

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
    }
    return pages.render(request, "reporting/outages/monitor.html", context=context)


def _yearly(period: Period) -> list[Any]:
    """What residents may be without power in a year, where a rule says so."""
    return list(queries.Rulebook().on(period.last).of("yearly"))


def stats(whole: Line) -> list[Stat]:
    url = whole.filters.url
    violations = "late" if whole.violations else ""
    return [
        Stat(_("停限电信息"), whole.n, url()),
        Stat(_("按时公告率"), _percent(whole.rate), url(lead="asked")),
        Stat(_("公告提前量不足"), whole.late, url(flag=Flag.LATE.value)),
        Stat(_("停电前未公告"), whole.missing, url(flag=Flag.MISSING.value)),
        Stat(_("随意停居民用电"), whole.violations, url(flag=Flag.VIOLATION.value), "", violations),
    ]


def cells(line: Line) -> dict[str, Any]:
    """One line as the table shows it: texts, and the list that each number opens."""
    url = line.filters.url
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
        "lived_url": url(method="any"),
    }


def _percent(rate: Any) -> str:
    return arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%"


@policy.needs(VIEW)
@require_GET
def frequent(request: HttpRequest) -> HttpResponse:
    """Lines and transformer areas that were off often within the days of the rule."""
    today = clock.today()
    until = min(queries.day_of(request.GET.get("until", "")) or today, today)
    rule = queries.Rulebook().on(until).get("frequent")
    rows = queries.frequent(request.user, rule, until=until) if rule else []
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
    context = {
        "lead": found,
        "lamp": LAMPS[State(found.state)],
        "page": keyset(seen.select_related("holder"), request.GET, order=("received_at", "pk")),
        "nearest": [(notices[key], WHY[why]()) for key, why in found.nearest if key in notices],
        "refusal": proposals.refusal(found.organisation, by=request.user),
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
