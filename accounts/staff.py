"""Who is to be written to: the people of an organisation by what their roles allow."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission, roles_with
from accounts.reach import survivor


def people_of(organisation: Organisation, permission: Permission, *, on: date) -> list[User]:
    """Active people whose current role *in this organisation* carries the permission.

    From the day on which it was merged into another, those of the other.
    """
    if organisation.closed_on is not None and organisation.closed_on <= on:
        organisation = survivor(organisation)
    return Directory([organisation.pk]).people(organisation.pk, permission, on=on)


class Directory:
    """The staff of some organisations, read once, to be asked for any day."""

    def __init__(self, organisations: Iterable[int]) -> None:
        memberships = Membership.objects.filter(
            organisation__in=set(organisations), withdrawn_at__isnull=True, user__is_active=True
        )
        self._by_organisation: dict[int, list[Membership]] = {}
        for one in memberships.select_related("user").order_by("user__pk", "pk"):
            self._by_organisation.setdefault(one.organisation_id, []).append(one)

    def _in_force(self, organisation: int, on: date) -> list[Membership]:
        return [
            one
            for one in self._by_organisation.get(organisation, ())
            if one.starts_on <= on and (one.ends_on is None or one.ends_on >= on)
        ]

    def people(self, organisation: int, permission: Permission, *, on: date) -> list[User]:
        """Active people whose role in the organisation carries the permission on a day."""
        roles = roles_with(permission)
        found = {
            one.user_id: one.user for one in self._in_force(organisation, on) if one.role in roles
        }
        return list(found.values())

    def works_in(self, organisation: int, user: User, *, on: date) -> bool:
        """Whether an active person has any role in the organisation on a day."""
        return any(one.user_id == user.pk for one in self._in_force(organisation, on))
