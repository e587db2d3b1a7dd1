"""What the pages of organisations and people read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy

from accounts import lockout
from accounts.models import Licence, Membership, Organisation, ServiceBody, TerritoryRule, User
from accounts.permissions import ROLES, Permission, Role
from accounts.territory import regulator_for


def organisations(user: User, *, text: str = "", kind: str = "", closed: bool = False) -> QuerySet:
    """Organisations in sight that match, in tree order."""
    found = Organisation.objects.visible_to(user).select_related("region", "merged_into")
    if not closed:
        found = found.in_force()
    if text:
        by_name = Q(name__icontains=text) | Q(short_name__icontains=text)
        found = found.filter(
            by_name
            | Q(code__icontains=text)
            | Q(names__name__icontains=text)
            | Q(licence_number__icontains=text)
            | Q(licences__number__icontains=text)
        ).distinct()
    return found.filter(kind=kind) if kind else found


# How long before its end a licence is shown as ending: renewal is asked for months ahead.
LICENCE_SOON = timedelta(days=180)
LICENCE_STATES = {
    "none": gettext_lazy("未登记许可证"),
    "valid": gettext_lazy("许可证有效"),
    "ending": gettext_lazy("半年内到期"),
    "expired": gettext_lazy("许可证已过期"),
}


def by_licence(found: QuerySet, state: str, *, on: date) -> QuerySet:
    """Those that need a licence and stand so; all where nothing such is asked for."""
    if state not in LICENCE_STATES:
        return found
    mine = Licence.objects.filter(organisation=OuterRef("pk"))
    standing, ending = mine.in_force(on=on), mine.filter(valid_to__gt=on + LICENCE_SOON)
    condition = {
        "none": ~Exists(mine),
        "valid": Exists(standing),
        "ending": Exists(standing) & ~Exists(ending),
        "expired": Exists(mine) & ~Exists(mine.filter(valid_to__gte=on)),
    }[state]
    return found.filter(condition, kind__in=Organisation.LICENSED_KINDS)


def licences_of(units: Iterable[Organisation], *, on: date) -> dict[int, tuple[Licence, str]]:
    """By unit the licence in force, else the last one, with its lamp."""
    rows = Licence.objects.filter(organisation__in=[one.pk for one in units], valid_from__lte=on)
    found = {one.organisation_id: one for one in rows.order_by("valid_from")}
    return {pk: (one, licence_lamp(one, on=on)) for pk, one in found.items()}


def licence_lamp(licence: Licence, *, on: date) -> str:
    if licence.valid_to < on:
        return "late"
    return "near" if licence.valid_to <= on + LICENCE_SOON else "ok"


@dataclass(frozen=True)
class OrganisationPage:
    """Everything that the page of one organisation shows."""

    organisation: Organisation
    above: list[Organisation]
    below: list[Organisation]
    names: list[Any]
    people: list[Membership]
    charge: list[TerritoryRule]
    copies: list[TerritoryRule]
    regulator: Organisation | None
    copy_to: Organisation | None
    licence: tuple[Licence, str] | None
    bodies: list[ServiceBody]


def organisation_page(organisation: Organisation, user: User, *, on: date) -> OrganisationPage:
    """Read one organisation's page; neighbours that are out of sight are left out."""
    sight = Organisation.objects.visible_to(user)
    rules = TerritoryRule.objects.in_force(on=on).select_related("region", "regulator", "copy_to")
    members = Membership.objects.filter(organisation=organisation).in_force(on=on)
    regulator, copy_to = _supervision(organisation, on=on)
    return OrganisationPage(
        organisation=organisation,
        above=list(Organisation.objects.get_ancestors(organisation) & sight),
        below=list(Organisation.objects.get_children(organisation) & sight),
        names=list(organisation.names.all()),
        people=list(members.select_related("user").order_by("role", "user__name")),
        charge=list(rules.filter(regulator=organisation)),
        copies=list(rules.filter(copy_to=organisation)),
        regulator=regulator,
        copy_to=copy_to,
        licence=licences_of([organisation], on=on).get(organisation.pk),
        bodies=list(ServiceBody.objects.standing().filter(organisation=organisation)),
    )


def _supervision(
    organisation: Organisation, *, on: date
) -> tuple[Organisation | None, Organisation | None]:
    if organisation.kind == Organisation.Kind.NATIONAL_REGULATOR:
        return None, None
    return regulator_for(organisation, on)


def people(user: User, *, text: str = "", role: str = "", unit: str = "") -> QuerySet[User]:
    """People whom a person looks after and who match."""
    found = User.objects.visible_to(user)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if role:
        found = found.filter(memberships__role=role)
    if unit:
        found = found.filter(memberships__organisation__code=unit)
    return found.distinct().prefetch_related("memberships__organisation")


def is_locked(user: User, *, now: Any) -> bool:
    """Whether the person's account or second factor is locked at this moment."""
    keys = (lockout.account_key(user.username), lockout.factor_key(user.pk))
    return any(lockout.is_locked(key, now=now) for key in keys)


def matrix() -> list[tuple[Permission, list[bool]]]:
    """Permissions × roles, for the page that explains roles."""
    roles: list[Role] = list(ROLES.values())
    return [(p, [p in role.permissions for role in roles]) for p in Permission]
