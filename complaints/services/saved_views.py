"""Saved views: keep, change, drop; and tell subscribers at set times how many cases they have.

A subscription is a row with its next time. The tick claims it by moving that time on and posts one
job per occasion; the job counts and posts one letter. It ends by itself where the right is lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from accounts.staff import people_of
from complaints import saved_views
from complaints.models import SavedView, ViewSubscription
from complaints.notifications_views import counted, handed_on, not_sent
from core import audit, clock, masking, outbox
from core.errors import Refused
from core.locking import held

if TYPE_CHECKING:
    from accounts.models import Organisation, User

JOB = "case.view_subscription"
MOST, LONGEST_NAME = 50, 60
SENT_AT_HOUR = 8
Rhythm = ViewSubscription.Rhythm


@transaction.atomic
def save(
    *,
    page: str,
    params: Mapping[str, str],
    name: str,
    moving: bool,
    shared: bool,
    by: User,
    now: datetime,
) -> SavedView:
    """Keep the conditions of a page; ``moving``: its days go with the calendar. ``Refused``."""
    offices = workplaces(by, Permission.CASE_VIEW)
    if not offices or page not in SavedView.Page.values:
        raise Refused(_("这个页面不能保存为视图。"))
    mine = SavedView.objects.filter(owner=by)
    if mine.count() >= MOST:
        raise Refused(_("每人最多保存%(n)d个视图，请先删除不用的。") % {"n": MOST})
    name = _named(name, by=by)
    view = SavedView.objects.create(
        owner=by,
        organisation=offices[0],
        name=name,
        page=page,
        query=saved_views.kept(page, params, moving=moving),
        shared=shared,
        created_at=now,
    )
    audit.record("case_view.save", view, by=by, now=now, page=page, shared=shared)
    return view


def _named(name: str, *, by: User, but: int = 0) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Refused(_("请填写名称，不超过%(n)d字。") % {"n": LONGEST_NAME})
    if masking.mask_text(name) != name:
        raise Refused(_("名称中不得有电话、证件号等个人信息。"))
    if SavedView.objects.filter(owner=by, name=name).exclude(pk=but).exists():
        raise Refused(_("您已经有同名的视图，请换一个名称。"))
    return name


def _mine(view: SavedView, *, by: User) -> SavedView:
    view = SavedView.objects.select_for_update(of=("self",)).get(pk=view.pk)
    if view.owner_id != by.pk:
        raise Refused(_("共享的视图由保存人修改、删除。"))
    return view


@transaction.atomic
def change(*, view: SavedView, name: str, shared: bool, by: User, now: datetime) -> SavedView:
    """Another name; shared in the office or not. Raises ``Refused``."""
    view = _mine(view, by=by)
    view.name, view.shared = _named(name, by=by, but=view.pk), shared
    view.save(update_fields=["name", "shared"])
    audit.record("case_view.change", view, by=by, now=now, shared=shared)
    return view


@transaction.atomic
def drop(*, view: SavedView, by: User, now: datetime) -> None:
    """Take a view away, and with it what is subscribed to it. Raises ``Refused``."""
    view = _mine(view, by=by)
    office, subscribers = view.organisation, view.subscriptions.count()
    audit.record(
        "case_view.drop", view, by=by, now=now, organisation=office, subscribers=subscribers
    )
    view.delete()


def hand_on(*, now: datetime) -> int:
    """Shared views of those who left the office go to whoever leads it; where nobody does, they are
    shared no more. Says how many. May run twice."""
    shared = SavedView.objects.filter(shared=True).select_related("owner", "organisation")
    left = [one for one in shared if not _works_there(one.owner, one.organisation)]
    for view in left:
        _hand_on(view, now=now)
    return len(left)


def _works_there(user: User, office: Organisation) -> bool:
    return user.is_active and office in workplaces(user, Permission.CASE_VIEW)


@transaction.atomic
def _hand_on(view: SavedView, *, now: datetime) -> None:
    view = held(SavedView.objects, view.pk, "owner", "organisation")
    leads = people_of(view.organisation, Permission.CASE_APPROVE, on=clock.day_of(now))
    lead = next((one for one in leads if one.pk != view.owner_id), None)
    if lead is None:
        view.shared = False
        view.save(update_fields=["shared"])
    else:
        view.name = _free_name(view, lead)
        view.owner = lead
        view.save(update_fields=["owner", "name"])
        outbox.post(**handed_on(view), now=now)
    to = lead.pk if lead is not None else None
    audit.record("case_view.hand_on", view, by=None, now=now, organisation=view.organisation, to=to)


def _free_name(view: SavedView, lead: User) -> str:
    """Its own name; with a number behind it where the lead has a view of that name."""
    taken = set(SavedView.objects.filter(owner=lead).values_list("name", flat=True))
    names = (f"{view.name[: LONGEST_NAME - 4]}（{n}）" for n in count(2))
    return view.name if view.name not in taken else next(one for one in names if one not in taken)


@transaction.atomic
def subscribe(*, view: SavedView, rhythm: str, by: User, now: datetime) -> ViewSubscription | None:
    """Be told daily or weekly; an empty rhythm ends it. Raises ``Refused``."""
    if rhythm and rhythm not in Rhythm.values:
        raise Refused(_("请选择频次。"))
    if rhythm and not by.email:
        raise Refused(_("您没有登记邮箱，不能订阅。"))
    mine = ViewSubscription.objects.filter(view=view, user=by)
    office = view.organisation
    if not rhythm:
        if mine.delete()[0]:
            audit.record("case_view.unsubscribe", view, by=by, now=now, organisation=office)
        return None
    subscription, _new = ViewSubscription.objects.update_or_create(
        view=view,
        user=by,
        defaults={"rhythm": rhythm, "next_run_at": next_time(rhythm, after=now), "last_error": ""},
        create_defaults={
            "rhythm": rhythm,
            "next_run_at": next_time(rhythm, after=now),
            "created_at": now,
        },
    )
    audit.record("case_view.subscribe", view, by=by, now=now, organisation=office, rhythm=rhythm)
    return subscription


def next_time(rhythm: str, *, after: datetime) -> datetime:
    """The next morning of the rhythm: every day, or Mondays."""
    day = clock.day_of(after)
    while True:
        at = clock.at(day, SENT_AT_HOUR)
        if at > after and (rhythm == Rhythm.DAILY or day.weekday() == 0):
            return at
        day += timedelta(days=1)


def tick(*, now: datetime) -> int:
    """Post a job for each subscription whose time has come; says how many. Safe to run twice."""
    due = ViewSubscription.objects.due(now=now).order_by("next_run_at", "pk")
    return sum(_claim(one, now=now) for one in due)


@transaction.atomic
def _claim(subscription: ViewSubscription, *, now: datetime) -> bool:
    """Move the time on where it still stands; whoever does so posts the job.

    Times missed while nothing ran are made up for once, not once each.
    """
    at = subscription.next_run_at
    if at is None:
        return False
    mine = ViewSubscription.objects.filter(pk=subscription.pk, next_run_at=at)
    if not mine.update(next_run_at=next_time(subscription.rhythm, after=now)):
        return False
    occasion = at.astimezone(clock.ZONE).strftime("%Y%m%dT%H%M")
    outbox.post(
        key=f"case-view:{subscription.pk}:{occasion}:job",
        channel="job",
        kind=JOB,
        payload={"subscription": subscription.pk, "occasion": occasion},
        now=now,
    )
    return True


def run(*, subscription: ViewSubscription, occasion: str, now: datetime) -> str:
    """Tell one subscriber the count, nothing where there is none; says what happened."""
    if why_not := _ended(subscription):
        note_failure(
            subscription=subscription, reason=why_not, occasion=occasion, now=now, end=True
        )
        return why_not
    if not subscription.user.email:
        reason = _("您没有登记邮箱，没有发送。")
        note_failure(subscription=subscription, reason=reason, occasion=occasion, now=now)
        return reason
    n = saved_views.count(subscription.view, subscription.user, now=now)
    result = _("已发送：%(n)d件") % {"n": n} if n else _("没有诉求，未发送")
    with transaction.atomic():
        if n:
            outbox.post(**counted(subscription, n, occasion=occasion), now=now)
        ViewSubscription.objects.filter(pk=subscription.pk).update(
            last_run_at=now, last_count=n, last_result=result, last_error=""
        )
    return result


def _ended(subscription: ViewSubscription) -> str:
    """Why the person may not be told any more; empty while they may."""
    user, view = subscription.user, subscription.view
    if user.is_active and SavedView.objects.visible_to(user).filter(pk=view.pk).exists():
        return ""
    return _("您已无权查看该视图，订阅已结束。")


@transaction.atomic
def note_failure(
    *,
    subscription: ViewSubscription,
    reason: str,
    occasion: str,
    now: datetime,
    end: bool = False,
) -> None:
    """Nothing went out: say so on the subscription and tell whoever subscribed."""
    changes = {"last_run_at": now, "last_result": "", "last_error": reason[:500]}
    if end:
        changes["next_run_at"] = None
        audit.record(
            "case_view.end",
            subscription.view,
            by=None,
            now=now,
            organisation=subscription.view.organisation,
        )
    ViewSubscription.objects.filter(pk=subscription.pk).update(**changes)
    outbox.post(**not_sent(subscription, reason, occasion=occasion), now=now)
