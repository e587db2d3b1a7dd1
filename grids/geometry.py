"""Borders on the map: GeoJSON polygons, the box around them, what lies inside. Pure.

Degrees are taken as a plane, which is exact enough for the inside of a border. A point on the
border lies inside: where two grids touch it lies in both, and then nobody knows which.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import floor
from typing import Any

from django.utils.translation import gettext as _

Point = tuple[float, float]
Box = tuple[float, float, float, float]
Ring = Sequence[Sequence[float]]
# Degrees, about one kilometre: how finely an index of many borders is cut.
CELL = 0.01


class Malformed(ValueError):
    """Not a border: the reason in Chinese is for whoever handed it in."""


def polygons(geometry: Any) -> list[list[Ring]]:
    """The polygons of a GeoJSON geometry, each its outer ring and its holes.

    Raises ``Malformed``.
    """
    if not isinstance(geometry, dict):
        raise Malformed(_("不是GeoJSON几何对象"))
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise Malformed(_("几何类型应当是Polygon或者MultiPolygon"))
    found = [coordinates] if kind == "Polygon" else coordinates
    if not found:
        raise Malformed(_("没有坐标"))
    for rings in found:
        if not isinstance(rings, list) or not rings:
            raise Malformed(_("没有坐标"))
        for ring in rings:
            _check(ring)
    return found


def _check(ring: Any) -> None:
    if not isinstance(ring, list) or len(ring) < 4:
        raise Malformed(_("每个环至少应有4个点"))
    for point in ring:
        if not isinstance(point, list) or len(point) < 2:
            raise Malformed(_("坐标应当是[经度, 纬度]"))
        if not all(isinstance(one, int | float) and abs(one) <= 180 for one in point[:2]):
            raise Malformed(_("坐标应当是[经度, 纬度]，单位为度"))
    if ring[0][:2] != ring[-1][:2]:
        raise Malformed(_("环的首尾两点应当相同"))


def box(geometry: Any) -> Box:
    """West, south, east, north. Raises ``Malformed``."""
    points = [point for rings in polygons(geometry) for point in rings[0]]
    across, along = [p[0] for p in points], [p[1] for p in points]
    return min(across), min(along), max(across), max(along)


def holds(geometry: Any, point: Point) -> bool:
    """Whether a point lies in a border or on it."""
    for outer, *holes in polygons(geometry):
        where = _side(outer, point)
        if where == 0:
            return True
        if where > 0 and all(_side(hole, point) <= 0 for hole in holes):
            return True
    return False


def _side(ring: Ring, point: Point) -> int:
    """1 inside, 0 on the ring, -1 outside: by the number of edges that a ray to the east meets."""
    x, y = point
    inside = False
    for (x1, y1, *_h1), (x2, y2, *_h2) in zip(ring, ring[1:], strict=False):
        turn = (x2 - x1) * (y - y1) - (y2 - y1) * (x - x1)
        if turn == 0 and min(x1, x2) <= x <= max(x1, x2) and min(y1, y2) <= y <= max(y1, y2):
            return 0
        if (y1 > y) != (y2 > y) and (turn > 0) == (y2 > y1):
            inside = not inside
    return 1 if inside else -1


class Map:
    """Many borders, asked for what lies at a point."""

    def __init__(self, borders: Iterable[tuple[Any, Any, Box]]) -> None:
        """Key, geometry and box of each."""
        self._borders: dict[Any, Any] = {}
        self._cells: dict[tuple[int, int], list[tuple[Any, Box]]] = {}
        for key, geometry, around in borders:
            self._borders[key] = geometry
            for cell in _cells(around):
                self._cells.setdefault(cell, []).append((key, around))

    def at(self, point: Point) -> set[Any]:
        """Keys of the borders in which or on which the point lies."""
        x, y = point
        near = self._cells.get((floor(x / CELL), floor(y / CELL)), ())
        return {
            key
            for key, (west, south, east, north) in near
            if west <= x <= east and south <= y <= north and holds(self._borders[key], point)
        }


def _cells(around: Box) -> Iterator[tuple[int, int]]:
    west, south, east, north = (floor(one / CELL) for one in around)
    for across in range(west, east + 1):
        for along in range(south, north + 1):
            yield across, along
