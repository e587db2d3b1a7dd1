"""Pages of inspections for those who organise them: rounds, draws, teams, the roster.

Source: campaign plan 二(二)2, 三(六)1, 五(三) (S1-2.2.2e, S1-3.3.6(1)a, S1-4.2i, S1-5.3a).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import inspection_queries as queries
from campaign.inspection_forms import DrawForm, EnrolForm, PlanForm, TieForm
from campaign.models import (
    Campaign,
    Inspection,
    InspectionDraw,
    InspectionRound,
    Inspector,
)
from campaign.people import people_of
from campaign.scope import workplaces
from campaign.services import drawing_lots, inspectors
from campaign.services import inspecting as services
from complaints.models import InspectionProposal
from core import clock, offline, pages, policy
from core.errors import Refused
from core.paging import keyset

VIEW, MANAGE = Permission.INSPECTION_VIEW, Permission.INSPECTION_MANAGE
# Rows of the lists that stand above the inspections.
SHORT = 20


def offices_of(user: User) -> list[Organisation]:
    """The offices for which the person organises inspections."""
    return [place for place in workplaces(user, MANAGE) if place.is_regulator]


@policy.needs(VIEW)
@require_safe
def inspections(request: HttpRequest) -> HttpResponse:
    """Rounds in sight, accepted proposals that wait, and every inspection in sight."""
    user = request.user
    seen = Inspection.objects.visible_to(user)
    state = request.GET.get("state", "")
    shown = seen.filter(state=state) if state in queries.LAMPS else seen
    page = keyset(shown.select_related("organisation", "round__lead"), request.GET, order=("-pk",))
    counts = queries.findings_by([one.pk for one in page])
    rounds = InspectionRound.objects.visible_to(user).select_related("lead", "campaign")
    proposals = (
        queries.waiting_proposals(user) if offices_of(user) else InspectionProposal.objects.none()
    )
    context = {
        "rounds": keyset(
            rounds, request.GET, order=("-first_day", "-pk"), size=SHORT, name="round"
        ),
        "round_total": rounds.count(),
        "proposals": keyset(proposals, request.GET, order=("pk",), size=SHORT, name="proposal"),
        "proposal_total": proposals.count(),
        "page": page,
        "rows": [(one, queries.LAMPS[one.state], counts.get(one.pk)) for one in page],
        "total": shown.count(),
        "state": state,
        "states": [(code, code.label) for code in queries.LAMPS],
        "may_plan": bool(offices_of(user)),
        "today": clock.today(),
    }
    return pages.render(request, "campaign/inspections/list.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Plan a round; ``?proposal=`` begins a special inspection for an accepted proposal."""
    user, today = request.user, clock.today()
    offices = Organisation.objects.filter(pk__in=[one.pk for one in offices_of(user)])
    companies = Organisation.objects.filter(user.sight(MANAGE)).companies().in_force()
    proposal = _proposal(request)
    given: dict[str, Any] = {
        "offices": offices,
        "campaigns": Campaign.objects.visible_to(user).running(),
        "companies": companies,
        "on": today,
        "initial": _begun(proposal),
    }
    form = PlanForm(request.POST, **given) if request.method == "POST" else PlanForm(**given)
    if form.is_bound and form.is_valid():
        url = pages.attempt(form, _planned, request=request, form=form, proposal=proposal)
        if url is not None:
            return pages.go(request, url)
    context = {"form": form, "proposal": proposal}
    return pages.render(request, "campaign/inspections/new.html", context=context)


def _proposal(request: HttpRequest) -> InspectionProposal | None:
    asked = request.GET.get("proposal", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return None
    return InspectionProposal.objects.visible_to(request.user).filter(pk=int(asked)).first()


def _begun(proposal: InspectionProposal | None) -> dict[str, Any]:
    """What a form begins with for a proposal."""
    if proposal is None:
        return {}
    words = {
        "unit": proposal.respondent.name,
        "first": proposal.first_day.isoformat(),
        "last": proposal.last_day.isoformat(),
        "count": proposal.count,
        "reason": proposal.reason,
    }
    return {
        "title": _("%(unit)s专项稽查") % words,
        "organisation": proposal.respondent_id,
        "lead": proposal.organisation_id,
        "reason": _("%(first)s至%(last)s%(unit)s同类投诉集中（%(count)d件）。%(reason)s") % words,
    }


def _planned(*, request: HttpRequest, form: PlanForm, proposal: InspectionProposal | None) -> str:
    now = clock.now()

    def work() -> str:
        made = _plan(form, proposal, by=request.user, now=now)
        return reverse("campaign:inspection_round", args=[made.pk])

    return offline.led(request, work, again=reverse("campaign:inspections"), now=now)


def _plan(
    form: PlanForm, proposal: InspectionProposal | None, *, by: User, now: datetime
) -> InspectionRound:
    given = dict(form.cleaned_data)
    company = given.pop("organisation")
    given |= {"by": by, "now": now, "proposal": proposal}
    if company is not None:
        return services.open_special(organisation=company, **given).round
    return services.plan_round(kind=InspectionRound.Kind.CONCENTRATED, **given)


def find_round(request: HttpRequest, pk: int) -> InspectionRound:
    """The round, if it is in sight; else 404."""
    seen = InspectionRound.objects.visible_to(request.user)
    related = ("lead", "campaign", "checklist", "proposal", "created_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def round(request: HttpRequest, pk: int) -> HttpResponse:
    """A round: plan, units with their teams, draws and results; the draw is made here."""
    found = find_round(request, pk)
    refusal = inspectors.manage_refusal(found.lead, by=request.user)
    # Whoever left the roster while the round runs is not drawn any more.
    on = max(found.first_day, clock.today())
    people = Inspector.objects.in_force(on=on).select_related("person", "office")
    form = None
    over = drawing_lots.draw_refusal(found, now=clock.now())
    drawn_here = found.kind == InspectionRound.Kind.CONCENTRATED
    if request.method == "POST" or not (refusal or found.closed_at or over):
        form = DrawForm(request.POST or None, inspectors=people)
    if request.method == "POST" and form is not None and form.is_valid():
        url = _draw(request, form, found)
        if url is not None:
            return pages.go(request, url)
    units = found.inspections.select_related("organisation", "draw").prefetch_related(
        "team__inspector__person"
    )
    counts = queries.findings_by([one.pk for one in units])
    companies = Organisation.objects.filter(request.user.sight(MANAGE)).companies().in_force()
    context = {
        "round": found,
        "rows": [(one, queries.LAMPS[one.state], counts.get(one.pk)) for one in units],
        "draws": found.draws.select_related("drawn_by"),
        "form": form,
        "over": over if not (form or refusal or found.closed_at) and drawn_here else "",
        "refusal": refusal or (_("本次检查已经办结。") if found.closed_at else ""),
        "severities": queries.severities(found),
        "articles": queries.cited_articles(found),
        "companies": companies if found.kind == InspectionRound.Kind.SPECIAL else None,
    }
    return pages.render(request, "campaign/inspections/round.html", context=context)


def _draw(request: HttpRequest, form: DrawForm, found: InspectionRound) -> str | None:
    by, given = request.user, dict(form.cleaned_data)
    reached = Organisation.objects.filter(by.sight(MANAGE)).in_force()
    units = list(reached.filter(kind__in=given.pop("kinds")))
    if unknown := sorted(set(given["excluded"]) - {one.code for one in units}):
        words = {"codes": "、".join(unknown)}
        form.add_error("excluded", _("抽取范围内没有这些单位：%(codes)s。") % words)
        return None
    given |= {"round": found, "units": units, "by": by}
    return pages.attempt(form, _drawn, request=request, found=found, given=given)


def _drawn(*, request: HttpRequest, found: InspectionRound, given: dict[str, Any]) -> str:
    now, again = clock.now(), reverse("campaign:inspection_round", args=[found.pk])

    def work() -> str:
        made = drawing_lots.draw_units(**given, now=now)
        messages.success(request, _("已抽取%(n)d个单位。") % {"n": len(made.result)})
        return reverse("campaign:inspection_drawn", args=[made.pk])

    return offline.led(request, work, again=again, now=now)


@policy.needs(VIEW)
@require_safe
def drawn(request: HttpRequest, pk: int) -> HttpResponse:
    """A draw with everything that it was made from; replayed and compared each time it is read."""
    seen = InspectionDraw.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("round__lead", "drawn_by"), pk=pk)
    people = {one["certificate"]: one for one in found.inputs["inspectors"]}
    units = {one["code"]: one for one in found.inputs["units"]}
    chosen = {code for code, _team in found.result}
    context = {
        "draw": found,
        "sound": found.is_sound(),
        "rows": [
            (units[code], [people[certificate] for certificate in team])
            for code, team in found.result
        ],
        "units": [(one, one["code"] in chosen) for one in found.inputs["units"]],
        "inspectors": [
            (one, [units[code]["name"] for code in one["barred"]])
            for one in found.inputs["inspectors"]
        ],
    }
    return pages.render(request, "campaign/inspections/draw.html", context=context)


@policy.needs(MANAGE)
@require_POST
def add_unit(request: HttpRequest, pk: int) -> HttpResponse:
    """Name a further company of a special inspection."""
    found = find_round(request, pk)
    reached = Organisation.objects.filter(request.user.sight(MANAGE)).companies()
    key = request.POST.get("organisation", "")
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 10 else 0
    company = get_object_or_404(reached, pk=number)
    services.add_unit(round=found, organisation=company, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection_round", found.pk)


@policy.needs(MANAGE)
@require_POST
def close_round(request: HttpRequest, pk: int) -> HttpResponse:
    """End a round with its summary."""
    found = find_round(request, pk)
    words = request.POST.get("conclusion", "")[:4000]
    services.close_round(round=found, conclusion=words, by=request.user, now=clock.now())
    messages.success(request, _("检查计划已办结。"))
    return pages.go(request, "campaign:inspection_round", found.pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def roster(request: HttpRequest) -> HttpResponse:
    """Who may be drawn, and whom each stays away from; offices enrol, inspectors declare."""
    user = request.user
    seen = Inspector.objects.visible_to(user).select_related("person", "office")
    if not seen.exists() and not offices_of(user) and request.method == "POST":
        raise Refused(_("检查人员名录由监管机构维护。"))
    enrol, tie = _roster_forms(request)
    sent = enrol if "certificate" in request.POST else tie
    if request.method == "POST" and sent is not None and sent.is_valid():
        given = {**sent.cleaned_data, "by": user, "now": clock.now()}
        if sent is enrol:
            done = pages.attempt(
                sent, inspectors.enrol_inspector, office=offices_of(user)[0], **given
            )
        else:
            done = pages.attempt(sent, inspectors.declare_tie, **given)
        if done is not None:
            return pages.go(request, "campaign:inspection_roster")
    status = pages.status_of(sent) if request.method == "POST" and sent is not None else 200
    context = {
        "rows": seen.prefetch_related("ties__organisation").order_by("office__code", "pk"),
        "enrol": enrol,
        "tie": tie,
        "mine": {office.pk for office in offices_of(user)},
        "today": clock.today(),
    }
    page = "campaign/inspections/roster.html"
    return pages.render(request, page, context=context, status=status)


@policy.needs(MANAGE)
@require_POST
def end_inspector(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a person off the roster."""
    found = get_object_or_404(Inspector.objects.visible_to(request.user), pk=pk)
    inspectors.end_inspector(inspector=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection_roster")


def _roster_forms(request: HttpRequest) -> tuple[EnrolForm | None, TieForm | None]:
    """The forms that the person may send: to enrol, and to declare (their own, or the office's)."""
    user, data = request.user, request.POST or None
    offices = offices_of(user)
    enrol = None
    if offices:
        people = people_of(offices[0], VIEW, on=clock.today())
        free = User.objects.filter(pk__in=[one.pk for one in people], inspector__isnull=True)
        sent = data if data and "certificate" in data else None
        enrol = EnrolForm(sent, people=free)
    mine = Inspector.objects.visible_to(user).filter(person=user.pk)
    theirs = Inspector.objects.visible_to(user).filter(office__in=offices)
    declared = (mine | theirs).select_related("person")
    if not declared.exists():
        return enrol, None
    sent = data if data and "certificate" not in data else None
    companies = Organisation.objects.companies().in_force()
    return enrol, TieForm(sent, inspectors=declared, companies=companies)
