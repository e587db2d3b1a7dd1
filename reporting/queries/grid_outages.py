"""Outages by power grid: how often and how long (S2-5.1.3d), computed from outage notices.

A notice names transformer areas, or whole lines; the grid in which each lay on the day is looked up
in the register of grids. What cannot be told for sure is counted apart, never at a wrong grid.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import Organisation
from core import clock
from core.periods import Period
from grids.models import GridArea, PowerGrid
from grids.queries import locating, standing
from grids.queries.locating import Atlas, Clue
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope
from reporting.models import OutageNotice

if TYPE_CHECKING:
    from accounts.models import User

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Hit:
    """One outage in one grid. ``homes``: residents of the transformer areas that were off.

    Hours are counted once power is back.
    """

    notice: OutageNotice
    places: tuple[str, ...]
    homes: int

    @property
    def seconds(self) -> int:
        notice = self.notice
        if notice.actual_start is None or notice.actual_end is None:
            return 0
        return int((notice.actual_end - notice.actual_start).total_seconds())

    @property
    def hours(self) -> Fraction:
        return Fraction(self.seconds, 3600)

    @property
    def lost(self) -> Fraction:
        """Household-hours."""
        return self.hours * self.homes


@dataclass
class Line:
    """One grid with its outages of a period, and the sums of the period before."""

    grid: PowerGrid
    homes: int = 0
    hits: list[Hit] = field(default_factory=list)
    before: list[Hit] = field(default_factory=list)

    @property
    def times(self) -> int:
        return len(self.hits)

    @property
    def hours(self) -> Fraction:
        return sum((one.hours for one in self.hits), Fraction(0))

    @property
    def lost(self) -> Fraction:
        return sum((one.lost for one in self.hits), Fraction(0))

    @property
    def each(self) -> Fraction | None:
        """Hours per household of the grid; None where nobody entered its households."""
        return self.lost / self.homes if self.homes else None

    @property
    def times_before(self) -> int:
        return len(self.before)

    @property
    def hours_before(self) -> Fraction:
        return sum((one.hours for one in self.before), Fraction(0))


@dataclass(frozen=True)
class Unplaced:
    """A place of a notice of which no grid is known, and why."""

    notice: OutageNotice
    place: str
    why: str


def counted(user: User, period: Period, *, grids: Any = None) -> tuple[list[Line], list[Unplaced]]:
    """Each grid in sight with its outages, those that were off longest first; and what is left."""
    wanted = PowerGrid.objects.visible_to(user) if grids is None else grids
    rows = list(wanted.select_related("enterprise", "station").defer("boundary").order_by("code"))
    homes = _homes(rows, on=period.last)
    lines = {one.pk: Line(one, homes.get(one.pk, 0)) for one in rows}
    found, unplaced = placed(_notices(user, period.first, period.last))
    for pk, hit in found:
        if pk in lines:
            lines[pk].hits.append(hit)
    length = (period.last - period.first).days + 1
    earlier, _left = placed(_notices(user, period.first - length * DAY, period.first - DAY))
    for pk, hit in earlier:
        if pk in lines:
            lines[pk].before.append(hit)
    standing_then = [
        one for one in lines.values() if one.hits or one.before or one.grid.stands_on(period.last)
    ]
    return sorted(standing_then, key=lambda one: (-one.lost, -one.times, one.grid.code)), unplaced


def _homes(rows: list[PowerGrid], *, on: date) -> dict[int, int]:
    areas = standing.areas_of([one.pk for one in rows], on=on)
    return {one.pk: one.households or areas.get(one.pk, (0, 0))[1] for one in rows}


def _notices(user: User, first: date, last: date) -> list[OutageNotice]:
    """Outages that began on days, not those of one customer in arrears."""
    return _begun(OutageNotice.objects.visible_to(user).standing(), first, last)


def _begun(seen: QuerySet[OutageNotice], first: date, last: date) -> list[OutageNotice]:
    off = seen.exclude(kind=OutageNotice.Kind.ARREARS).filter(
        actual_start__gte=clock.at(first), actual_start__lt=clock.at(last + DAY)
    )
    return list(off.select_related("organisation").order_by("actual_start", "pk"))


# Keys of an input that counts places of notices.
MEASURES = ("told", "placed")


@sources.register("grid_places")
def places(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Lines and transformer areas of outages that began in the period: all that were ``told``, or
    those of which the register of grids names the grid (``placed``). Only of units with grids.
    """
    found = scope.cache.get("grid_places")
    if found is None:
        found = scope.cache["grid_places"] = _places_by_path(scope)
    numbers = {name: sources.rolled_up(found[name], scope.units) for name in MEASURES}
    days = {"since": str(scope.period.first), "until": str(scope.period.last)}
    url = f"{reverse('reporting:grid_outages_unplaced')}?{urlencode(days)}"
    return {
        unit.pk: Input(Decimal(numbers[spec["measure"]][unit.pk]), url)
        for unit in scope.units
        if numbers["told"][unit.pk]
    }


def _places_by_path(scope: Scope) -> dict[str, Counter[str]]:
    """By the unit of the notice: how many places were told, and how many of them are placed."""
    last = scope.period.last
    grids = PowerGrid.objects.filter(valid_from__lte=last).order_by()
    kept = set(grids.values_list("enterprise__path", flat=True).distinct())
    rows = _begun(OutageNotice.objects.standing(), scope.period.first, last) if kept else []
    mine = [one for one in rows if _has_grids(one.organisation.path, kept)]
    _hits, left = placed(mine)
    told = Counter[str]()
    for one in mine:
        told[one.organisation.path] += len(one.transformer_areas or one.lines)
    unknown = Counter(one.notice.organisation.path for one in left)
    return {"told": told, "placed": told - unknown}


def _has_grids(path: str, kept: set[str]) -> bool:
    """Whether the unit, one above or one below it keeps grids."""
    return any(path.startswith(one) or one.startswith(path) for one in kept)


def placed(notices: Iterable[OutageNotice]) -> tuple[list[tuple[int, Hit]], list[Unplaced]]:
    """(grid, outage) for each notice and each grid that it hit; and places of no known grid."""
    hits: list[tuple[int, Hit]] = []
    unplaced: list[Unplaced] = []
    days: dict[date, list[OutageNotice]] = {}
    for notice in notices:
        assert notice.actual_start is not None
        days.setdefault(_day(notice.actual_start), []).append(notice)
    counties: dict[tuple[int, str], str] = {}
    for on, of_day in days.items():
        asked = [(one, clue) for one in of_day for clue in _clues(one, counties)]
        atlas = Atlas([clue for _notice, clue in asked], on=on)
        found = dict(_of_day(atlas, asked, unplaced))
        hits += _counted(found, on=on)
    return hits, unplaced


def _clues(notice: OutageNotice, counties: dict[tuple[int, str], str]) -> list[Clue]:
    unit: Organisation = notice.organisation
    key = (unit.pk, notice.area)
    if key not in counties:
        counties[key] = locating.county_in(notice.area, within=unit)
    about: Any = {"organisation": unit, "region": counties[key] or unit.region_id or ""}
    if notice.transformer_areas:
        return [Clue(transformer_area=name, **about) for name in notice.transformer_areas]
    return [Clue(feeder=name, **about) for name in notice.lines]


Places = dict[tuple[int, int], tuple[OutageNotice, list[Clue]]]


def _of_day(
    atlas: Atlas, asked: list[tuple[OutageNotice, Clue]], unplaced: list[Unplaced]
) -> Places:
    """(notice, grid) → the notice and the places that put it there."""
    places: Places = {}
    for (notice, clue), located in zip(asked, atlas.answers(), strict=True):
        grids = atlas.along(clue) if clue.feeder else [located.grid] if located.grid else []
        for grid in grids:
            places.setdefault((notice.pk, grid.pk), (notice, []))[1].append(clue)
        if not grids:
            name = clue.transformer_area or clue.feeder
            unplaced.append(Unplaced(notice, name, located.word))
    return places


def _counted(places: Places, *, on: date) -> list[tuple[int, Hit]]:
    """With the residents of the transformer areas that were off."""
    grids = {grid for _notice, grid in places}
    rows = GridArea.objects.on(on).filter(grid__in=grids).select_related("area__feeder")
    inside: dict[int, list[GridArea]] = {}
    for row in rows:
        inside.setdefault(row.grid_id, []).append(row)
    hits = []
    for (_pk, grid), (notice, clues) in places.items():
        areas = {one.transformer_area for one in clues}
        lines = {one.feeder for one in clues} - {""}
        homes = sum(
            row.area.households
            for row in inside.get(grid, ())
            if {row.area.code, row.area.name} & areas
            or (row.area.feeder and {row.area.feeder.code, row.area.feeder.name} & lines)
        )
        names = tuple(one.transformer_area or one.feeder for one in clues)
        hits.append((grid, Hit(notice, names, homes)))
    return hits


def _day(moment: datetime) -> date:
    return clock.day_of(moment)
