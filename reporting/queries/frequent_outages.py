"""Lines and transformer areas that were off often: counted by what happened, once per outage.

One place has many spellings (10kV城东线, 10千伏城东线); a transformer area is off as well when its
whole line is.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from accounts.models import Organisation
from accounts.permissions import Permission
from reporting.models import OutageNotice
from reporting.outages.calls import area_name, line_name
from reporting.outages.rules import Rule

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.queries.outages import Filters

FEEDER, AREA = "feeder", "transformer_area"
COLUMNS = ("pk", "organisation", "lines", "transformer_areas", "households")


@dataclass(frozen=True)
class Frequent:
    """A line or transformer area that was off often."""

    unit: str
    place: str
    level: str
    times: int
    households: int
    url: str


@dataclass(frozen=True)
class Off:
    """One outage that began."""

    pk: int
    unit: int
    lines: dict[str, str]
    areas: dict[str, str]
    households: int


Key = tuple[int, str, str]


class Places:
    """What was off how often, by unit, level and name."""

    def __init__(self, outages: Iterable[Off]) -> None:
        self.off: dict[Key, dict[int, int]] = defaultdict(dict)
        self._spelt: dict[Key, Counter[str]] = defaultdict(Counter)
        hangs: dict[tuple[int, str], set[str]] = defaultdict(set)
        whole: list[Off] = []
        for one in outages:
            if not one.areas:
                whole.append(one)
            for area in one.areas:
                self._count((one.unit, AREA, area), one, one.areas[area])
                if len(one.lines) == 1:
                    hangs[one.unit, next(iter(one.lines))].add(area)
        for one in whole:
            for line in one.lines:
                self._count((one.unit, FEEDER, line), one, one.lines[line])
                for area in hangs[one.unit, line]:
                    self._count((one.unit, AREA, area), one, "")

    def _count(self, key: Key, one: Off, spelt: str) -> None:
        self.off[key][one.pk] = one.households
        if spelt:
            self._spelt[key][spelt] += 1

    def named(self, key: Key) -> str:
        """The place as most of its outages write it."""
        spelt = self._spelt[key]
        return min(spelt, key=lambda one: (-spelt[one], -len(one), one))


def begun(filters: Filters) -> Iterable[Off]:
    """What began of the notices asked for; arrears concern single customers."""
    rows = filters.narrow(OutageNotice.objects.filter(actual_start__isnull=False))
    rows = rows.exclude(kind=OutageNotice.Kind.ARREARS).order_by()
    for pk, unit, lines, areas, households in rows.values_list(*COLUMNS):
        yield Off(
            pk,
            unit,
            {name: one for one in lines if (name := line_name(one))},
            {name: one for one in areas if (name := area_name(one))},
            households,
        )


def at(filters: Filters) -> list[int]:
    """Keys of the outages that a place is counted by, in the days asked for."""
    places = Places(begun(filters.with_(level="", place="", text="")))
    wanted = area_name(filters.place) if filters.level == AREA else line_name(filters.place)
    return [
        pk
        for (_unit, level, name), found in places.off.items()
        if (level, name) == (filters.level, wanted)
        for pk in found
    ]


def frequent(user: User, rule: Rule, *, until: date) -> list[Frequent]:
    """Places off at least so many times in the days up to and including ``until``."""
    from reporting.queries.outages import Filters

    first = until - timedelta(days=int(rule.content["days"]) - 1)
    filters = Filters(since=str(first), until=str(until))
    seen = Organisation.objects.visible_to(user, Permission.OUTAGE_VIEW)
    units = seen.in_bulk()
    places = Places(one for one in begun(filters) if one.unit in units)
    listed = []
    for key, found in places.off.items():
        unit, level, _name = key
        if len(found) < rule.value:
            continue
        place, code = places.named(key), units[unit].code
        url = filters.url(exactly=code, level=level, place=place)
        most = max(found.values())
        listed.append(Frequent(units[unit].short_name, place, level, len(found), most, url))
    return sorted(listed, key=lambda one: (-one.times, one.unit, one.place))
