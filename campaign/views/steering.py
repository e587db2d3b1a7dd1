"""Pages of supervision notes and of what meetings decided (S1-6.1a, S1-6.2)."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import services
from campaign.models import Campaign, Duty, Group, Meeting, MeetingAction, SupervisionNote
from campaign.scope import works_for
from campaign.services.groups import manager
from campaign.steering_forms import AnswerForm, DecisionForm, NoteForm, ResultForm
from campaign.views.common import VIEW, find, page_context
from campaign.workflow import DutyState
from core import clock, pages, policy
from core.errors import Refused

DRAFT, MANAGE = Permission.FILING_DRAFT, Permission.CAMPAIGN_MANAGE


def steering_group(request: HttpRequest, campaign: Campaign) -> Group | None:
    """The leading group for which the person may send notes in the campaign."""
    groups = Group.objects.filter(campaign=campaign, kind=Group.Kind.LEADING)
    for group in groups.select_related("campaign", "organisation"):
        if not services.steering_refusal(group, by=request.user):
            return group
    return None


def may_urge(request: HttpRequest, duty: Duty) -> bool:
    """Whether the person may send a note on a duty."""
    group = steering_group(request, duty.definition.campaign)
    return group is not None and duty.organisation in services.addressees(group)


@policy.needs(VIEW)
def notes(request: HttpRequest, pk: int) -> HttpResponse:
    """The notes of the campaign in sight, each with where it stands."""
    campaign = find(request, pk)
    now = clock.now()
    seen = SupervisionNote.objects.visible_to(request.user).filter(campaign=campaign)
    listed = seen.select_related("organisation", "group", "duty__definition")
    context = page_context(
        campaign,
        "notes",
        rows=[(note, *note.lamp(now)) for note in listed],
        may_issue=steering_group(request, campaign) is not None,
    )
    return pages.render(request, "campaign/notes.html", context=context)


@policy.needs(VIEW)
def new_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note; ``?duty=`` begins one on that duty."""
    campaign = find(request, pk)
    group = steering_group(request, campaign)
    if group is None:
        raise Refused(_("由领导小组组长、副组长或办公室人员发出。"))
    companies = services.addressees(group)
    duties = (
        Duty.objects.visible_to(request.user)
        .filter(definition__campaign=campaign, organisation__in=companies)
        .exclude(state=DutyState.WITHDRAWN)
        .select_related("organisation", "definition")
    )
    form = NoteForm(
        request.POST or None,
        organisations=Organisation.objects.filter(pk__in=[one.pk for one in companies]),
        duties=duties,
        initial=_about(request, duties),
    )
    if request.method == "POST" and form.is_valid():
        note = pages.attempt(
            form,
            services.issue_note,
            group=group,
            by=request.user,
            now=clock.now(),
            **form.cleaned_data,
        )
        if note is not None:
            return pages.go(request, "campaign:note", note.pk)
    context = page_context(campaign, "notes", form=form, group=group)
    return pages.render(request, "campaign/note_new.html", context=context)


def _about(request: HttpRequest, duties: Any) -> dict[str, Any]:
    asked = request.GET.get("duty", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return {}
    duty = duties.filter(pk=int(asked)).first()
    if duty is None:
        return {}
    return {
        "duty": duty.pk,
        "organisation": duty.organisation_id,
        "kind": SupervisionNote.Kind.ORDER,
        "subject": duty.definition.title,
    }


@policy.needs(VIEW)
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """A note with its answer; the company answers here."""
    seen = SupervisionNote.objects.visible_to(request.user).select_related(
        "campaign", "group__organisation", "group__campaign", "organisation", "duty__definition"
    )
    found = get_object_or_404(seen, pk=pk)
    now = clock.now()
    form = AnswerForm(request.POST or None)
    may_answer = found.answered_at is None and works_for(request.user, DRAFT, found.organisation)
    if request.method == "POST" and form.is_valid():
        told = {"note": found, "by": request.user, "now": now, **form.cleaned_data}
        if may_answer:
            pages.attempt(form, services.answer_note, **told)
        else:
            services.answer_note(**told)
        if not form.errors:
            return pages.go(request, "campaign:note", found.pk)
    lamp, word = found.lamp(now)
    context = page_context(
        found.campaign,
        "notes",
        note=found,
        lamp=lamp,
        word=word,
        form=form,
        may_answer=may_answer,
        close_refusal=services.steering_refusal(found.group, by=request.user),
    )
    return pages.render(request, "campaign/note.html", context=context)


@require_POST
@policy.needs(VIEW)
def close_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the answer as sufficient."""
    found = get_object_or_404(SupervisionNote.objects.visible_to(request.user), pk=pk)
    services.close_note(note=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:note", found.pk)


# -- decisions -------------------------------------------------------------------------------------


def action_rows(request: HttpRequest, actions: Any) -> list[dict[str, Any]]:
    """Actions with lamp and, where the person may report on one, its form."""
    now = clock.now()
    rows = []
    for action in actions.select_related("organisation", "meeting"):
        lamp, word = action.lamp(now)
        mine = action.done_at is None and _manages(request, action.organisation)
        rows.append({"action": action, "lamp": lamp, "word": word, "mine": mine})
    return rows


def _manages(request: HttpRequest, organisation: Organisation) -> bool:
    try:
        manager(request.user, organisation)
    except Refused:
        return False
    return True


def decision_form(meeting: Meeting, data: Any = None) -> DecisionForm:
    """What was decided at a meeting, by whom of those who were called."""
    here = [meeting.organiser_id, *meeting.invitees.values_list("organisation", flat=True)]
    return DecisionForm(
        data, organisations=Organisation.objects.filter(pk__in=here), auto_id="decide_%s"
    )


@require_POST
@policy.needs(MANAGE, DRAFT)
def carry_out(request: HttpRequest, pk: int) -> HttpResponse:
    """Say how a decision was carried out."""
    action = get_object_or_404(MeetingAction.objects.visible_to(request.user), pk=pk)
    form = ResultForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写落实情况。"))
    services.carry_out(action=action, by=request.user, now=clock.now(), **form.cleaned_data)
    return pages.go(request, "campaign:meeting", action.meeting_id)
