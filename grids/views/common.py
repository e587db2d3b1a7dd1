"""Finding what a page is about: not in sight is not there (404)."""

from __future__ import annotations

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.permissions import Permission
from grids import access
from grids.models import PowerGrid

VIEW, MANAGE = Permission.GRID_VIEW, Permission.GRID_MANAGE
RELATED = ("enterprise", "station", "region")


def find(request: HttpRequest, pk: int) -> PowerGrid:
    """The power grid, if it is in sight."""
    seen = PowerGrid.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


def may_manage(user: User, grid: PowerGrid) -> bool:
    """Whether the person keeps this grid."""
    return not access.refusal(grid.organisation, by=user)
