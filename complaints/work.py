"""The app's work items for the desk: what the person's organisation has to act on."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from complaints import claim_work, presenting, queries, service_lines
from complaints.models import Case, Hotline, HotlineMessage, JointTask, Supervision
from complaints.workflow import DONE, State
from core import clock, sla
from core.workitems import WorkItem

# The desk names so many cases; the list has the rest.
MOST = 30


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Cases that the person's organisations hold, and supervision that waits for an answer."""
    if not user.can(Permission.CASE_VIEW):
        return claim_work.items(user, now=now)
    return [*claim_work.items(user, now=now), *_of_cases(user, now=now)]


def _of_cases(user: User, *, now: datetime) -> list[WorkItem]:
    undelivered = _undelivered(user)
    places = queries.held_by(user)
    if not places:
        return undelivered
    held = Case.objects.visible_to(user).filter(holder__in=places).exclude(state__in=DONE)
    nearest = F("due_at").asc(nulls_last=True)
    rows = held.select_related("holder").order_by(nearest, "received_at", "pk")
    waiting = Supervision.objects.waiting()
    watched = waiting.filter(case__in=Case.objects.visible_to(user), case__holder__in=places)
    orders = watched.select_related("case", "organisation").order_by("due_at", "pk")
    return [
        *undelivered,
        *(_item(case, now=now) for case in rows[:MOST]),
        *_rest(held, _("另有 %(count)d 件诉求待本单位办理"), f"{_list_url()}?view=mine"),
        *(_watched(one, now=now) for one in orders[:MOST]),
        *(_decided(one, now=now) for one in _tasks(places)),
        *_rest(watched, _("另有 %(count)d 件督办待反馈"), reverse("complaints:supervision")),
        *(_unfiled(one, now=now) for one in _silent(places, now=now)),
    ]


def _silent(places: list[int], *, now: datetime) -> QuerySet[Hotline]:
    today = clock.day_of(now)
    return service_lines.unfiled(places, today=today)[:MOST]


def _unfiled(line: Hotline, *, now: datetime) -> WorkItem:
    month = service_lines.last_month(clock.day_of(now))
    return WorkItem(
        group="mine",
        title=_("报送服务热线%(number)s的服务情况") % {"number": line.number},
        detail=_("%(unit)s，%(month)s") % {"unit": line.organisation, "month": f"{month:%Y-%m}"},
        url=reverse("complaints:hotline", args=[line.pk]),
        lamp="near",
        lamp_text=_("上月未报送"),
    )


def _tasks(places: list[int]) -> QuerySet[JointTask]:
    """What joint meetings decided and these organisations still have to do."""
    issued = JointTask.objects.filter(organisation__in=places, meeting__issued_at__isnull=False)
    return issued.filter(done_at__isnull=True).select_related("meeting").order_by("due_on")[:MOST]


def _decided(one: JointTask, *, now: datetime) -> WorkItem:
    today = clock.day_of(now)
    lamp = one.lamp(today)
    return WorkItem(
        group="overdue" if lamp == "late" else "due_today" if one.due_on == today else "mine",
        title=_("会商议定事项：%(text)s") % {"text": one.text[:60]},
        detail=one.meeting.title,
        url=reverse("complaints:meeting", args=[one.meeting_id]),
        due_at=clock.at(one.due_on, 23, 59, 59),
        lamp=lamp,
        lamp_text=_("已逾期") if lamp == "late" else _("待落实"),
    )


def _list_url() -> str:
    return reverse("complaints:list")


def _rest(found: QuerySet[Any], words: str, url: str) -> list[WorkItem]:
    """What the desk does not name, by number, with the way to all of it."""
    if (rest := found.count() - MOST) <= 0:
        return []
    detail = _("工作台只列时限最近的%(most)d件，点击查看全部") % {"most": MOST}
    return [
        WorkItem(
            group="mine",
            title=words % {"count": rest},
            detail=detail,
            url=url,
            lamp="near",
            lamp_text=_("未列出"),
        )
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
        if clock.day_of(case.due_at) == clock.day_of(now):
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
