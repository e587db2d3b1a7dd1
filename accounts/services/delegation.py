"""Deputies: handing a role's rights over an organisation to a person until a day."""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import Permission as DjangoPermission
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import Delegation, Organisation, User
from accounts.permissions import ROLES, Permission
from core import audit
from core.clock import day_of
from core.errors import Refused


@transaction.atomic
def delegate(
    *,
    deputy: User,
    organisation: Organisation,
    role: str,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User | None,
    now: datetime,
) -> Delegation:
    """Let a deputy act with a role over an organisation, from a day to a day (both included).

    By the holder of the role there, or by the security administrator. Raises ``Refused`` for a
    span that is over or turned round, a role of another side, or one that may not be combined.
    """
    deputy = User.objects.select_for_update(of=("self",)).get(pk=deputy.pk)
    organisation = Organisation.objects.get(pk=organisation.pk)
    if by is not None and not holds(by, role, organisation):
        workflow.require(by, Permission.PEOPLE_MANAGE, organisation)
    today = day_of(now)
    if refusal := _refusal(deputy, organisation, role, starts_on, ends_on, by=by, today=today):
        raise Refused(refusal)
    delegation = Delegation.objects.create(
        user=deputy,
        permission=_object_permission(),
        content_object=organisation,
        role=role,
        starts_on=starts_on,
        ends_on=ends_on,
        reason=reason,
        given_by=by,
    )
    audit.record(
        "delegation.give",
        delegation,
        by=by,
        now=now,
        organisation=organisation,
        reason=reason,
        person=deputy.pk,
        role=role,
        starts_on=str(starts_on),
        ends_on=str(ends_on),
    )
    return delegation


@transaction.atomic
def revoke(
    *, delegation: Delegation, by: User | None, now: datetime, reason: str = ""
) -> Delegation:
    """Take a delegation back before its end; it has no effect from the next request on."""
    delegation = (
        Delegation.objects.select_for_update(of=("self",))
        .select_related("content_object")
        .get(pk=delegation.pk)
    )
    if by is not None and by.pk != delegation.given_by_id:
        workflow.require(by, Permission.PEOPLE_MANAGE, delegation.organisation)
    today = day_of(now)
    if delegation.revoked_at or delegation.ends_on < today:
        raise Refused(_("该委托已经终止。"))
    delegation.revoked_at = now
    delegation.save(update_fields=["revoked_at"])
    audit.record(
        "delegation.revoke",
        delegation,
        by=by,
        now=now,
        organisation=delegation.organisation,
        reason=reason,
        person=delegation.user_id,
        role=delegation.role,
    )
    return delegation


def holds(user: User, role: str, organisation: Organisation) -> bool:
    """Whether a person holds a role in the organisation by membership (deputies cannot pass on)."""
    return any(
        m.role == role and m.organisation_id == organisation.pk for m in user.current_memberships
    )


def _refusal(
    deputy: User,
    organisation: Organisation,
    role: str,
    starts_on: date,
    ends_on: date,
    *,
    by: User | None,
    today: date,
) -> str:
    if ends_on < starts_on or ends_on < today:
        return _("终止日期不能早于起始日期，也不能早于今天。")
    if by is not None and by.pk == deputy.pk:
        return _("不能委托给自己。")
    if role not in ROLES or not workflow.side_fits(organisation, role):
        return _("该角色不适用于此类单位。")
    if organisation.closed_on:
        return _("该单位已撤销，不能委托。")
    same = Delegation.objects.filter(user=deputy, content_object=organisation, role=role)
    if same.in_force_from(on=starts_on).filter(starts_on__lte=ends_on).exists():
        return _("此人在这段时间内已代行该角色。")
    return workflow.separation_refusal(deputy, role, on=starts_on)


def _object_permission() -> DjangoPermission:
    return DjangoPermission.objects.get(content_type__app_label="accounts", codename="deputise")
