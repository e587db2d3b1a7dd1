"""How far the portal's own records (letters, audit trail) reach for a person."""

from __future__ import annotations

from accounts.models import Organisation, User
from accounts.permissions import Permission


def sees_all(user: User, permission: Permission) -> bool:
    """Whether a role with the permission stands at the national regulator."""
    return any(
        organisation.kind == Organisation.Kind.NATIONAL_REGULATOR
        for organisation, role in user.stands
        if permission in role.permissions
    )


def codes(user: User, permission: Permission) -> list[str]:
    """Codes of the organisations that a role with the permission covers."""
    covered = Organisation.objects.filter(user.sight(permission))
    return list(covered.values_list("code", flat=True))


def names(of: set[str]) -> dict[str, str]:
    """Short names of organisations by their codes."""
    return dict(Organisation.objects.filter(code__in=of).values_list("code", "short_name"))
