"""Where a person stands towards campaigns: the organisations that their roles reach from."""

from __future__ import annotations

from django.db.models import Q

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import with_absorbed, workplaces, works_for

__all__ = ["organisations_seen", "with_absorbed", "workplaces", "works_for"]


def organisations_seen(user: User) -> Q:
    """Condition on Organisation: whose duties the person sees (roles with campaign.view only).

    Administrators of the system have a place in the tree but no business data.
    """
    return user.sight(Permission.CAMPAIGN_VIEW)
