"""Work items of administrators and of everybody's own account."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import passwords
from accounts.models import ApiClient, SignInLink, User
from accounts.permissions import Permission
from core.clock import ZONE
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
    today = now.astimezone(ZONE).date()
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
    today = now.astimezone(ZONE).date()
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
