"""In which power grid something lies, by all that is known of its place. Never a guess.

Each clue names the grids that it allows; the answer is the one grid that all of them allow. Where
none does, or several, or clues contradict each other, there is no answer but a reason, and a person
decides. Names of transformer areas, lines and places are the same in many counties: they count only
where the county is known.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region
from grids import access, geometry
from grids.models import (
    AccountPlace,
    Feeder,
    GridArea,
    GridFeeder,
    PowerGrid,
    TransformerArea,
)
from grids.services.areas import account_index

# Why there is no grid.
NO_CLUE, UNKNOWN, AMBIGUOUS = "no_clue", "unknown", "ambiguous"
CONTRADICTION, NO_COUNTY = "contradiction", "no_county"
AT_ONCE = 500
# More regions than that are asked for by their provinces.
MOST_REGIONS = 40
SHORTEST_PLACE = 2


@dataclass(frozen=True)
class Clue:
    """What is known of a place; empty: not known. ``point``: longitude and latitude, degrees.

    ``organisation``: the unit that it is about or that handles it.
    """

    account: str = ""
    transformer_area: str = ""
    feeder: str = ""
    address: str = ""
    region: str = ""
    point: tuple[float, float] | None = None
    organisation: Organisation | None = None


@dataclass(frozen=True)
class Located:
    """The grid, or why there is none; ``by``: the clues that named it."""

    grid: PowerGrid | None
    reason: str = ""
    by: tuple[str, ...] = ()

    @property
    def word(self) -> str:
        """The reason in words; empty where there is a grid."""
        return {
            NO_CLUE: _("没有户号、台区、线路、地址等线索"),
            UNKNOWN: _("没有与线索相符的网格"),
            AMBIGUOUS: _("线索指向多个网格"),
            CONTRADICTION: _("线索之间互相矛盾"),
            NO_COUNTY: _("所在区县不明，不能凭名称确定网格"),
        }.get(self.reason, "")


def grid_for(
    *,
    account: str = "",
    transformer_area: str = "",
    feeder: str = "",
    address: str = "",
    region: Region | str | None = None,
    point: tuple[float, float] | None = None,
    organisation: Organisation | None = None,
    on: date,
) -> Located:
    """The power grid in force on a day in which a place lies, or why it is not known."""
    code = region.code if isinstance(region, Region) else region or ""
    clue = Clue(account, transformer_area, feeder, address, code, point, organisation)
    return grids_for([clue], on=on)[0]


def grids_for(clues: Sequence[Clue], *, on: date, known: Gazetteer | None = None) -> list[Located]:
    """The same for many, in their order; a few questions to the database, however many they are.

    ``known``: the grids of the day, for who asks for one batch after the other.
    """
    return Atlas(clues, on=on, known=known).answers()


def county_in(text: str, *, within: Organisation | None) -> str:
    """Code of the one county in the territory of a unit that a text names; where it names none,
    that of a unit of a county itself; else nothing."""
    if within is None or not within.region_id:
        return ""
    said = level(text)
    inside = Region.objects.filter(code__startswith=access.stem(within.region_id))
    named = [
        code
        for code, *names in inside.values_list("code", "name", "short_name")
        if not code.endswith("00") and any(len(name) > 1 and name in said for name in names)
    ]
    if not named and not within.region_id.endswith("00"):
        return within.region_id
    return named[0] if len(named) == 1 else ""


class Gazetteer:
    """The power grids of a day with their places and borders, each read when first asked for."""

    def __init__(self, *, on: date, regions: frozenset[str] = frozenset()) -> None:
        """``regions``: codes of those in or around which the grids lie; none: everywhere."""
        self.on, self.regions = on, regions

    def _found(self) -> Any:
        found = PowerGrid.objects.on(self.on).order_by()
        if self.regions:
            near = Q(pk__in=())
            for code in self.regions:
                around = [code[:4] + "00", code[:2] + "0000"]
                near |= Q(region__code__startswith=access.stem(code)) | Q(region__in=around)
            found = found.filter(near)
        return found

    @cached_property
    def grids(self) -> dict[int, PowerGrid]:
        """Without their borders."""
        related = ("enterprise", "region", "station")
        found = self._found().select_related(*related).defer("boundary", "words")
        return {one.pk: one for one in found}

    @cached_property
    def map(self) -> geometry.Map:
        columns = ("pk", "boundary", "west", "south", "east", "north")
        rows = self._found().filter(west__isnull=False).values_list(*columns)
        return geometry.Map((pk, said, tuple(box)) for pk, said, *box in rows.iterator())

    @cached_property
    def places(self) -> dict[str, set[int]]:
        """Words of addresses → grids."""
        found: dict[str, set[int]] = {}
        for pk, grid in self.grids.items():
            for place in grid.places:
                if len(word := level(place)) >= SHORTEST_PLACE:
                    found.setdefault(word, set()).add(pk)
        return found

    @cached_property
    def longest(self) -> int:
        return max(map(len, self.places), default=0)


class Atlas:
    """What the database knows of the places that some clues name, on one day."""

    def __init__(self, clues: Sequence[Clue], *, on: date, known: Gazetteer | None = None) -> None:
        self.clues, self.on = clues, on
        self.known = known or Gazetteer(on=on, regions=_regions(clues))
        self.accounts = self._accounts()
        self.areas = self._areas()
        self.feeders = self._feeders()

    def answers(self) -> list[Located]:
        return [self._answer(clue) for clue in self.clues]

    def along(self, clue: Clue) -> list[PowerGrid]:
        """All grids through which the line of a clue runs."""
        named, _far = self._named_by(clue)
        return [self.known.grids[pk] for pk in sorted(named.get("feeder", ()))]

    # --- What is there ----------------------------------------------------------------------------

    def _accounts(self) -> dict[str, set[int]]:
        """Keyed hash → grids."""
        wanted = sorted({account_index(clue.account) for clue in self.clues if clue.account})
        rows: list[tuple[str, int]] = []
        for part in _parts(wanted):
            found = AccountPlace.objects.filter(account_index__in=part).order_by()
            rows += found.values_list("account_index", "area")
        return self._by_area(rows)

    def _areas(self) -> dict[tuple[str, bool], set[int]]:
        """(code or name, whether it is a name) → grids."""
        rows = _named(TransformerArea, [clue.transformer_area for clue in self.clues])
        return self._by_area(rows)

    def _feeders(self) -> dict[tuple[str, bool], set[int]]:
        rows = _named(Feeder, [clue.feeder for clue in self.clues])
        keys = sorted({pk for _said, pk in rows})
        direct: dict[int, set[int]] = {}
        for part in _parts(keys):
            runs = GridFeeder.objects.on(self.on).filter(feeder__in=part).order_by()
            areas = GridArea.objects.on(self.on).filter(area__feeder__in=part).order_by()
            for pk, grid in (
                *runs.values_list("feeder", "grid"),
                *areas.values_list("area__feeder", "grid"),
            ):
                direct.setdefault(pk, set()).add(grid)
        return _joined(rows, direct)

    def _by_area(self, rows: Sequence[tuple[Any, int]]) -> dict[Any, set[int]]:
        inside: dict[int, set[int]] = {}
        for part in _parts(sorted({area for _said, area in rows})):
            found = GridArea.objects.on(self.on).filter(area__in=part).order_by()
            for area, grid in found.values_list("area", "grid"):
                inside.setdefault(area, set()).add(grid)
        return _joined(rows, inside)

    # --- One clue ---------------------------------------------------------------------------------

    def _answer(self, clue: Clue) -> Located:
        named, far = self._named_by(clue)
        if not named:
            if far:
                return Located(None, NO_COUNTY)
            told = clue.account or clue.transformer_area or clue.feeder or clue.address
            return Located(None, UNKNOWN if told or clue.point else NO_CLUE)
        common = set.intersection(*named.values())
        if len(common) == 1:
            return Located(self.known.grids[common.pop()], by=tuple(named))
        return Located(None, AMBIGUOUS if common else CONTRADICTION)

    def _named_by(self, clue: Clue) -> tuple[dict[str, set[int]], bool]:
        """Clue → the grids that it allows; and whether names were left out for want of a county."""
        named: dict[str, set[int]] = {}
        far = False

        def note(name: str, found: Iterable[int], *, by_name: bool) -> None:
            nonlocal far
            near = {
                pk for pk in found if pk in self.known.grids and _fits(clue, self.known.grids[pk])
            }
            sure = {pk for pk in near if not by_name or _is_close(clue, self.known.grids[pk])}
            far = far or bool(near - sure)
            if sure:
                named[name] = named.get(name, set()) | sure

        if clue.account:
            note("account", self.accounts.get(account_index(clue.account), ()), by_name=False)
        for name, known in (("transformer_area", self.areas), ("feeder", self.feeders)):
            said = getattr(clue, name).strip()
            scoped = bool(clue.region or clue.organisation)
            note(name, known.get((said, False), ()), by_name=not scoped)
            note(name, known.get((said, True), ()), by_name=True)
        if clue.point is not None:
            note("point", self.known.map.at(clue.point), by_name=False)
        if clue.address:
            note("address", self._at(clue.address), by_name=True)
        return named, far

    def _at(self, address: str) -> set[int]:
        """Grids whose places stand in an address: those that all its places allow, else all."""
        spans = list(self._spans(level(address)))
        # A place within a longer one says nothing of its own: 东城 in 东城社区.
        found = [
            self.known.places[word]
            for word, start in spans
            if not any(
                (other != word or begin != start)
                and begin <= start
                and start + len(word) <= begin + len(other)
                for other, begin in spans
            )
        ]
        if not found:
            return set()
        return set.intersection(*found) or set.union(*found)

    def _spans(self, text: str) -> Iterator[tuple[str, int]]:
        for start in range(len(text)):
            for length in range(SHORTEST_PLACE, min(self.known.longest, len(text) - start) + 1):
                if (word := text[start : start + length]) in self.known.places:
                    yield word, start


def level(text: str) -> str:
    """Words of an address without blanks, in one width."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _fits(clue: Clue, grid: PowerGrid) -> bool:
    """Whether nothing that is known of the surroundings speaks against a grid."""
    if clue.region and not access.related(clue.region, grid.region_id):
        return False
    unit = clue.organisation
    if unit is None or not unit.is_company:
        return True
    own = grid.organisation.path
    return (
        own.startswith(unit.path)
        or unit.path.startswith(own)
        or (unit.path.startswith(grid.enterprise.path) and grid.station_id is None)
    )


def _is_close(clue: Clue, grid: PowerGrid) -> bool:
    """Whether the county of a grid is known to be the one that is meant."""
    county = grid.region_id
    if clue.region and not clue.region.endswith("00") and clue.region == county:
        return True
    unit = clue.organisation
    if unit is not None and unit.region_id == county and unit.path.startswith(grid.enterprise.path):
        return True
    address = level(clue.address)
    # 四会 stands in 四会市; a short name of one sign stands in too much.
    names = {grid.region.name, grid.region.short_name}
    return any(len(name) > 1 and name in address for name in names)


def _regions(clues: Sequence[Clue]) -> frozenset[str]:
    """Regions that hold or surround every grid that the clues may mean; none: everywhere."""
    found = {_surroundings(clue) for clue in clues}
    if len(found) > MOST_REGIONS:
        found = {code and code[:2] + "0000" for code in found}
    return frozenset() if "" in found else frozenset(found)


def _surroundings(clue: Clue) -> str:
    if clue.region:
        return clue.region
    unit = clue.organisation
    return (unit.region_id or "") if unit is not None and unit.is_company else ""


def _named(model: Any, said: Iterable[str]) -> list[tuple[tuple[str, bool], int]]:
    """((code or name, whether it is a name), key) of rows that are called so."""
    wanted = sorted({one.strip() for one in said if one.strip()})
    rows: list[tuple[tuple[str, bool], int]] = []
    for part in _parts(wanted):
        found = model.objects.filter(Q(code__in=part) | Q(name__in=part)).order_by()
        asked = set(part)
        for code, name, pk in found.values_list("code", "name", "pk"):
            if code in asked:
                rows.append(((code, False), pk))
            if name in asked:
                rows.append(((name, True), pk))
    return rows


def _joined(rows: Iterable[tuple[Any, int]], grids: dict[int, set[int]]) -> dict[Any, set[int]]:
    found: dict[Any, set[int]] = {}
    for said, pk in rows:
        found.setdefault(said, set()).update(grids.get(pk, ()))
    return found


def _parts(wanted: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(wanted), AT_ONCE):
        yield wanted[start : start + AT_ONCE]
