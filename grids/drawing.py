"""Borders as a drawing: a map that needs no tiles from anywhere. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import cos, radians
from typing import Any

from grids import geometry
from grids.geometry import Box, Malformed

WIDTH = 1000
TALLEST = 900


@dataclass(frozen=True)
class Shape:
    """One border: its path in SVG, and where its name stands."""

    key: Any
    path: str
    x: int
    y: int


@dataclass(frozen=True)
class Sheet:
    """Borders side by side in their true proportions."""

    width: int
    height: int
    shapes: list[Shape]
    # Key and place of each point that lies on the sheet.
    points: list[tuple[Any, int, int]]


def drawn(
    borders: Iterable[tuple[Any, Any, Box]], points: Iterable[tuple[Any, float, float]] = ()
) -> Sheet | None:
    """Key, geometry and box of each border, key and degrees of each point; None where there is no
    border to draw."""
    known = list(borders)
    if not known:
        return None
    west, south = (min(box[side] for _k, _g, box in known) for side in (0, 1))
    east, north = (max(box[side] for _k, _g, box in known) for side in (2, 3))
    # A degree to the east is shorter than one to the north.
    narrow = cos(radians((south + north) / 2))
    across, along = max((east - west) * narrow, 1e-9), max(north - south, 1e-9)
    scale = min(WIDTH / across, TALLEST / along)

    def place(x: float, y: float) -> tuple[int, int]:
        return round((x - west) * narrow * scale), round((north - y) * scale)

    shapes = []
    for key, shape, box in known:
        try:
            rings = [ring for rings in geometry.polygons(shape) for ring in rings]
        except Malformed:
            continue
        path = "".join(
            "M" + "L".join("{} {}".format(*place(point[0], point[1])) for point in ring) + "Z"
            for ring in rings
        )
        middle = place((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
        shapes.append(Shape(key, path, *middle))
    inside = [
        (key, *place(x, y)) for key, x, y in points if west <= x <= east and south <= y <= north
    ]
    return Sheet(round(across * scale), round(along * scale), shapes, inside)
