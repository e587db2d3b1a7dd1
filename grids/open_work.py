"""Open work at a grid that goes with it to the next manager; whoever keeps such work registers.

``register(name, OpenWork(label, listed, move))``: ``listed(grid, manager, now) -> int`` counts what
is open at a grid with its manager, ``move(grid, former, successor, by, now) -> int`` lets the
successor answer for it in the caller's transaction and says how much it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from grids.models import GridMember, PowerGrid


@dataclass(frozen=True)
class OpenWork:
    """One kind of open work."""

    label: Any
    listed: Callable[[PowerGrid, GridMember, datetime], int]
    move: Callable[[PowerGrid, GridMember, GridMember, User | None, datetime], int]


_kinds: dict[str, OpenWork] = {}


def register(name: str, work: OpenWork) -> None:
    """Called from ``AppConfig.ready``; the same name again takes the place of the first."""
    _kinds[name] = work


def listed(grid: PowerGrid, manager: GridMember | None, *, now: datetime) -> list[tuple[str, int]]:
    """What is open at a grid with its manager, kind by kind."""
    if manager is None:
        return []
    return [(str(kind.label), kind.listed(grid, manager, now)) for kind in _kinds.values()]


def move(
    grid: PowerGrid, former: GridMember, successor: GridMember, *, by: User | None, now: datetime
) -> list[tuple[str, int]]:
    """Let the successor answer for all of it."""
    return [
        (str(kind.label), kind.move(grid, former, successor, by, now)) for kind in _kinds.values()
    ]
