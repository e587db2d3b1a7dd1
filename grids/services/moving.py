"""Business passed on and hazards that go with a power grid to its next manager."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from core import clock
from grids.business.moves import Move
from grids.models import BusinessRequest, GridMember, GridPairing, Hazard, PowerGrid
from grids.queries import standing
from grids.services import business_acts as acts
from grids.services import hazard_acts, hazards


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


def open_hazards(grid: PowerGrid, manager: GridMember, now: datetime) -> int:
    """How many open hazards of the grid its manager owns."""
    return Hazard.objects.open().filter(grid=grid, company_owner=manager.user).count()


def move_hazards(
    grid: PowerGrid, former: GridMember, successor: GridMember, by: User | None, now: datetime
) -> int:
    """Let the successor own them, in the caller's transaction; states and clocks stay."""
    owned = Hazard.objects.open().filter(grid=grid, company_owner=former.user).order_by("pk")
    keys = list(owned.select_for_update(of=("self",)).values_list("pk", flat=True))
    words = f"{former} → {successor}"
    for hazard in Hazard.objects.filter(pk__in=keys).select_related(*hazard_acts.RELATED):
        hazards.hand_over(hazard, to=successor.user, text=words, by=by, now=now)
    return len(keys)


def _theirs(grid: PowerGrid, manager: GridMember, now: datetime) -> QuerySet[BusinessRequest]:
    """Open requests that the manager handles, of government grids that pair with this grid and with
    no other one that the manager keeps."""
    paired = GridPairing.objects.on(clock.day_of(now))
    kept = standing.grids_managed_by(manager.user, at=now).exclude(pk=grid.pk)
    others = paired.filter(power_grid__in=kept.order_by().values("pk"))
    mine = paired.filter(power_grid=grid).exclude(
        government_grid__in=others.order_by().values("government_grid")
    )
    found = BusinessRequest.objects.open().filter(
        handler=manager.user, grid__in=mine.order_by().values("government_grid")
    )
    return found.order_by("pk")
