"""Everything that changes the organisation tree. History is kept: nothing is deleted."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import (
    Membership,
    Organisation,
    OrganisationName,
    Region,
    TerritoryRule,
    User,
)
from accounts.permissions import Permission
from core import audit, spans
from core.clock import day_of
from core.errors import Refused

DAY = timedelta(days=1)


@transaction.atomic
def found_organisation(
    *,
    code: str,
    name: str,
    kind: str,
    by: User | None,
    now: datetime,
    short_name: str = "",
    parent: Organisation | None = None,
    region: Region | None = None,
    founded_on: date | None = None,
    licence_number: str = "",
    document_prefix: str = "",
    email: str = "",
) -> Organisation:
    """Enter an organisation below its parent, with its first name from ``founded_on`` on.

    Raises ``Refused`` when the code is taken or the parent is closed.
    """
    _lock_tree()
    if parent is not None:
        parent = Organisation.objects.get(pk=parent.pk)
        workflow.require(by, Permission.ORGANISATION_MANAGE, parent)
        if parent.closed_on:
            raise Refused(_("上级单位已撤销。"))
    if Organisation.objects.filter(code=code).exists():
        raise Refused(_("单位代码 %(code)s 已被使用。") % {"code": code})
    fields = {
        "code": code,
        "name": name,
        "short_name": short_name or name[:30],
        "kind": kind,
        "region": region,
        "licence_number": licence_number,
        "document_prefix": document_prefix,
        "email": email,
    }
    tree = Organisation.objects
    node = tree.add_child(parent, fields) if parent else tree.add_root(fields)
    OrganisationName.objects.create(
        organisation=node,
        name=node.name,
        short_name=node.short_name,
        valid_from=founded_on or day_of(now),
    )
    audit.record("organisation.found", node, by=by, now=now, organisation=node, code=code)
    return node


@transaction.atomic
def rename(
    *,
    organisation: Organisation,
    name: str,
    short_name: str,
    valid_from: date,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> Organisation:
    """Give an organisation a new name from a day on; the old one stays in the history.

    A day in the future is allowed: until then the old name is shown. Raises ``Refused`` when the
    day is not after the start of the present name.
    """
    organisation = _locked(organisation)
    workflow.require(by, Permission.ORGANISATION_MANAGE, organisation)
    last = organisation.names.order_by("valid_from").last()
    if last and valid_from <= last.valid_from:
        raise Refused(_("新名称的启用日期必须晚于现名称的启用日期。"))
    if last:
        last.valid_to = valid_from - DAY
        last.save(update_fields=["valid_to"])
    OrganisationName.objects.create(
        organisation=organisation, name=name, short_name=short_name, valid_from=valid_from
    )
    show_names_in_force(now=now, only=organisation)
    details = {"to": name, "valid_from": str(valid_from)}
    audit.record(
        "organisation.rename",
        organisation,
        by=by,
        now=now,
        organisation=organisation,
        reason=reason,
        **details,
    )
    organisation.refresh_from_db()
    return organisation


def show_names_in_force(*, now: datetime, only: Organisation | None = None) -> int:
    """Show for every organisation the name that is in force on the day; returns how many changed.

    Called after a rename and every morning, when a rename of a future day takes effect.
    """
    day = day_of(now)
    names = OrganisationName.objects.filter(spans.in_force(day, until="valid_to"))
    if only is not None:
        names = names.filter(organisation=only)
    changed = 0
    shown = Q(organisation__name=F("name"), organisation__short_name=F("short_name"))
    for entry in names.exclude(shown):
        target = Organisation.objects.filter(pk=entry.organisation_id)
        changed += target.update(name=entry.name, short_name=entry.short_name)
    return changed


@transaction.atomic
def merge(
    *,
    organisation: Organisation,
    into: Organisation,
    on: date,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> Organisation:
    """Merge one organisation into another: people and units move, its history stays readable.

    The absorbed organisation is closed and placed below the other one, so that whoever sees the
    survivor also sees what the absorbed one filed. Raises ``Refused`` by ``workflow``.
    """
    _lock_tree()
    organisation, into = _locked(organisation), _locked(into)
    for side in (organisation, into):
        workflow.require(by, Permission.ORGANISATION_MANAGE, side)
    if reason_not := workflow.merge_refusal(organisation, into, on=on, today=day_of(now)):
        raise Refused(reason_not)
    moved = _move_memberships(organisation, into, on=on, now=now)
    _hand_over_territory(organisation, into, on=on)
    for child in list(Organisation.objects.get_children(organisation)):
        _place(child, into)
    _place(organisation, into)
    organisation.names.filter(valid_to__isnull=True).update(valid_to=on - DAY)
    organisation = Organisation.objects.get(pk=organisation.pk)
    organisation.merged_into_id, organisation.closed_on = into.pk, on
    organisation.save(update_fields=["merged_into", "closed_on"])
    audit.record(
        "organisation.merge",
        organisation,
        by=by,
        now=now,
        organisation=Organisation.objects.get(pk=into.pk),
        reason=reason,
        into=into.code,
        on=str(on),
        memberships_moved=moved,
    )
    return organisation


@transaction.atomic
def move(
    *,
    organisation: Organisation,
    parent: Organisation | None,
    by: User | None,
    now: datetime,
    reason: str = "",
) -> Organisation:
    """Place an organisation, with everything below it, under another parent."""
    _lock_tree()
    organisation = _locked(organisation)
    parent = _locked(parent) if parent else None
    workflow.require(by, Permission.ORGANISATION_MANAGE, organisation)
    if parent:
        workflow.require(by, Permission.ORGANISATION_MANAGE, parent)
    if reason_not := workflow.move_refusal(organisation, parent):
        raise Refused(reason_not)
    before = Organisation.objects.get_parent(organisation)
    _place(organisation, parent)
    organisation = Organisation.objects.get(pk=organisation.pk)
    audit.record(
        "organisation.move",
        organisation,
        by=by,
        now=now,
        organisation=organisation,
        reason=reason,
        before=before.code if before else "",
        after=parent.code if parent else "",
    )
    return organisation


def _lock_tree() -> None:
    """One change of the tree at a time: paths of many rows move together."""
    list(Organisation.objects.select_for_update(of=("self",)).filter(depth=1).values_list("pk"))


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)


def _place(organisation: Organisation, parent: Organisation | None) -> None:
    """Move a node in the tree; both sides are read anew because earlier moves change paths."""
    node = Organisation.objects.get(pk=organisation.pk)
    if parent is None:
        root = Organisation.objects.filter(depth=1).order_by("path").first()
        Organisation.objects.move(node, root, pos="sorted-sibling")
    else:
        parent = Organisation.objects.get(pk=parent.pk)
        Organisation.objects.move(node, parent, pos="sorted-child")


def _move_memberships(
    organisation: Organisation, into: Organisation, *, on: date, now: datetime
) -> int:
    """End the memberships in force and open the same ones in the other organisation."""
    standing = Membership.objects.filter(organisation=organisation).in_force_from(on=on)
    moved = 0
    for membership in standing.select_for_update(of=("self",)):
        already = Membership.objects.filter(
            user_id=membership.user_id, organisation=into, role=membership.role
        ).in_force_from(on=on)
        if not already.exists():
            Membership.objects.create(
                user_id=membership.user_id,
                organisation=into,
                role=membership.role,
                department=membership.department,
                starts_on=max(on, membership.starts_on),
                ends_on=membership.ends_on,
            )
            moved += 1
        if membership.starts_on >= on:
            membership.ends_on, membership.withdrawn_at = membership.starts_on, now
        else:
            membership.ends_on = on - DAY
        membership.save(update_fields=["ends_on", "withdrawn_at"])
    return moved


def _hand_over_territory(organisation: Organisation, into: Organisation, *, on: date) -> None:
    """The territory of an absorbed regulator becomes the other one's from the day on."""
    mine = Q(regulator=organisation) | Q(copy_to=organisation)
    for rule in TerritoryRule.objects.in_force(on=on).filter(mine):
        heir = into if rule.regulator_id == organisation.pk else rule.regulator
        copy_to = into if rule.copy_to_id == organisation.pk else rule.copy_to
        if rule.valid_from == on:
            TerritoryRule.objects.filter(pk=rule.pk).update(regulator=heir, copy_to=copy_to)
            continue
        rule.valid_to = on - DAY
        rule.save(update_fields=["valid_to"])
        TerritoryRule.objects.create(
            region_id=rule.region_id, regulator=heir, copy_to=copy_to, valid_from=on
        )
