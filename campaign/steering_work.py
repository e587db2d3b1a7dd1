"""The desk's lines of groups: the office's daily work, notes to answer, decisions to carry out."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.models import Duty, Group, GroupMember, MeetingAction, SupervisionNote
from campaign.scope import with_absorbed
from campaign.workflow import CampaignState
from core import clock, sla
from core.workitems import WorkItem


def offices(user: User) -> QuerySet[Group]:
    """Groups of running campaigns in whose office the person works day by day (S1-6.1b)."""
    seats = GroupMember.objects.filter(
        person=user, role=GroupMember.Role.OFFICE, left_on__isnull=True
    )
    places = [place.pk for place in with_absorbed(user, Permission.CAMPAIGN_VIEW)]
    return Group.objects.filter(
        pk__in=seats.values("group"),
        organisation__in=places,
        campaign__state=CampaignState.LAUNCHED,
    )


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What waits for one's own organisation, and for the office that one works in."""
    places = [
        place.pk
        for permission in (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
        for place in with_absorbed(user, permission)
    ]
    return [
        *_to_answer(places, now=now),
        *_to_do(places, now=now),
        *(line for group in offices(user) for line in _queue(group, user, now=now)),
    ]


def _when(due_at: datetime, now: datetime) -> str:
    if now > due_at:
        return "overdue"
    same = clock.day_of(due_at) == clock.day_of(now)
    return "due_today" if same else "mine"


def _to_answer(places: list[int], *, now: datetime) -> list[WorkItem]:
    notes = SupervisionNote.objects.unanswered().filter(organisation__in=places)
    return [
        WorkItem(
            _when(note.due_at, now),
            _("待答复：%(subject)s") % {"subject": note.subject},
            f"{note.get_kind_display()} · {note.number}",
            reverse("campaign:note", args=[note.pk]),
            note.due_at,
            sla.lamp(now, note.due_at),
        )
        for note in notes.order_by("due_at")
    ]


def _to_do(places: list[int], *, now: datetime) -> list[WorkItem]:
    actions = MeetingAction.objects.unfinished().filter(organisation__in=places)
    return [
        WorkItem(
            _when(action.due_at, now),
            _("议定事项：%(text)s") % {"text": action.text},
            action.meeting.title,
            reverse("campaign:meeting", args=[action.meeting_id]),
            action.due_at,
            sla.lamp(now, action.due_at),
        )
        for action in actions.select_related("meeting")
    ]


def _queue(group: Group, user: User, *, now: datetime) -> list[WorkItem]:
    """The queue of a group's office: answers to settle, and everything that others let lie."""
    notes = reverse("campaign:notes", args=[group.campaign_id])
    found = [
        WorkItem(
            "new",
            _("已答复待办结：%(subject)s") % {"subject": note.subject},
            f"{note.organisation} · {note.number}",
            reverse("campaign:note", args=[note.pk]),
        )
        for note in group.notes.answered().select_related("organisation")
    ]
    board = reverse("campaign:board", args=[group.campaign_id])
    seen = Duty.objects.visible_to(user).overdue(now=now)
    duties = seen.filter(definition__campaign=group.campaign_id)
    late = MeetingAction.objects.unfinished().filter(meeting__group=group, due_at__lt=now)
    for count, text, url in (
        (
            group.notes.unanswered().filter(due_at__lt=now).count(),
            _("督办：%(count)d件逾期未答复"),
            notes,
        ),
        (duties.count(), _("督办：%(count)d项任务逾期"), f"{board}?phase=&state=overdue"),
        (
            late.count(),
            _("督办：%(count)d项议定事项逾期"),
            reverse("campaign:group", args=[group.pk]),
        ),
    ):
        if count:
            detail = _("领导小组办公室 · %(group)s") % {"group": group.name}
            found.append(WorkItem("others", text % {"count": count}, detail, url, lamp="late"))
    return found
