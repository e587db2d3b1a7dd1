"""Pages of demonstration units: the register, one unit with its year, one check (S1-2.2.5)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import demonstration_workflow as workflow
from campaign.demonstration_forms import CheckForm, LeaderForm, ProposalForm, UnitForm, VisitForm
from campaign.models import (
    Demonstration,
    DemonstrationLeader,
    Evaluation,
    GoodPractice,
    MonthlyCheck,
)
from campaign.models.demonstration import Met, UnitKind
from campaign.services import demonstrating as services
from campaign.services import demonstration_naming
from campaign.views.common import MANAGE, VIEW, find, page_context
from core import clock, files, pages, policy
from core.errors import Refused

DRAFT, APPROVE = Permission.FILING_DRAFT, workflow.APPROVE
RELATED = ("campaign", "organisation", "office", "founder", "criteria")
MET_LAMPS = {Met.MET: "done", Met.PARTLY: "near", Met.UNMET: "late", Met.NOT_APPLICABLE: "pause"}


@policy.needs(VIEW)
@require_GET
def unit_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The register of points, areas and windows in sight, and the articles."""
    campaign, now = find(request, pk), clock.now()
    seen = Demonstration.objects.visible_to(request.user).filter(campaign=campaign)
    counts = dict(seen.order_by().values_list("kind").annotate(n=Count("pk")))
    chosen = request.GET.get("kind", "")
    if chosen in UnitKind.values:
        seen = seen.filter(kind=chosen)
    practices = GoodPractice.objects.visible_to(request.user).filter(campaign=campaign)
    context = page_context(
        campaign,
        "demonstrations",
        rows=[_row(one, now) for one in _with_progress(seen)],
        kinds=[(value, label, counts.get(value, 0)) for value, label in UnitKind.choices],
        chosen=chosen if chosen in UnitKind.values else "",
        practices=[
            (one, workflow.LAMPS[one.state])
            for one in practices.select_related("author", "unit").order_by("-drafted_at", "-pk")
        ],
        may_found=request.user.can(MANAGE) or request.user.can(DRAFT),
    )
    return pages.render(request, "campaign/demonstrations/list.html", context=context)


def _with_progress(units: Any) -> Any:
    standing = DemonstrationLeader.objects.filter(until__isnull=True)
    return (
        units.select_related(*RELATED)
        .annotate(
            made=Count("checks", filter=Q(checks__done_at__isnull=False), distinct=True),
            planned=Count("checks", distinct=True),
            visited=Count("visits", distinct=True),
        )
        .prefetch_related(
            Prefetch("leaders", standing, to_attr="in_charge"),
            Prefetch("checks", MonthlyCheck.objects.filter(done_at__isnull=True), to_attr="left"),
        )
    )


def _row(unit: Any, now: Any) -> dict[str, Any]:
    following = unit.left[0] if unit.left and unit.state == workflow.UnitState.BUILDING else None
    return {
        "unit": unit,
        "lamp": workflow.LAMPS[unit.state],
        "next": following,
        "late": following is not None and now > following.due_at,
        "leader": next((one for one in unit.in_charge if one.side == "unit"), None),
    }


@policy.needs(MANAGE, DRAFT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a selection."""
    campaign = find(request, pk)
    reach = Organisation.objects.filter(
        request.user.sight(MANAGE) | request.user.sight(DRAFT)
    ).companies()
    form = UnitForm(
        request.POST or None,
        organisations=reach.in_force().distinct().order_by("code"),
        initial={"kind": request.GET.get("kind", ""), "selected_on": clock.today()},
    )
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            services.found,
            campaign=campaign,
            by=request.user,
            now=clock.now(),
            **form.chosen(),
        )
        if made is not None:
            messages.success(request, _("已登记，并排定全年检查计划。"))
            return pages.go(request, "campaign:demonstration", made.pk)
    context = page_context(campaign, "demonstrations", form=form)
    return pages.render(
        request, "campaign/demonstrations/new.html", context=context, status=pages.status_of(form)
    )


def find_unit(request: HttpRequest, pk: int) -> Demonstration:
    """The unit, if it is in sight; else 404."""
    seen = Demonstration.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_GET
def unit(request: HttpRequest, pk: int) -> HttpResponse:
    """One unit: its selection, leaders, year of checks, visits, evaluation, articles."""
    return shown(request, find_unit(request, pk))


def shown(
    request: HttpRequest, found: Demonstration, status: int = 200, **bound: Any
) -> HttpResponse:
    """The page of a unit; ``bound`` are forms that could not be kept."""
    now, user = clock.now(), request.user
    checks = list(found.checks.select_related("done_by").annotate(pictures=Count("photos")))
    for check in checks:
        check.unit = found
    evaluations = list(found.evaluations.select_related("proposed_by", "decided_by"))
    waiting = next((one for one in evaluations if one.state == "proposed"), None)
    if waiting is not None:
        waiting.unit = found
    context = page_context(
        found.campaign,
        "demonstrations",
        unit=found,
        lamp=workflow.LAMPS[found.state],
        leaders=found.leaders.all(),
        checks=[(check, *check.lamp(now)) for check in checks],
        made=sum(check.done_at is not None for check in checks),
        visits=found.visits.select_related("organisation"),
        evaluations=[(one, workflow.LAMPS[one.state]) for one in evaluations],
        waiting=waiting,
        practices=GoodPractice.objects.visible_to(user).filter(unit=found),
        keeping=workflow.keeping_refusal(found, by=user),
        proposing=workflow.proposing_refusal(found, by=user, waiting=waiting is not None),
        deciding=workflow.deciding_refusal(waiting, by=user) if waiting else "",
        leader_form=LeaderForm(initial={"since": clock.today()}, auto_id="leader_%s"),
        visit_form=VisitForm(unit=found, auto_id="visit_%s"),
        proposal_form=ProposalForm(auto_id="proposal_%s"),
    )
    return pages.render(
        request, "campaign/demonstrations/unit.html", context={**context, **bound}, status=status
    )


@policy.needs(MANAGE, DRAFT)
@require_POST
def lead(request: HttpRequest, pk: int) -> HttpResponse:
    """Another leader takes over."""
    found = find_unit(request, pk)
    form = LeaderForm(request.POST, auto_id="leader_%s")
    if form.is_valid():
        given = {"unit": found, "by": request.user, "now": clock.now(), **form.chosen()}
        if pages.attempt(form, services.appoint_leader, **given):
            return pages.go(request, "campaign:demonstration", found.pk)
    return shown(request, found, pages.status_of(form), leader_form=form)


@policy.needs(MANAGE, DRAFT)
@require_POST
def visit(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a leader's visit."""
    found = find_unit(request, pk)
    form = VisitForm(request.POST, unit=found, auto_id="visit_%s")
    if form.is_valid():
        given = {"unit": found, "by": request.user, "now": clock.now(), **form.chosen()}
        if pages.attempt(form, services.log_visit, **given):
            return pages.go(request, "campaign:demonstration", found.pk)
    return shown(request, found, pages.status_of(form), visit_form=form)


@policy.needs(MANAGE)
@require_POST
def propose(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose a result."""
    found = find_unit(request, pk)
    form = ProposalForm(request.POST, auto_id="proposal_%s")
    if form.is_valid():
        given = {"unit": found, "by": request.user, "now": clock.now(), **form.cleaned_data}
        if pages.attempt(form, demonstration_naming.propose, **given):
            messages.success(request, _("已提交审定。"))
            return pages.go(request, "campaign:demonstration", found.pk)
    return shown(request, found, pages.status_of(form), proposal_form=form)


@policy.needs(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve a proposal or send it back."""
    seen = Demonstration.objects.visible_to(request.user)
    found = get_object_or_404(
        Evaluation.objects.filter(unit__in=seen).select_related("unit"), pk=pk
    )
    demonstration_naming.decide_evaluation(
        evaluation=found,
        approve=request.POST.get("decision") == "approve",
        note=request.POST.get("note", ""),
        document_number=request.POST.get("document_number", ""),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "campaign:demonstration", found.unit_id)


# -- checks ----------------------------------------------------------------------------------------


def _find_check(request: HttpRequest, pk: int) -> MonthlyCheck:
    seen = Demonstration.objects.visible_to(request.user)
    related = [f"unit__{name}" for name in RELATED]
    checks = MonthlyCheck.objects.filter(unit__in=seen).select_related("done_by", *related)
    return get_object_or_404(checks, pk=pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """A check: entered criterion by criterion with photographs, then read."""
    found, now = _find_check(request, pk), clock.now()
    refusal = workflow.keeping_refusal(found.unit, by=request.user)
    form = CheckForm(
        request.POST or None,
        request.FILES or None,
        check=found,
        initial={"checked_on": clock.today()},
    )
    if request.method == "POST":
        if refusal:
            raise Refused(refusal)
        if form.is_valid() and _recorded(request, found, form):
            messages.success(request, _("检查结果已登记。"))
            return pages.go(request, "campaign:monthly_check", found.pk)
    lamp, word = found.lamp(now)
    lines = [
        {**item, "result": Met(result).label, "lamp": MET_LAMPS[Met(result)]}
        for item in found.unit.criteria.items
        if (result := found.results.get(item["code"]))
    ]
    context = page_context(
        found.unit.campaign,
        "demonstrations",
        check=found,
        unit=found.unit,
        lamp=lamp,
        word=word,
        lines=lines,
        form=form,
        photos=found.photos.order_by("pk"),
        refusal=refusal,
        accept=files.accept(services.PHOTO_PURPOSE),
    )
    return pages.render(
        request, "campaign/demonstrations/check.html", context=context, status=pages.status_of(form)
    )


def _recorded(request: HttpRequest, found: MonthlyCheck, form: CheckForm) -> bool:
    data = form.cleaned_data
    try:
        services.record_check(
            check=found,
            checked_on=data["checked_on"],
            results=form.results,
            remarks=data["remarks"],
            uploads=data["uploads"],
            by=request.user,
            now=clock.now(),
        )
    except files.Rejected as rejected:
        form.add_error("uploads", str(rejected))
        return False
    except Refused as reason:
        pages.refuse(form, reason)
        return False
    return True


@policy.needs(MANAGE, DRAFT)
@require_POST
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Say what a month's check looks at."""
    found = _find_check(request, pk)
    text = request.POST.get("plan", "")
    services.plan_check(check=found, plan=text, by=request.user, now=clock.now())
    return pages.go(request, "campaign:demonstration", found.unit_id)
