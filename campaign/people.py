"""Who is to be written to: the people of an organisation by what their roles allow."""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation, User
from accounts.permissions import Permission, roles_with


def people_of(organisation: Organisation, permission: Permission, *, on: date) -> list[User]:
    """Active people whose current role *in this organisation* carries the permission."""
    memberships = organisation.memberships.in_force(on=on).filter(role__in=roles_with(permission))
    return list(
        User.objects.filter(pk__in=memberships.values("user"), is_active=True).order_by("pk")
    )
