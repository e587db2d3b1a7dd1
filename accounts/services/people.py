"""Everything that changes people and their memberships."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from accounts import names, notifications, workflow
from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission
from accounts.services import links
from core import audit, outbox
from core.clock import day_of
from core.errors import Refused


@transaction.atomic
def enrol(
    *,
    username: str,
    name: str,
    email: str,
    by: User | None,
    now: datetime,
    post: str = "",
    language: str = "",
    organisation: Organisation | None = None,
) -> User:
    """Enter a person without a password and without a role; ``invite`` and ``appoint`` go on.

    ``organisation`` only says whose audit trail it goes to. Raises ``Refused`` when the user name
    is taken (names are compared without case and width).
    """
    username = names.normalised(username)
    if User.objects.filter(username=username).exists():
        raise Refused(_("登录名已被使用，请换一个。"))
    user = User(username=username, name=name, email=email, post=post, language=language)
    user.set_unusable_password()
    user.date_joined = now
    user.save()
    audit.record("person.enrol", user, by=by, now=now, organisation=organisation)
    return user


@transaction.atomic
def invite(
    *,
    username: str,
    name: str,
    email: str,
    organisation: Organisation,
    role: str,
    by: User | None,
    now: datetime,
    department: str = "",
    post: str = "",
    starts_on: date | None = None,
) -> User:
    """Enter a person with a role and mail them a single-use link to set their password.

    Raises ``Refused`` when the user name is taken or the appointment is not possible.
    """
    workflow.require(by, Permission.PEOPLE_MANAGE, organisation)
    user = enrol(
        username=username,
        name=name,
        email=email,
        post=post,
        organisation=organisation,
        by=by,
        now=now,
    )
    appoint(
        user=user,
        organisation=organisation,
        role=role,
        department=department,
        starts_on=starts_on,
        by=by,
        now=now,
    )
    links.send_invitation(user=user, organisation=organisation, by=by, now=now)
    return user


@transaction.atomic
def appoint(
    *,
    user: User,
    organisation: Organisation,
    role: str,
    by: User | None,
    now: datetime,
    department: str = "",
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Membership:
    """Give a person a role in an organisation from a day on (today when none is given).

    Raises ``Refused`` by ``workflow.appointment_refusal``, for example when the three
    administrators would fall together.
    """
    user = _locked(user)
    organisation = Organisation.objects.get(pk=organisation.pk)
    workflow.require(by, Permission.PEOPLE_MANAGE, organisation)
    if by is not None and by.pk == user.pk:
        raise Refused(_("不能给自己任命角色，请由另一名安全管理员办理。"))
    starts_on = starts_on or day_of(now)
    if ends_on and ends_on < starts_on:
        raise Refused(_("终止日期不能早于起始日期。"))
    if reason_not := workflow.appointment_refusal(user, organisation, role, on=starts_on):
        raise Refused(reason_not)
    membership = Membership.objects.create(
        user=user,
        organisation=organisation,
        role=role,
        department=department,
        starts_on=starts_on,
        ends_on=ends_on,
    )
    _forget_rights(user)
    audit.record(
        "membership.appoint",
        membership,
        by=by,
        now=now,
        organisation=organisation,
        person=user.pk,
        role=role,
        starts_on=str(starts_on),
    )
    outbox.post(**notifications.appointed(membership), now=now)
    return membership


@transaction.atomic
def end_membership(
    *, membership: Membership, by: User | None, now: datetime, on: date | None = None
) -> Membership:
    """End a membership: its last day is the day before ``on`` (today when none is given).

    A membership that has not begun before that day is withdrawn. Sessions of the person end, so
    that a leaver is out at once. Raises ``Refused`` when it has ended already.
    """
    membership = (
        Membership.objects.select_for_update(of=("self",))
        .select_related("organisation", "user")
        .get(pk=membership.pk)
    )
    workflow.require(by, Permission.PEOPLE_MANAGE, membership.organisation)
    on = on or day_of(now)
    last_day = on - timedelta(days=1)
    ended = membership.ends_on is not None and membership.ends_on <= last_day
    if ended or membership.withdrawn_at:
        raise Refused(_("该任职已经终止。"))
    if last_day < membership.starts_on:
        last_day, membership.withdrawn_at = membership.starts_on, now
    membership.ends_on = last_day
    membership.save(update_fields=["ends_on", "withdrawn_at"])
    end_sessions_of(membership.user)
    audit.record(
        "membership.end",
        membership,
        by=by,
        now=now,
        organisation=membership.organisation,
        person=membership.user_id,
        role=membership.role,
        ends_on=str(last_day),
    )
    return membership


@transaction.atomic
def suspend(*, user: User, by: User | None, now: datetime, reason: str) -> User:
    """Close an account without deleting anything; its sessions end at the next request."""
    user = _managed(user, by=by)
    if not user.is_active:
        raise Refused(_("该账号已停用。"))
    user.is_active = False
    user.save(update_fields=["is_active"])
    end_sessions_of(user)
    audit.record("person.suspend", user, by=by, now=now, organisation=user.home, reason=reason)
    return user


@transaction.atomic
def reinstate(*, user: User, by: User | None, now: datetime, reason: str = "") -> User:
    """Open a suspended account again."""
    user = _managed(user, by=by)
    if user.is_active:
        raise Refused(_("该账号未停用。"))
    user.is_active, user.counted_from = True, now
    user.save(update_fields=["is_active", "counted_from"])
    audit.record("person.reinstate", user, by=by, now=now, organisation=user.home, reason=reason)
    return user


def end_sessions_of(user: User) -> None:
    """Raise the person's session epoch: every session of theirs ends at its next request."""
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


def _managed(user: User, *, by: User | None) -> User:
    """Lock a person and make sure that the actor looks after one of their organisations."""
    user = _locked(user)
    if by is not None:
        workflow.require_over_person(by, user)
    return user


def _locked(user: User) -> User:
    return User.objects.select_for_update(of=("self",)).get(pk=user.pk)


def _forget_rights(user: User) -> None:
    """Drop what an instance remembers about its rights for the length of a request."""
    known = ("current_memberships", "current_delegations", "stands", "absorbed", "permissions")
    for name in known:
        user.__dict__.pop(name, None)
