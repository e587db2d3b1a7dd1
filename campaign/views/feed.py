"""A person's deadlines and meetings as an iCalendar feed."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.models import Duty, Meeting
from campaign.scope import workplaces
from campaign.workflow import DutyState
from core import ical, policy

# Shorter tokens are no secret; an empty one would match everybody who never asked for a feed.
TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")


@policy.public
def calendar_feed(request: HttpRequest, token: str) -> HttpResponse:
    """The feed of the person whom the token belongs to: own duties, duties to receive, meetings.

    The address itself is the key, because calendar programs cannot sign in. Unknown tokens are 404.
    """
    user = None
    if TOKEN.fullmatch(token):
        user = User.objects.filter(calendar_token=token, is_active=True).first()
    if user is None:
        raise Http404
    items = [*_duties(user), *_meetings(user)]
    name = _("%(name)s的监管日程") % {"name": user.name}
    response = HttpResponse(ical.feed(name, items), content_type="text/calendar; charset=utf-8")
    response["Cache-Control"] = "private, no-store"
    return response


def _duties(user: User) -> list[ical.Item]:
    """Duties of the organisations that the person works in: nobody else's deadlines."""
    places = workplaces(user, Permission.CAMPAIGN_VIEW)
    own = (
        Duty.objects.visible_to(user)
        .filter(organisation__in=[place.pk for place in places])
        .exclude(state__in=(DutyState.WITHDRAWN, DutyState.EXEMPTED))
        .select_related("definition__campaign", "organisation", "recipient")
    )
    return [
        ical.Item(
            uid=f"duty-{duty.pk}@portal",
            title=_("%(organisation)s：%(title)s")
            % {"organisation": duty.organisation, "title": duty.definition.title},
            due_at=duty.due_at,
            changed_at=duty.accepted_at or duty.submitted_at or duty.due_set_at,
            url=settings.SITE_URL + reverse("campaign:duty", args=[duty.pk]),
            detail=_("报送%(recipient)s。%(source)s")
            % {"recipient": duty.recipient.name, "source": duty.definition.due_source},
            category=duty.definition.campaign.name,
            provisional=duty.due_provisional,
            done=duty.state == DutyState.ACCEPTED,
        )
        for duty in own.order_by("due_at", "pk")
    ]


def _meetings(user: User) -> list[ical.Item]:
    places = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
    return [
        ical.Item(
            uid=f"meeting-{meeting.pk}@portal",
            title=meeting.title,
            due_at=meeting.starts_at,
            changed_at=meeting.minutes_at or meeting.convened_at or meeting.starts_at,
            url=settings.SITE_URL + reverse("campaign:meeting", args=[meeting.pk]),
            detail=_("地点：%(place)s") % {"place": meeting.place},
            category=meeting.campaign.name,
        )
        for meeting in Meeting.objects.of(places).select_related("campaign")
    ]
