"""Proposals of findings for regulators: the list, one with its facts, and the decision."""

from __future__ import annotations

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.rectification_sources import entry
from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from reporting import evidence
from reporting.ledger_sources import of_proposal
from reporting.models import FindingProposal
from reporting.services import proposals as services

VIEW, DECIDE = Permission.FINDING_VIEW, Permission.FINDING_DECIDE
State = FindingProposal.State
LAMPS = {State.OPEN: "near", State.ACCEPTED: "done", State.DISMISSED: "pause"}
RELATED = ("organisation", "created_by", "decided_by")


def find(request: HttpRequest, pk: int) -> FindingProposal:
    """The proposal, if it is in sight; otherwise there is none (404)."""
    seen = FindingProposal.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def proposal_list(request: HttpRequest) -> HttpResponse:
    """Proposals in sight, the newest first, by state and source."""
    seen = FindingProposal.objects.visible_to(request.user)
    state = request.GET.get("state", State.OPEN)
    source = request.GET.get("source", "")[:20]
    if source:
        seen = seen.filter(source=source)
    clauses, unit = request.GET.get("clauses", "")[:300], request.GET.get("unit", "")[:40]
    if clauses:
        seen = seen.filter(clause__in=clauses.split(","))
    if unit:
        seen = seen.filter(organisation__in=within(unit))
    first = request.GET.get("livelihood") == "first"
    order = ("-livelihood",) if first else ()
    counts = {one: seen.filter(state=one).count() for one in State.values}
    shown = seen.filter(state=state) if state in State.values else seen
    context = {
        "page": keyset(
            evidence.with_livelihood(shown.select_related("organisation")),
            request.GET,
            order=(*order, "-created_at", "-pk"),
        ),
        "livelihood": first,
        "beside": {"clauses": clauses, "unit": unit},
        "lamps": LAMPS,
        "state": state if state in State.values else "",
        "source": source,
        "sources": FindingProposal.Source.choices,
        "tabs": _tabs(state, counts, asked(request)),
    }
    return pages.render(request, "reporting/proposals/list.html", context=context)


def asked(request: HttpRequest) -> str:
    """What else the list was asked for, to be carried from tab to tab."""
    names = ("source", "clauses", "unit", "livelihood")
    given = {name: value for name in names if (value := request.GET.get(name, "")[:300])}
    return f"&{urlencode(given)}" if given else ""


def within(code: str) -> Any:
    """A unit with those below it, by its code."""
    path = Organisation.objects.filter(code=code).order_by().values_list("path", flat=True).first()
    units = (
        Organisation.objects.filter(path__startswith=path) if path else Organisation.objects.none()
    )
    return units.order_by().values("pk")


def _tabs(state: str, counts: dict[str, int], more: str) -> list[Tab]:
    labels = [(one, State(one).label, counts[one]) for one in State.values]
    labels.append(("all", _("全部"), sum(counts.values())))
    chosen = state if state in State.values else "all"
    return [Tab(label, f"?state={one}{more}", one == chosen, n) for one, label, n in labels]


@policy.needs(VIEW)
@require_GET
def proposal(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal with its facts and what was decided."""
    found = find(request, pk)
    context = {
        "proposal": found,
        "lamp": LAMPS[State(found.state)],
        "refusal": services.refusal(found.organisation, by=request.user),
        "may_inspect": found.state == State.ACCEPTED
        and request.user.may(Permission.INSPECTION_MANAGE, found.organisation),
        "entry": entry(of_proposal(found), request.user, now=clock.now()),
        "today": clock.today(),
    }
    return pages.render(request, "reporting/proposals/detail.html", context=context)


@policy.needs(DECIDE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or dismiss, with the reason."""
    found, reason = find(request, pk), request.POST.get("reason", "")
    if request.POST.get("accept") == "1":
        services.accept(proposal=found, reason=reason, by=request.user, now=clock.now())
        messages.success(request, _("已采纳。"))
    else:
        services.dismiss(proposal=found, reason=reason, by=request.user, now=clock.now())
        messages.success(request, _("已记录不采纳。"))
    return pages.go(request, "reporting:proposal", found.pk)


@policy.needs(Permission.INSPECTION_MANAGE)
@require_POST
def inspect(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a special inspection on it."""
    found = find(request, pk)
    try:
        days = [date.fromisoformat(request.POST.get(n, "")) for n in ("first_day", "last_day")]
    except ValueError:
        raise Refused(_("请填写稽查的起止日期。")) from None
    given = {"proposal": found, "first_day": days[0], "last_day": days[1]}
    made = services.inspect(**given, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection", made.pk)
