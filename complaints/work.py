"""The app's work items for the desk: what the person's organisation has to act on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from complaints import presenting, queries
from complaints.models import Case, HotlineMessage, Supervision
from complaints.workflow import DONE, State
from core import clock, sla
from core.workitems import WorkItem

# The desk names so many cases; the list has the rest.
MOST = 30


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Cases that the person's organisations hold, and supervision that waits for an answer."""
    if not user.can(Permission.CASE_VIEW):
        return []
    undelivered = _undelivered(user)
    places = queries.held_by(user)
    if not places:
        return undelivered
    held = Case.objects.visible_to(user).filter(holder__in=places).exclude(state__in=DONE)
    rows = held.select_related("holder").order_by("due_at", "received_at", "pk")
    watched = Supervision.objects.filter(
        case__in=Case.objects.visible_to(user), case__holder__in=places, answered_at__isnull=True
    )
    return [
        *undelivered,
        *(_item(case, now=now) for case in rows[:MOST]),
        *(_watched(one, now=now) for one in watched.select_related("case", "organisation")[:MOST]),
    ]


def _item(case: Case, *, now: datetime) -> WorkItem:
    lamp, _word = presenting.case_lamp(case, now=now)
    return WorkItem(
        group=_group(case, now),
        title=_("诉求%(number)s") % {"number": case.number},
        detail=case.content[:60],
        url=reverse("complaints:case", args=[case.pk]),
        due_at=case.due_at,
        lamp=lamp,
        lamp_text=State(case.state).label,
    )


def _undelivered(user: User) -> list[WorkItem]:
    """Calls to companies' systems that nobody took and that the person may send again."""
    if not user.can(Permission.CASE_DECIDE):
        return []
    if not (count := HotlineMessage.objects.visible_to(user).dead().count()):
        return []
    return [
        WorkItem(
            group="mine",
            title=_("%(count)d 条接口消息未送达") % {"count": count},
            detail=_("企业系统没有接收，查明原因后补发"),
            url=f"{reverse('complaints:sync')}?state=dead",
            lamp="late",
            lamp_text=_("未送达"),
        )
    ]


def _group(case: Case, now: datetime) -> str:
    if case.due_at is not None:
        if case.due_at + timedelta(seconds=1) <= now:
            return "overdue"
        if case.due_at.astimezone(clock.ZONE).date() == now.astimezone(clock.ZONE).date():
            return "due_today"
    return "new" if case.state in (State.REGISTERED, State.DISPATCHED) else "mine"


def _watched(one: Supervision, *, now: datetime) -> WorkItem:
    lamp = sla.lamp(now, one.due_at)
    return WorkItem(
        group="overdue" if lamp == "late" else "mine",
        title=_("督办反馈：诉求%(number)s") % {"number": one.case.number},
        detail=str(one.organisation),
        url=reverse("complaints:case", args=[one.case_id]),
        due_at=one.due_at,
        lamp=lamp,
        lamp_text=_("督办"),
    )
