"""Work items of administrators and of everybody's own account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import passwords, queries
from accounts.models import ApiClient, LeakReport, Organisation, SignInLink, User
from accounts.permissions import Permission
from core.clock import day_of
from core.sla import day_end
from core.workitems import WorkItem

SOON = timedelta(days=7)
# Whoever runs the other system needs time to put in a new token.
CLIENTS_SOON = timedelta(days=30)


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Password that grows old, deputyships that begin or end, invitations nobody followed."""
    return [
        *_own_password(user, now=now),
        *_deputyships(user, now=now),
        *_stale_invitations(user, now=now),
        *_clients_running_out(user, now=now),
        *_leaks(user, now=now),
        *_licences_ending(user, now=now),
    ]


def _leaks(user: User, *, now: datetime) -> list[WorkItem]:
    """Reports of leaks that wait for the security post; one's own are for another's hand."""
    if not user.can(Permission.LEAK_HANDLE):
        return []
    found = LeakReport.objects.visible_to(user).open().exclude(reporter=user)
    return [
        WorkItem(
            group="overdue" if report.due_at < now else "mine",
            title=_("信息泄露报告%(number)s") % {"number": report.number},
            detail=_("%(unit)s，%(state)s")
            % {"unit": report.organisation, "state": report.get_state_display()},
            url=reverse("accounts:leak", args=[report.pk]),
            due_at=report.due_at,
            lamp=report.lamp(now),
        )
        for report in found.select_related("organisation").order_by("accept_due_at")[:20]
    ]


def _licences_ending(user: User, *, now: datetime) -> list[WorkItem]:
    """Licences that end within half a year and have no successor, for whoever keeps the units."""
    if not user.can(Permission.ORGANISATION_MANAGE):
        return []
    today = day_of(now)
    units = Organisation.objects.visible_to(user, Permission.ORGANISATION_MANAGE).in_force()
    found = queries.by_licence(units, "ending", on=today)[:20]
    held = queries.licences_of(found, on=today)
    return [
        WorkItem(
            group="mine",
            title=_("供电业务许可证即将到期：%(unit)s") % {"unit": unit},
            detail=_("许可证%(number)s，到期前应登记换发的许可证")
            % {"number": held[unit.pk][0].number},
            url=reverse("accounts:licences", args=[unit.code]),
            due_at=day_end(held[unit.pk][0].valid_to),
            lamp="near",
        )
        for unit in found
    ]


def _own_password(user: User, *, now: datetime) -> list[WorkItem]:
    days = passwords.profile().max_age_days
    if not days or not user.password_set_at:
        return []
    due = user.password_set_at + timedelta(days=days)
    if due - now > SOON:
        return []
    return [
        WorkItem(
            group="mine" if due > now else "overdue",
            title=_("修改登录口令"),
            detail=_("口令每 %(days)d 天须更换一次") % {"days": days},
            url=reverse("accounts:change_password"),
            due_at=due,
            lamp="near" if due > now else "late",
        )
    ]


def _deputyships(user: User, *, now: datetime) -> list[WorkItem]:
    today = day_of(now)
    coming = user.delegations_held.in_force_from(on=today).filter(starts_on__gte=today - SOON)
    return [
        WorkItem(
            group="new",
            title=_("您受托代行%(role)s") % {"role": d.role_definition.name},
            detail=_("%(unit)s，%(from)s 至 %(to)s")
            % {"unit": d.organisation, "from": d.starts_on, "to": d.ends_on},
            url=reverse("accounts:delegations"),
            lamp="ok",
        )
        for d in coming.select_related("content_object")
    ]


def _stale_invitations(user: User, *, now: datetime) -> list[WorkItem]:
    """Invitations that ran out without a password being set, for the security administrator."""
    if not user.can(Permission.PEOPLE_MANAGE):
        return []
    people = User.objects.visible_to(user).filter(is_active=True, password__startswith="!")
    invited = SignInLink.objects.filter(
        user__in=people, purpose=SignInLink.Purpose.INVITATION, withdrawn_at__isnull=True
    )
    lapsed = invited.filter(used_at__isnull=True, expires_at__lte=now)
    return [
        WorkItem(
            group="mine",
            title=_("邀请已过期：%(name)s") % {"name": link.user.name},
            detail=_("本人未在期限内设置口令，请重新邀请"),
            url=reverse("accounts:person", args=[link.user_id]),
            due_at=link.expires_at,
            lamp="near",
        )
        for link in lapsed.select_related("user").order_by("expires_at")[:20]
    ]


def _clients_running_out(user: User, *, now: datetime) -> list[WorkItem]:
    """Machine clients that can soon not sign in any more, for whoever looks after them."""
    if not user.can(Permission.CLIENT_MANAGE):
        return []
    today = day_of(now)
    clients = ApiClient.objects.visible_to(user).filter(suspended_at__isnull=True)
    ending = clients.filter(expires_on__gte=today, expires_on__lte=today + CLIENTS_SOON)
    return [
        WorkItem(
            group="mine",
            title=_("接口客户端即将到期：%(name)s") % {"name": client.name},
            detail=_("%(unit)s，到期后不能再调用接口") % {"unit": client.organisation},
            url=reverse("accounts:client", args=[client.pk]),
            due_at=day_end(client.expires_on),
            lamp="near",
        )
        for client in ending.select_related("organisation").order_by("expires_on")[:20]
    ]
