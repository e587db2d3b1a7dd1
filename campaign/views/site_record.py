"""The on-site record on the phone, and what was found: for the team, and for the company.

Source: campaign plan 一(一)2, 三(六)1 (S1-1.1.2a, S1-3.3.6(1)a).
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from campaign import inspection_queries as queries
from campaign import inspection_workflow as workflow
from campaign import rectification_letters
from campaign.inspection_forms import AnswerForm, EntryForm, FindingForm
from campaign.inspection_workflow import FindingState
from campaign.models import ChecklistItem, Finding, Inspection, LegalArticle, RecordEntry
from campaign.services import findings as finding_services
from campaign.services import site_records
from campaign.views.inspection import RELATED, find
from campaign.views.inspections import MANAGE, VIEW
from core import clock, files, offline, pages, policy
from core.errors import Refused


@policy.needs(VIEW)
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """The page for the phone: every entry is kept at once, without network in the browser."""
    found = find(request, pk)
    return _record(request, found, _entry_form(found, None))


def _entry_form(found: Inspection, request: HttpRequest | None) -> EntryForm:
    items = ChecklistItem.objects.filter(checklist=found.round.checklist_id)
    if request is not None:
        return EntryForm(request.POST, request.FILES, items=items)
    return EntryForm(items=items, initial={"client_id": uuid4(), "kind": RecordEntry.Kind.ITEM})


def _record(request: HttpRequest, found: Inspection, form: EntryForm) -> HttpResponse:
    entries = (
        RecordEntry.objects.visible_to(request.user)
        .filter(inspection=found)
        .select_related("item", "recorded_by", "inspection")
        .prefetch_related("files")
        .order_by("-happened_at", "-pk")
    )
    why_not = site_records.crew_refusal(found, by=request.user)
    context = {
        "inspection": found,
        "form": form,
        "refusal": why_not or workflow.step_refusal(workflow.RECORD, found),
        "entries": entries,
        "lines": queries.item_lines(found, list(entries)),
        "accept": files.accept(site_records.FILE_PURPOSE),
    }
    return pages.render(request, "campaign/inspections/record.html", context=context)


@policy.needs(VIEW)
@require_POST
@offline.tells
def enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep one entry; a phone that was without network sends it later, perhaps twice."""
    found, now = find(request, pk), clock.now()
    form = _entry_form(found, request)
    if not form.is_valid():
        return offline.wrong(request, form) or _record(request, found, form)
    given = {
        **form.cleaned_data,
        "inspection": found,
        "happened_at": offline.happened_at(request, now=now),
        "by": request.user,
        "now": now,
    }
    if offline.sent_later(request):
        site_records.record_entry(**given)
    elif pages.attempt(form, site_records.record_entry, **given) is None:
        return _record(request, found, form)
    url = reverse("campaign:inspection_record", args=[found.pk])
    return offline.answered(request, url) or pages.go(request, url)


@policy.needs(VIEW)
@require_POST
def withdraw_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back."""
    seen = RecordEntry.objects.visible_to(request.user).select_related("inspection")
    entry = get_object_or_404(seen, pk=pk)
    reason = request.POST.get("reason", "")
    site_records.withdraw_entry(entry=entry, reason=reason, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection", entry.inspection_id)


# -- findings --------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def new_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a finding down with its basis and evidence."""
    found = find(request, pk)
    why_not = site_records.crew_refusal(found, by=request.user)
    why_not = why_not or workflow.step_refusal(workflow.FIND, found)
    if why_not:
        raise Refused(why_not)
    given: dict[str, Any] = {
        "items": ChecklistItem.objects.filter(checklist=found.round.checklist_id),
        "articles": LegalArticle.objects.all(),
        "entries": found.entries.standing().select_related("item"),
        "initial": {"happened_on": clock.today()},
    }
    form = FindingForm(request.POST, **given) if request.method == "POST" else FindingForm(**given)
    if form.is_bound and form.is_valid():
        told = {"inspection": found, "by": request.user, "now": clock.now()}
        made = pages.attempt(form, finding_services.draft_finding, **told, **form.cleaned_data)
        if made is not None:
            return pages.go(request, "campaign:finding", made.pk)
    context = {"inspection": found, "form": form}
    return pages.render(request, "campaign/inspections/finding_new.html", context=context)


def find_finding(request: HttpRequest, pk: int) -> Finding:
    """The finding, if it is in sight; else 404."""
    seen = Finding.objects.visible_to(request.user).select_related(
        "item", "created_by", "answered_by", "decided_by", *(f"inspection__{n}" for n in RELATED)
    )
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def finding(request: HttpRequest, pk: int) -> HttpResponse:
    """A finding; the company confirms it or objects here."""
    found = find_finding(request, pk)
    side = finding_services.answer_side_refusal(found.inspection.organisation, by=request.user)
    form = None
    if request.method == "POST" or not (side or workflow.answer_refusal(found)):
        form = AnswerForm(request.POST or None)
    if request.method == "POST" and form is not None and form.is_valid():
        if side:
            raise Refused(side)
        told = {"agree": request.POST.get("agree") == "1", **form.cleaned_data}
        done = pages.attempt(
            form,
            finding_services.answer_finding,
            finding=found,
            by=request.user,
            now=clock.now(),
            **told,
        )
        if done is not None:
            return pages.go(request, "campaign:finding", found.pk)
    decide = finding_services.decide_who_refusal(found, by=request.user)
    item = finding_services.ledger_item(found)
    state = workflow.decide_refusal(found, overdue=found.overdue(clock.now()))
    context = {
        "finding": found,
        "inspection": found.inspection,
        "lamp": queries.FINDING_LAMPS[FindingState(found.state)],
        "articles": found.articles.all(),
        "evidence": found.evidence.select_related("item").prefetch_related("files"),
        "form": form,
        "may_decide": not state,
        "decide_refusal": decide,
        "item": item,
        "item_url": rectification_letters.item_url(item) if item else "",
        "may_drop": found.state == FindingState.DRAFT
        and not site_records.crew_refusal(found.inspection, by=request.user),
    }
    return pages.render(request, "campaign/inspections/finding.html", context=context)


@policy.needs(MANAGE)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Settle an objection, or what nobody answered in time."""
    found = find_finding(request, pk)
    finding_services.decide_finding(
        finding=found,
        uphold=request.POST.get("uphold") == "1",
        decision=request.POST.get("decision", "")[:2000],
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "campaign:finding", found.pk)


@policy.needs(VIEW)
@require_POST
def drop_finding(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a draft out."""
    found = find_finding(request, pk)
    finding_services.drop_draft(finding=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:inspection", found.inspection_id)
