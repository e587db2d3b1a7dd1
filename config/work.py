"""Work that belongs to no app: unread notices, and what administrators have to look after."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Delegation, Membership, Organisation, SignInLink, User
from accounts.permissions import Permission
from config import scope
from config.outbox_views import visible_letters
from core import clock, proving, workdays
from core.models import Letter
from core.workitems import WorkItem

# Rights that end within this time are shown, so that a successor can be named.
SOON = timedelta(days=14)


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """One row each, with a number where there is more than one of a kind."""
    found = [*unread_notices(user)]
    if user.can(Permission.OUTBOX_MANAGE):
        found += letters_to_decide(user)
    if user.can(Permission.AUDIT_VIEW) and scope.sees_all(user, Permission.AUDIT_VIEW):
        found += trail_to_look_into()
    if user.can(Permission.CALENDAR_MANAGE):
        found += calendars_to_publish(now)
    if user.can(Permission.PEOPLE_MANAGE):
        found += people_to_look_after(user, now)
    return found


def unread_notices(user: User) -> list[WorkItem]:
    unread = Letter.objects.notices_for(user).unread()
    newest = unread.first()
    if newest is None:
        return []
    number = unread.count()
    title = ngettext("%(n)d 条通知未读", "%(n)d 条通知未读", number) % {"n": number}
    detail = _("最新：%(subject)s") % {"subject": newest.subject}
    return [WorkItem("new", title, detail, reverse("core:notices"), lamp="ok", lamp_text=_("通知"))]


def letters_to_decide(user: User) -> list[WorkItem]:
    number = visible_letters(user).needing_a_person().count()
    if not number:
        return []
    title = ngettext("%(n)d 封信件等待处置", "%(n)d 封信件等待处置", number) % {"n": number}
    detail = _("未能送达或结果不明，须查明后放行或作废")
    url = f"{reverse('outbox')}?state=attention"
    return [WorkItem("mine", title, detail, url, lamp="late", lamp_text=_("滞留"))]


def trail_to_look_into() -> list[WorkItem]:
    """The last proof of the audit trail found something that is not as it was written."""
    proof = proving.last()
    if proof is None or not proof.error:
        return []
    first = proof.error.partition("\n")[0]
    title, told = _("审计链核验发现问题"), _("须查明")
    return [WorkItem("mine", title, first, reverse("audit"), lamp="late", lamp_text=told)]


def calendars_to_publish(now: datetime) -> list[WorkItem]:
    """This year's and the next one's calendar, where deadlines still stand on a stand-in."""
    calendar = workdays.calendar()
    year = now.astimezone(clock.ZONE).year
    return [
        WorkItem(
            "mine",
            _("%(year)d 年工作日安排尚未录入") % {"year": one},
            _("该年的期限暂按双休日推算，标注“待确认”"),
            reverse("workdays_new", args=[one]),
            lamp="near",
            lamp_text=_("待确认"),
        )
        for one in (year, year + 1)
        if calendar.is_provisional(date(one, 6, 1))
    ]


def people_to_look_after(user: User, now: datetime) -> list[WorkItem]:
    """Invitations nobody answered, rights that end soon, accounts that were never used."""
    seen = Organisation.objects.visible_to(user)
    today = clock.day_of(now)
    mine = Membership.objects.in_force(on=today).filter(organisation__in=seen)
    invited = SignInLink.objects.usable(now=now).filter(
        purpose=SignInLink.Purpose.INVITATION, user__memberships__in=mine
    )
    ending = mine.filter(ends_on__lte=today + SOON)
    deputies = Delegation.objects.filter(
        content_object__in=seen, revoked_at__isnull=True, ends_on__range=(today, today + SOON)
    )
    unused = mine.filter(user__last_login__isnull=True, user__is_active=True)
    counted = (
        (invited.values("user").distinct().count(), _("%(n)d 份邀请尚未接受"), "people"),
        (ending.values("user").distinct().count(), _("%(n)d 人的任职将在两周内到期"), "people"),
        (deputies.count(), _("%(n)d 项授权将在两周内到期"), "delegations"),
        (unused.values("user").distinct().count(), _("%(n)d 个账号从未登录"), "people"),
    )
    return [
        WorkItem(
            "mine",
            text % {"n": number},
            _("核对后保留、续期或停用"),
            reverse(f"accounts:{page}"),
            lamp="ok",
            lamp_text=_("待核对"),
        )
        for number, text, page in counted
        if number
    ]
