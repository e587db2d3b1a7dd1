"""Pages of meetings: the call, the minutes, what was decided."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import services
from campaign.forms import MeetingForm, MinutesForm
from campaign.models import Meeting
from campaign.scope import works_for
from campaign.steering_forms import DecisionForm
from campaign.views.common import MANAGE, VIEW, find, manage_refusal, page_context, tabs
from campaign.views.convening import participants
from campaign.views.steering import action_rows, decision_form
from core import clock, pages, policy

DRAFT = Permission.FILING_DRAFT


@policy.needs(VIEW)
def meetings(request: HttpRequest, pk: int) -> HttpResponse:
    """Meetings of the campaign."""
    campaign = find(request, pk)
    seen = Meeting.objects.visible_to(request.user).filter(campaign=campaign)
    context = page_context(
        campaign,
        "meetings",
        meetings=seen.select_related("organiser").prefetch_related("invitees"),
        now=clock.now(),
        refusal=manage_refusal(request, campaign),
    )
    return pages.render(request, "campaign/meetings.html", context=context)


@policy.needs(MANAGE)
def new_meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """Call a meeting."""
    campaign = find(request, pk)
    everybody = participants(campaign)
    groups = campaign.groups.filter(organisation=campaign.issuing_organisation)
    form = MeetingForm(
        request.POST or None,
        organisations=everybody,
        groups=groups,
        on=clock.today(),
        initial=_called(request, groups, everybody),
    )
    if request.method == "POST" and form.is_valid():
        found = pages.attempt(
            form,
            services.convene,
            campaign=campaign,
            organiser=campaign.issuing_organisation,
            by=request.user,
            now=clock.now(),
            **form.cleaned_data,
        )
        if found is not None:
            return pages.go(request, "campaign:meeting", found.pk)
    context = page_context(campaign, "meetings", form=form)
    return pages.render(request, "campaign/meeting_new.html", context=context)


def _called(request: HttpRequest, groups: Any, everybody: Any) -> dict[str, Any]:
    """A meeting of a group (``?group=``) calls its members' organisations, any other everybody."""
    asked = request.GET.get("group", "")
    known = asked.isascii() and asked.isdigit() and len(asked) < 10
    group = groups.filter(pk=int(asked)).first() if known else None
    if group is None:
        return {"invitees": list(everybody.values_list("pk", flat=True))}
    members = group.members.filter(left_on__isnull=True).values_list("organisation", flat=True)
    return {"group": group.pk, "invitees": sorted(set(members))}


def _find(request: HttpRequest, pk: int) -> Meeting:
    seen = Meeting.objects.visible_to(request.user).select_related("campaign", "organiser")
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
def meeting(request: HttpRequest, pk: int) -> HttpResponse:
    """A meeting with agenda and invitees; its organiser writes the minutes here."""
    found = _find(request, pk)
    form = _minutes_form(request, found)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        data |= {"meeting": found, "upload": data.pop("file")}
        data |= {"by": request.user, "now": clock.now()}
        if _minutes_refusal(request, found):
            services.record_minutes(**data)
        else:
            pages.attempt(form, services.record_minutes, **data)
        if not form.errors:
            return pages.go(request, "campaign:meeting", found.pk)
    return _page(request, found, form=form)


def _minutes_form(request: HttpRequest, found: Meeting) -> MinutesForm:
    """Bound only where the page itself is sent, not the form of decisions beside it."""
    sent = request.method == "POST" and "minutes" in request.POST
    return MinutesForm(
        request.POST if sent else None,
        request.FILES if sent else None,
        organisations=Organisation.objects.filter(pk__in=found.invitees.values("organisation")),
        initial={
            "minutes": found.minutes,
            "attended": list(
                found.invitees.exclude(attended=False).values_list("organisation", flat=True)
            ),
        },
    )


def _minutes_refusal(request: HttpRequest, found: Meeting) -> str:
    if not works_for(request.user, MANAGE, found.organiser):
        return _("由召集单位%(name)s登记。") % {"name": found.organiser}
    return _("会议尚未召开，不能登记纪要。") if clock.now() < found.starts_at else ""


def _page(
    request: HttpRequest,
    found: Meeting,
    *,
    form: MinutesForm,
    decision: DecisionForm | None = None,
) -> HttpResponse:
    context = {
        "campaign": found.campaign,
        "tabs": tabs(found.campaign, "meetings"),
        "meeting": found,
        "invitees": found.invitees.select_related("organisation"),
        "files": found.files.all(),
        "form": form,
        "actions": action_rows(request, found.actions.all()),
        "decision_form": decision or decision_form(found),
        "refusal": _minutes_refusal(request, found),
        "now": clock.now(),
    }
    status = pages.status_of(*(one for one in (form, decision) if one is not None))
    return pages.render(request, "campaign/meeting.html", context=context, status=status)


@require_POST
@policy.needs(MANAGE, DRAFT)
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a decision of a meeting on record."""
    found = _find(request, pk)
    form = decision_form(found, request.POST)
    if form.is_valid():
        told = {"by": request.user, "now": clock.now(), **form.cleaned_data}
        if _minutes_refusal(request, found):
            services.decide(meeting=found, **told)
        else:
            pages.attempt(form, services.decide, meeting=found, **told)
        if not form.errors:
            return pages.go(request, "campaign:meeting", found.pk)
    return _page(request, found, form=_minutes_form(request, found), decision=form)
