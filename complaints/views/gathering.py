"""Where cases gather: frequent outages by line and transformer area; proposals to inspect."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import queries
from complaints.analysis import gathering
from complaints.analysis.tabs import section
from complaints.models import Case, InspectionProposal
from complaints.services import inspections as services
from complaints.workflow import State
from core import clock, pages, policy
from core.paging import keyset

VIEW, SUPERVISE = Permission.CASE_VIEW, Permission.CASE_SUPERVISE
LAMPS = {"open": "near", "accepted": "done", "rejected": "pause"}


@policy.needs(VIEW)
@require_safe
def outages(request: HttpRequest) -> HttpResponse:
    """Lines and transformer areas with outages on many days of the window."""
    today = clock.today()
    until = min(queries.day_of(request.GET.get("until", "")) or today, today)
    rule = gathering.rule_on(gathering.OUTAGE, until)
    context = {"sections": section("outages"), "rule": rule, "until": until, "lists": []}
    if rule is not None:
        period = rule.window(until)
        context["period"] = period
        context["lists"] = [
            (title, gathering.frequent(request.user, rule, period, name))
            for name, title in (("feeder", _("按线路")), ("transformer_area", _("按台区")))
        ]
    return pages.render(request, "complaints/outages.html", context=context)


def office_of(user: User) -> Organisation | None:
    """The office for which the person proposes and decides: the first where they may."""
    offices = [place for place in workplaces(user, SUPERVISE) if place.is_regulator]
    return offices[0] if offices else None


@policy.needs(VIEW)
@require_safe
def inspections(request: HttpRequest) -> HttpResponse:
    """Clusters of the window that are not proposed yet, and all proposals in sight."""
    now, today = clock.now(), clock.today()
    rule = gathering.rule_on(gathering.CLUSTER, today)
    seen = InspectionProposal.objects.visible_to(request.user)
    open_ = set(
        seen.filter(state=InspectionProposal.State.OPEN).values_list("respondent", "category")
    )
    labels = queries.Labels()
    found = []
    if rule is not None:
        cases = Case.objects.visible_to(request.user)
        found = gathering.clusters(cases, rule, rule.window(today))
    page = keyset(
        seen.select_related("organisation", "respondent"),
        request.GET,
        order=("-created_at", "-pk"),
    )
    context = {
        "sections": section("inspections"),
        "rule": rule,
        "period": rule.window(today) if rule else None,
        "clusters": [
            (
                one,
                labels.of("category", one.category, at=now),
                (one.organisation, one.category) in open_,
            )
            for one in found
        ],
        "page": page,
        "rows": [(one, labels.of("category", one.category, at=now)) for one in page],
        "lamps": LAMPS,
        "office": office_of(request.user),
    }
    return pages.render(request, "complaints/inspections.html", context=context)


@policy.needs(SUPERVISE)
@require_POST
def propose(request: HttpRequest) -> HttpResponse:
    """Make a proposal of a cluster."""
    office = office_of(request.user)
    seen = Organisation.objects.visible_to(request.user, VIEW)
    key = request.POST.get("respondent", "")
    pk = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
    respondent = get_object_or_404(seen, pk=pk)
    proposal, new = services.propose(
        organisation=office or respondent,
        respondent=respondent,
        category=request.POST.get("category", "")[:40],
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已提出稽查建议。") if new else _("已有待决定的建议。"))
    return pages.go(request, "complaints:inspection", proposal.pk)


def find(request: HttpRequest, pk: int) -> InspectionProposal:
    """The proposal, if it is in sight; else 404."""
    seen = InspectionProposal.objects.visible_to(request.user)
    related = ("organisation", "respondent", "rule", "decided_by", "created_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_safe
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """A proposal with its evidence and what was decided."""
    proposal = find(request, pk)
    seen = Case.objects.visible_to(request.user).filter(pk__in=proposal.evidence.values("pk"))
    page = keyset(seen.select_related("holder"), request.GET, order=("-received_at", "-pk"))
    now = clock.now()
    context = {
        "proposal": proposal,
        "subject": queries.Labels().of("category", proposal.category, at=now),
        "lamp": LAMPS[proposal.state],
        "page": page,
        "states": dict(State.choices),
        "refusal": services.refusal(proposal.organisation, by=request.user),
    }
    return pages.render(request, "complaints/inspection.html", context=context)


@policy.needs(SUPERVISE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or reject, with the reason."""
    accept = request.POST.get("accept") == "1"
    proposal = services.decide(
        proposal=find(request, pk),
        accept=accept,
        reason=request.POST.get("reason", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已采纳。") if accept else _("已记录不采纳。"))
    return pages.go(request, "complaints:inspection", proposal.pk)
