"""What the database itself refuses of grids: two at one time where there may be one."""

from __future__ import annotations

from typing import Any

from core import overlap
from core.overlap import NoOverlap

_DAYS: Any = {"start": "valid_from", "end": "valid_until", "days": True}
RULES = (
    NoOverlap(
        "grids_one_manager",
        "grids_assignment",
        ("power_grid_id",),
        start="starts_at",
        end="ends_at",
        only="{row}.post = 'manager'",
    ),
    NoOverlap("grids_area_in_one_grid", "grids_gridarea", ("area_id",), **_DAYS),
    NoOverlap("grids_feeder_once", "grids_gridfeeder", ("grid_id", "feeder_id"), **_DAYS),
    NoOverlap(
        "grids_pairing_once", "grids_gridpairing", ("power_grid_id", "government_grid_id"), **_DAYS
    ),
    NoOverlap(
        "grids_one_main_helper",
        "grids_helppair",
        ("household_id",),
        only="{row}.role = 'main'",
        **_DAYS,
    ),
    NoOverlap("grids_helper_once", "grids_helppair", ("household_id", "helper_id"), **_DAYS),
)


def install(using: str = "default", **_signal: Any) -> None:
    """After each migrate."""
    overlap.install(RULES, using)
