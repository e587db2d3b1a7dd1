"""One inspection: its page for both sides, its team and notice, its papers, its conclusion."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign import inspection_queries as queries
from campaign import inspection_workflow as workflow
from campaign.inspection_documents import PAPERS
from campaign.inspection_forms import (
    AnnounceForm,
    TeamForm,
)
from campaign.inspection_workflow import FindingState, InspectionState
from campaign.models import (
    Finding,
    Inspection,
    Inspector,
    RecordEntry,
)
from campaign.services import findings as finding_services
from campaign.services import inspecting as services
from campaign.services import site_records
from campaign.services.inspectors import manage_refusal
from campaign.views.inspections import MANAGE, VIEW
from core import clock, pages, policy
from core.errors import Refused
from core.officialdoc import to_docx, to_pdf

RELATED = ("organisation", "round__lead", "round__campaign", "round__checklist", "draw")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAKERS: dict[str, tuple[str, Any]] = {
    "docx": (DOCX, to_docx),
    "pdf": ("application/pdf", to_pdf),
}
# When the fact confirmation is usually due: so many days after it went out.
ANSWER_DAYS = 5


def find(request: HttpRequest, pk: int) -> Inspection:
    """The inspection, if it is in sight; else 404."""
    seen = Inspection.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related(*RELATED), pk=pk)


@policy.needs(VIEW)
@require_safe
def inspection(request: HttpRequest, pk: int) -> HttpResponse:
    """Notice, team, record, findings and conclusion, as far as the reader sees them."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, found: Inspection, **forms: Any) -> HttpResponse:
    user = request.user
    entries = list(
        RecordEntry.objects.visible_to(user)
        .filter(inspection=found)
        .select_related("item", "recorded_by", "inspection")
        .prefetch_related("files")
    )
    seen = Finding.objects.visible_to(user).filter(inspection=found)
    refusal = manage_refusal(found.round.lead, by=user)
    crew = site_records.crew_refusal(found, by=user)
    sent = next((form for form in forms.values() if form.is_bound), None)
    context = {
        "inspection": found,
        "lamp": queries.LAMPS[InspectionState(found.state)],
        "team": found.team.select_related("inspector__person", "inspector__office"),
        "lines": queries.item_lines(found, entries) if entries or not crew else [],
        "entries": entries,
        "findings": [(one, queries.FINDING_LAMPS[FindingState(one.state)]) for one in seen],
        "manage_refusal": refusal,
        "crew_refusal": crew,
        "refusals": {step.name: workflow.step_refusal(step, found) for step in workflow.STEPS},
        "conclude_refusal": finding_services.open_findings(found),
        "papers": _papers(found, crew),
        "answer_on": clock.today() + timedelta(days=ANSWER_DAYS),
        **_forms(found, refusal),
        **forms,
    }
    status = pages.status_of(sent) if sent is not None else None
    return pages.render(request, "campaign/inspections/detail.html", context=context, status=status)


def _forms(found: Inspection, refusal: str) -> dict[str, Any]:
    """Forms of the organisers, as long as nothing was recorded."""
    if refusal or found.state not in (InspectionState.PLANNED, InspectionState.ANNOUNCED):
        return {}
    team = _inspectors(found)
    seats = list(found.team.values_list("inspector", "leads"))
    chosen = {
        "members": [pk for pk, _leads in seats],
        "leader": next((pk for pk, leads in seats if leads), None),
    }
    forms: dict[str, Any] = {
        "team_form": TeamForm(inspectors=team, initial=chosen, auto_id="team_%s")
    }
    if found.state == InspectionState.PLANNED:
        days = {"first_day": found.round.first_day, "last_day": found.round.last_day}
        forms["announce_form"] = AnnounceForm(initial=days, auto_id="announce_%s")
    return forms


def _inspectors(found: Inspection) -> Any:
    standing = Inspector.objects.in_force(on=max(found.round.first_day, clock.today()))
    return standing.select_related("person", "office")


def _papers(found: Inspection, crew: str) -> list[tuple[str, str]]:
    """Which papers the reader gets: (name, label)."""
    papers = [("notice", _("检查通知"))] if found.announced_at or not crew else []
    if found.facts_sent_at or (not crew and found.state == InspectionState.ON_SITE):
        papers += [("record", _("现场检查笔录")), ("facts", _("事实确认书"))]
    if found.concluded_at:
        papers.append(("conclusion", _("检查结论")))
    return papers


@policy.needs(MANAGE)
@require_POST
def set_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Name or change the team."""
    found = find(request, pk)
    form = TeamForm(request.POST, inspectors=_inspectors(found), auto_id="team_%s")
    if form.is_valid():
        given = {"inspection": found, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.set_team, **given, **form.cleaned_data) is not None:
            return pages.go(request, "campaign:inspection", found.pk)
    return _page(request, found, team_form=form)


@policy.needs(MANAGE)
@require_POST
def announce(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the notice."""
    found = find(request, pk)
    form = AnnounceForm(request.POST, auto_id="announce_%s")
    if form.is_valid():
        given = {"inspection": found, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.announce, **given, **form.cleaned_data) is not None:
            messages.success(request, _("检查通知已发出。"))
            return pages.go(request, "campaign:inspection", found.pk)
    return _page(request, found, announce_form=form)


@policy.needs(MANAGE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the unit out of the round."""
    found, reason = find(request, pk), request.POST.get("reason", "")
    services.cancel(inspection=found, reason=reason, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection", found.pk)


@policy.needs(VIEW)
@require_POST
def send_facts(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the facts to be confirmed."""
    found = find(request, pk)
    try:
        answer_on = datetime.fromisoformat(request.POST.get("answer_on", "")).date()
    except ValueError:
        raise Refused(_("请填写确认期限。")) from None
    given = {"inspection": found, "answer_on": answer_on, "by": request.user}
    finding_services.send_facts(**given, now=clock.now())
    messages.success(request, _("事实已送交被检查单位确认。"))
    return pages.go(request, "campaign:inspection", found.pk)


@policy.needs(MANAGE)
@require_POST
def conclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the conclusion."""
    found, words = find(request, pk), request.POST.get("conclusion", "")[:4000]
    finding_services.conclude(inspection=found, conclusion=words, by=request.user, now=clock.now())
    messages.success(request, _("检查结论已作出并送达。"))
    return pages.go(request, "campaign:inspection", found.pk)


@policy.needs(VIEW)
@require_safe
def paper(request: HttpRequest, pk: int, name: str, kind: str) -> HttpResponse:
    """A paper of the inspection as an official document."""
    found = find(request, pk)
    labels = dict(_papers(found, site_records.crew_refusal(found, by=request.user)))
    if name not in labels or kind not in MAKERS:
        raise Http404
    content_type, make = MAKERS[kind]
    title = f"{labels[name]}（{found.organisation}）.{kind}"
    response = HttpResponse(make(PAPERS[name](found)), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, title) or ""
    response["Cache-Control"] = "private, no-store"
    return response
