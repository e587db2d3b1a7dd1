"""Proposals of findings for regulators: the list, one with its facts, and the decision."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Tab
from core.paging import keyset
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
    counts = {one: seen.filter(state=one).count() for one in State.values}
    shown = seen.filter(state=state) if state in State.values else seen
    context = {
        "page": keyset(
            shown.select_related("organisation"), request.GET, order=("-created_at", "-pk")
        ),
        "lamps": LAMPS,
        "state": state if state in State.values else "",
        "source": source,
        "sources": FindingProposal.Source.choices,
        "tabs": _tabs(state, source, counts),
    }
    return pages.render(request, "reporting/proposals/list.html", context=context)


def _tabs(state: str, source: str, counts: dict[str, int]) -> list[Tab]:
    more = f"&{urlencode({'source': source})}" if source else ""
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
