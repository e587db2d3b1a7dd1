"""What the pages of organisations and people read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from accounts import lockout
from accounts.models import Membership, Organisation, TerritoryRule, User
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
            by_name | Q(code__icontains=text) | Q(names__name__icontains=text)
        ).distinct()
    return found.filter(kind=kind) if kind else found


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
