"""What a meeting decides becomes somebody's task with a due date (S1-6.2)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign import notifications
from campaign.models import Meeting, MeetingAction
from campaign.services.convening import readers
from campaign.services.groups import manager
from core import audit, clock, outbox, sla
from core.errors import Conflict, Refused


@transaction.atomic
def decide(
    *,
    meeting: Meeting,
    text: str,
    organisation: Organisation,
    due_on: date,
    by: User,
    now: datetime,
) -> MeetingAction:
    """Put on record what an organisation is to do by a day; it is told. Raises ``Refused``."""
    meeting = (
        Meeting.objects.select_for_update(of=("self",))
        .select_related("organiser", "campaign")
        .get(pk=meeting.pk)
    )
    manager(by, meeting.organiser)
    if now < meeting.starts_at:
        raise Refused(_("会议尚未召开，不能登记议定事项。"))
    here = {meeting.organiser_id, *meeting.invitees.values_list("organisation", flat=True)}
    if organisation.pk not in here:
        raise Refused(_("%(name)s没有参加这次会议。") % {"name": organisation})
    today = clock.day_of(now)
    last = date(meeting.campaign.ends_on.year + 1, 12, 31)
    if not text.strip():
        raise Refused(_("请填写议定事项。"))
    if not today <= due_on <= last:
        raise Refused(_("完成时限应在今天至%(last)s之间。") % {"last": last.isoformat()})
    action = MeetingAction.objects.create(
        meeting=meeting,
        text=text.strip(),
        organisation=organisation,
        due_at=sla.day_end(due_on),
        created_at=now,
        created_by=by,
    )
    audit.record("action.decide", action, by=by, now=now, organisation=organisation)
    for user in readers(organisation, now):
        outbox.post_all(notifications.decided(action, user), now=now)
    return action


@transaction.atomic
def carry_out(*, action: MeetingAction, result: str, by: User, now: datetime) -> MeetingAction:
    """The organisation says how it carried the decision out; whoever called the meeting is told.

    Raises ``Refused``.
    """
    action = (
        MeetingAction.objects.select_for_update(of=("self",))
        .select_related("organisation", "meeting__organiser")
        .get(pk=action.pk)
    )
    manager(by, action.organisation)
    if not result.strip():
        raise Refused(_("请填写落实情况。"))
    standing = MeetingAction.objects.filter(pk=action.pk, done_at__isnull=True)
    if not standing.update(done_at=now, done_by=by, result=result.strip()):
        raise Conflict(_("该事项已经落实。"))
    action.refresh_from_db()
    audit.record("action.carry_out", action, by=by, now=now, organisation=action.organisation)
    for user in readers(action.meeting.organiser, now):
        outbox.post_all(notifications.carried_out(action, user), now=now)
    return action
