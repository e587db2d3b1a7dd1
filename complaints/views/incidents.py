"""Events that many cases tell of: suggestions, the list, and the page of one event."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import clusters, presenting
from complaints.models import Case, Incident, IncidentMember
from complaints.services import incidents
from complaints.services.comparing import rules_on
from complaints.services.records import find_organisation
from complaints.workflow import Source
from core import clock, pages, policy
from core.components import Stat, Tab
from core.errors import Refused
from core.paging import keyset

VIEW = Permission.CASE_VIEW
ACT = (Permission.CASE_DECIDE, Permission.CASE_SUPERVISE)
ROWS = 30
SHOWN = 200
VIEWS = {"open": True, "closed": False}


@policy.needs(VIEW)
@require_safe
def incident_list(request: HttpRequest) -> HttpResponse:
    """Suggested events, and those that stand."""
    now, asked = clock.now(), request.GET.get("view", "")
    view = asked if asked in VIEWS else "open"
    seen = Incident.objects.visible_to(request.user).select_related("leading")
    page = keyset(
        seen.filter(closed_at__isnull=VIEWS[view]),
        request.GET,
        order=("-started_at", "-pk"),
        size=ROWS,
    )
    counts = _counts(page.items, request)
    may_act = any(request.user.can(one) for one in ACT)
    labels = {"open": _("处理中"), "closed": _("已结束")}
    context = {
        "tabs": [Tab(label, f"?view={key}", key == view) for key, label in labels.items()],
        "view": view,
        "caption": labels[view],
        "page": page,
        "rows": [(one, counts[one.pk]) for one in page],
        "clusters": _suggested(request, now) if may_act and view == "open" else [],
    }
    return pages.render(request, "complaints/incidents.html", context=context)


def _counts(shown: list[Incident], request: HttpRequest) -> dict[int, int]:
    members = IncidentMember.objects.filter(
        incident__in=shown,
        state=IncidentMember.State.CONFIRMED,
        case__in=Case.objects.visible_to(request.user).order_by().values("pk"),
    )
    return Counter(members.order_by().values_list("incident_id", flat=True))


def _suggested(request: HttpRequest, now: Any) -> list[dict[str, Any]]:
    """Each with the unit that most of its cases lie with, which may lead."""
    rules = rules_on(now)
    found = []
    for one in clusters.clusters(request.user, rules, now=now):
        cases = clusters.cases_of(one.key, request.user, rules, now=now)
        units = Counter((case.organisation or case.holder).name for case in cases)
        sources = Counter(str(Source(case.source).label) for case in cases)
        leading = units.most_common(1)[0][0] if units else ""
        found.append({"cluster": one, "leading": leading, "sources": sources.most_common()})
    return found


@require_POST
@policy.needs(*ACT)
def open_incident(request: HttpRequest) -> HttpResponse:
    """Make an event of a suggestion."""
    now, key = clock.now(), request.POST.get("cluster", "")[:200]
    cases = clusters.cases_of(key, request.user, rules_on(now), now=now)
    made = incidents.open_incident(
        cases,
        title=request.POST.get("title", ""),
        matter=key.partition(":")[0],
        leading=_unit(request),
        by=request.user,
        now=now,
    )
    messages.success(request, _("事件 %(number)s 已建立。") % {"number": made.number})
    return pages.go(request, "complaints:incident", made.pk)


def _unit(request: HttpRequest) -> Organisation:
    """The leading unit that was named. Raises ``Refused``."""
    words = request.POST.get("leading", "")[:80]
    found = find_organisation(words, on=clock.today()) if words.strip() else None
    if found is None:
        raise Refused(_("找不到牵头单位“%(name)s”。") % {"name": words})
    return found


def find(request: HttpRequest, incident_pk: int) -> Incident:
    """The event, if one of its cases is in sight; else 404."""
    seen = Incident.objects.visible_to(request.user)
    related = ("organisation", "leading", "opened_by", "closed_by")
    return get_object_or_404(seen.select_related(*related), pk=incident_pk)


@policy.needs(VIEW)
@require_safe
def incident(request: HttpRequest, incident_pk: int) -> HttpResponse:
    """All its cases with their clocks, as far as they are in sight."""
    found, now = find(request, incident_pk), clock.now()
    rows = _members(found, request, now=now)
    confirmed = [row for row in rows if row["member"].state == IncidentMember.State.CONFIRMED]
    sources = Counter(str(Source(row["case"].source).label) for row in confirmed)
    late = sum(row["lamp"][0] == "late" for row in confirmed)
    stats = [
        Stat(_("诉求"), len(confirmed)),
        *(Stat(label, count) for label, count in sources.most_common()),
        Stat(_("已逾期"), late, tone="late" if late else ""),
    ]
    context = {
        "incident": found,
        "stats": stats,
        "rows": confirmed,
        "waiting": [row for row in rows if row not in confirmed],
        "refusal": incidents.refusal(found, request.user),
        "may_reopen": not found.is_open
        and any(
            incidents.may_lead(place, request.user) for place in (found.organisation, found.leading)
        ),
        "now": now,
    }
    return pages.render(request, "complaints/incident.html", context=context)


def _members(found: Incident, request: HttpRequest, *, now: Any) -> list[dict[str, Any]]:
    members = found.members.filter(
        state__in=IncidentMember.STANDING,
        case__in=Case.objects.visible_to(request.user).order_by().values("pk"),
    )
    related = ("case__holder", "case__organisation", "case__procedure")
    shown = members.select_related(*related).prefetch_related("case__clocks")
    ordered = shown.order_by("case__received_at", "pk")[:SHOWN]
    return [
        {
            "member": member,
            "case": member.case,
            "source": Source(member.case.source).label,
            "lamp": presenting.case_lamp(member.case, now=now),
            "clocks": presenting.clock_rows(member.case, now=now),
        }
        for member in ordered
    ]


@require_POST
@policy.needs(*ACT)
def add(request: HttpRequest, incident_pk: int) -> HttpResponse:
    """Put in a case by its number, or one that was proposed."""
    found = find(request, incident_pk)
    number = request.POST.get("number", "").strip()[:40]
    seen = Case.objects.visible_to(request.user).filter(number=number)[:2]
    if len(seen) != 1:
        raise Refused(_("没有编号为“%(number)s”的诉求，或者不止一件。") % {"number": number})
    incidents.add(found, seen[0], by=request.user, now=clock.now())
    return pages.go(request, "complaints:incident", found.pk)


@require_POST
@policy.needs(*ACT)
def member(request: HttpRequest, incident_pk: int, pk: int) -> HttpResponse:
    """Confirm a case that was proposed, or take one out."""
    found = find(request, incident_pk)
    case = get_object_or_404(Case.objects.visible_to(request.user), pk=pk)
    do = incidents.add if request.POST.get("in") == "yes" else incidents.remove
    do(found, case, by=request.user, now=clock.now())
    return pages.go(request, "complaints:incident", found.pk)


@require_POST
@policy.needs(*ACT)
def lead(request: HttpRequest, incident_pk: int) -> HttpResponse:
    """Name another leading unit."""
    found = find(request, incident_pk)
    incidents.lead(found, _unit(request), by=request.user, now=clock.now())
    return pages.go(request, "complaints:incident", found.pk)


@require_POST
@policy.needs(*ACT)
def close(request: HttpRequest, incident_pk: int) -> HttpResponse:
    """Close the event with what came of it, or go on with it."""
    found = find(request, incident_pk)
    if request.POST.get("reopen"):
        incidents.reopen(found, by=request.user, now=clock.now())
    else:
        conclusion = request.POST.get("conclusion", "")
        incidents.close(found, conclusion=conclusion, by=request.user, now=clock.now())
    return pages.go(request, "complaints:incident", found.pk)
