"""Business passed on that goes with a power grid to its next manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from grids.business.moves import Move
from grids.models import BusinessRequest, GridMember, GridPairing, PowerGrid
from grids.queries import standing
from grids.services import business_acts as acts


def open_business(grid: PowerGrid, manager: GridMember, now: datetime) -> int:
    """How many requests of the grid's government grids its manager handles."""
    return _theirs(grid, manager, now).count()


def move_business(
    grid: PowerGrid, former: GridMember, successor: GridMember, by: User | None, now: datetime
) -> int:
    """Let the successor handle them, in the caller's transaction; number, unit and clocks stay."""
    moved = 0
    for request in _theirs(grid, former, now).select_for_update(of=("self",)):
        request.handler, request.updated_at = successor.user, now
        request.save(update_fields=["handler", "updated_at"])
        words = f"{former} → {successor}"
        given: Any = {"by": by, "at": request.organisation, "text": words, "now": now}
        acts.note(request, Move.HAND_OVER, **given)
        moved += 1
    return moved


def _theirs(grid: PowerGrid, manager: GridMember, now: datetime) -> QuerySet[BusinessRequest]:
    """Open requests that the manager handles, of government grids that pair with this grid and with
    no other one that the manager keeps."""
    paired = GridPairing.objects.on(now.astimezone(clock.ZONE).date())
    kept = standing.grids_managed_by(manager.user, at=now).exclude(pk=grid.pk)
    others = paired.filter(power_grid__in=kept.order_by().values("pk"))
    mine = paired.filter(power_grid=grid).exclude(
        government_grid__in=others.order_by().values("government_grid")
    )
    found = BusinessRequest.objects.open().filter(
        handler=manager.user, grid__in=mine.order_by().values("government_grid")
    )
    return found.order_by("pk")
