"""Where a person stands: the organisations that their roles reach from, and for whom they act."""

from __future__ import annotations

from accounts.models import Organisation, User
from accounts.permissions import Permission


def workplaces(user: User, permission: Permission) -> list[Organisation]:
    """Organisations in which the person holds, or stands in for, a role with the permission."""
    return [place for place, role in user.stands if permission in role.permissions]


def with_absorbed(user: User, permission: Permission) -> list[Organisation]:
    """The same, and what these organisations absorbed: what it left undone waits for them
    (``works_for``). For what stands on the desk."""
    places = workplaces(user, permission)
    if not places:
        return []
    standing = {place.pk for place in places}
    return [*places, *(one for one, heir in user.absorbed.items() if heir in standing)]


def survivor(organisation: Organisation) -> Organisation:
    """Who goes on with the work of an organisation: itself, or what it was merged into in the
    end."""
    while organisation.merged_into is not None:
        organisation = organisation.merged_into
    return organisation


def works_for(user: User, permission: Permission, organisation: Organisation) -> bool:
    """Whether the person acts *for* the organisation: from inside it, not from above it.

    A regulator sees the companies of its territory but never signs for them. A company unit may act
    for the units below it in the same company. What an absorbed office left undone is done by the
    one that absorbed it.
    """
    heir = survivor(organisation)
    return any(
        place.pk in (organisation.pk, heir.pk)
        or (
            place.is_company
            and organisation.is_company
            and organisation.path.startswith(place.path)
        )
        for place in workplaces(user, permission)
    )
