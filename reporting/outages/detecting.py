"""Callers without power whom no notice covers, put together to what may be one outage; pure.

Calls of one unit that follow each other closely and name the same transformer area, line or street
are one event. Calls that a notice covers, and their neighbours, are put aside before. What is left
and comes from enough different callers is a lead.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from math import exp, factorial
from typing import Any

from complaints.matching.plain import local, place_name

VOLTS = re.compile(r"^\d+(?:\.\d+)?(?:kv|千伏)", re.IGNORECASE)
STREET = re.compile(r"[\u4e00-\u9fff]{2,}?(?:路|街|大道|巷|村|小区|花园|苑|新城|社区|屯|寨|组)")
LEVELS = ("transformer_area", "feeder", "address")
# A unit has at least so many lines, a line so many transformer areas, whatever was named of them.
LINES, AREAS = 8, 10
# What is usual is told from so long at least.
SHORTEST = timedelta(days=2)
# So many notices near a lead are shown with why they do not cover it.
NEAREST = 3


@dataclass(frozen=True)
class Call:
    """Somebody without power. ``unit``: path of the company in the tree; ``caller``: who it is."""

    key: int
    at: datetime
    unit: str
    caller: str
    feeder: str = ""
    area: str = ""
    street: str = ""


@dataclass(frozen=True)
class Notice:
    """What a company made known. ``fault``: it may be made known afterwards."""

    key: int
    unit: str
    start: datetime
    end: datetime
    published_at: datetime | None
    lines: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    text: str = ""
    fault: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class Near:
    """A notice near a lead and why it does not cover it: time, place, late, cancelled."""

    key: int
    why: str


@dataclass(frozen=True)
class Lead:
    """Calls that may be one outage of which nobody was told."""

    unit: str
    level: str
    place: str
    calls: tuple[Call, ...]
    callers: int
    nearest: tuple[Near, ...] = ()

    @property
    def first(self) -> datetime:
        return self.calls[0].at

    @property
    def last(self) -> datetime:
        return self.calls[-1].at


@dataclass(frozen=True)
class Settings:
    """The rule: minutes, hours and numbers of callers, see the catalogue."""

    gap: timedelta
    # The same of one transformer area, where strangers seldom call.
    area_gap: timedelta
    before: timedelta
    after: timedelta
    fault: timedelta
    callers: Mapping[str, int] = field(default_factory=dict)
    # So likely it may be by chance at most.
    chance: float = 0
    # By chance within as long as the calls took, but no shorter than this; without it within the
    # whole time that is looked at around them.
    span: timedelta | None = None
    words: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Settings:
        return cls(
            gap=timedelta(minutes=content["gap"]),
            area_gap=timedelta(minutes=content["area_gap"]),
            before=timedelta(minutes=content["before"]),
            after=timedelta(minutes=content["after"]),
            fault=timedelta(hours=content["fault"]),
            callers=dict(content["callers"]),
            chance=float(content["chance"]),
            span=timedelta(minutes=content["span"]) if "span" in content else None,
            words=tuple(content.get("words", ())),
            past=tuple(content.get("past", ())),
            faults=tuple(content.get("faults", ())),
            others=tuple(content.get("others", ())),
        )

    def says_no_power(self, text: str, category: str) -> bool:
        """Whether somebody speaks of being without power now, not of some time before.

        What was filed as a fault of the net is one, unless its words are of another matter.
        """
        if any(word in text for word in self.past):
            return False
        if any(word in text for word in self.words):
            return True
        return category in self.faults and not any(word in text for word in self.others)


def line_name(text: str) -> str:
    """A line as it is compared: 10kV 城东线, 10千伏城东线 and 城东 are one."""
    return place_name(VOLTS.sub("", text.strip()))


def area_name(text: str) -> str:
    """A transformer area as it is compared."""
    return place_name(VOLTS.sub("", text.strip()))


def street_of(address: str) -> str:
    """The street, village or estate of an address, without the house."""
    found = STREET.search(local(address).replace("|", ""))
    return found[0] if found else ""


def detect(
    calls: Iterable[Call],
    notices: Sequence[Notice],
    settings: Settings,
    *,
    net: Mapping[str, str] | None = None,
) -> list[Lead]:
    """Leads in the order of their first calls. ``net``: line of transformer areas, as far as known
    from elsewhere; what the calls say counts as well."""
    calls = sorted(calls, key=lambda call: (call.at, call.key))
    found: list[Lead] = []
    for its, near in _houses(calls, notices):
        found += _of_house(its, near, settings, net or {})
    return sorted(found, key=lambda lead: (lead.first, lead.unit, lead.place))


def covering(calls: Sequence[Call], notices: Sequence[Notice], settings: Settings) -> int | None:
    """The notice that covers most of these calls; None where none does."""
    book = _Book(notices, settings)
    found = Counter(one.key for call in calls for one in book.covering(call))
    return found.most_common(1)[0][0] if found else None


def akin(unit: str, other: str) -> bool:
    """Whether one of two units stands above the other, or they are one."""
    return unit.startswith(other) or other.startswith(unit)


def _houses(
    calls: list[Call], notices: Sequence[Notice]
) -> Iterator[tuple[list[Call], list[Notice]]]:
    """Calls and notices by company, as far up as any call names one."""
    roots: list[str] = []
    for unit in sorted({call.unit for call in calls}):
        if not roots or not unit.startswith(roots[-1]):
            roots.append(unit)
    for root in roots:
        its = [call for call in calls if call.unit.startswith(root)]
        yield its, [one for one in notices if akin(one.unit, root)]


def _of_house(
    calls: list[Call], notices: Sequence[Notice], settings: Settings, net: Mapping[str, str]
) -> Iterator[Lead]:
    calls = _completed(calls, notices, net)
    book = _Book(notices, settings)
    covered = _covered(calls, book, settings)
    left = [call for call in calls if call.key not in covered]
    usual = _Usual(calls, covered, notices, settings)
    for event in _events(left, settings):
        level, place = _place(event)
        callers = len({call.caller for call in event})
        if not place or callers < settings.callers.get(level, 0):
            continue
        if usual.chance(event, callers) > settings.chance:
            continue
        units = Counter(call.unit for call in event)
        unit = max(units, key=lambda one: (units[one], len(one), one))
        yield Lead(unit, level, place, tuple(event), callers, book.nearest(event))


def _completed(calls: list[Call], notices: Sequence[Notice], net: Mapping[str, str]) -> list[Call]:
    """Calls with the line that their transformer area hangs on; a name that nobody else knows was
    misheard and is left out."""
    areas = _known([call.area for call in calls]) | net.keys()
    areas |= {name for one in notices for name in one.areas}
    lines = _known([call.feeder for call in calls]) | set(net.values())
    lines |= {name for one in notices for name in one.lines}
    said: dict[str, Counter[str]] = defaultdict(Counter)
    for call in calls:
        if call.area in areas and call.feeder in lines:
            said[call.area][call.feeder] += 1
    hangs = {area: found.most_common(1)[0][0] for area, found in said.items()} | dict(net)
    found = []
    for call in calls:
        area = call.area if call.area in areas else ""
        feeder = hangs.get(area) or (call.feeder if call.feeder in lines else "")
        found.append(replace(call, area=area, feeder=feeder))
    return found


def _known(names: list[str]) -> set[str]:
    """Names that are said more than once."""
    return {name for name, n in Counter(names).items() if name and n > 1}


def _covered(calls: list[Call], book: _Book, settings: Settings) -> set[int]:
    """Keys of calls that a notice covers.

    Who names line or transformer area is judged by it, together with the neighbours of the same
    transformer area; who gives only a street goes with those of the street who say more, and only
    where there are none by the street's name in the notice.
    """
    strong = [call for call in calls if call.area or call.feeder]
    covered = {call.key for call in strong if book.covers(call)}
    covered |= _beside(strong, covered, settings)
    streets: dict[str, list[Call]] = defaultdict(list)
    for call in strong:
        streets[call.street].append(call)
    for call in calls:
        if call.area or call.feeder or not call.street:
            continue
        near = [
            one
            for one in streets[call.street]
            if akin(one.unit, call.unit) and abs(one.at - call.at) <= settings.gap
        ]
        told = sum(1 if one.key in covered else -1 for one in near)
        if told > 0 or (not told and book.covers(call)):
            covered.add(call.key)
    return covered


def _beside(calls: list[Call], covered: set[int], settings: Settings) -> set[int]:
    """Calls of a transformer area close to a covered one of the same."""
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for call in calls:
        if call.key in covered and call.area:
            times[call.unit, call.area].append(call.at)
    return {
        call.key
        for call in calls
        if call.area
        and any(abs(at - call.at) <= settings.gap for at in times.get((call.unit, call.area), ()))
    }


class _Usual:
    """How likely so many callers are by chance, where as many others call from elsewhere.

    In a storm single houses everywhere are without power: then a handful on one line is no news.
    """

    def __init__(
        self,
        calls: list[Call],
        covered: set[int],
        notices: Sequence[Notice],
        settings: Settings,
    ) -> None:
        self._calls = [call for call in calls if call.feeder]
        self._covered = covered
        self._margin = settings.gap
        self._span = settings.span
        self._rates: dict[str, tuple[int, float]] = {}
        self._times = [call.at for call in self._calls]
        self._lines: dict[str, set[str]] = defaultdict(set)
        for call in self._calls:
            self._lines[call.unit].add(call.feeder)
        for one in notices:
            self._lines[one.unit] |= one.lines

    def chance(self, event: Sequence[Call], callers: int) -> float:
        """Of at least so many callers, were they as frequent as on the unit's other lines, and of
        so many of them naming one transformer area."""
        first, last = event[0].at - self._margin, event[-1].at + self._margin
        unit, mine = event[0].unit, {call.feeder for call in event}
        around = self._calls[bisect_left(self._times, first) : bisect_right(self._times, last)]
        # Of an outage that was made known, however many call, one for each line.
        others = {
            call.feeder if call.key in self._covered else call.caller
            for call in around
            if call.feeder not in mine and akin(call.unit, unit)
        }
        lines = max(LINES, len(self._lines[unit] - mine))
        window = (last - first).total_seconds()
        # Three calls in ten minutes are less of a chance than three in two hours.
        took = (event[-1].at - event[0].at).total_seconds()
        span = window if self._span is None else max(took, self._span.total_seconds())
        # On a quiet day nobody else calls: then it is what is usual over the whole time.
        usual = self._everyday(unit, len(event)) * span
        expected = max(len(others) * span / window, usual) / lines
        areas = Counter(area for _caller, area in {(c.caller, c.area) for c in event} if area)
        together = sum(n - 1 for n in areas.values())
        return _at_least(callers, expected) / AREAS**together

    def _everyday(self, unit: str, without: int) -> float:
        """Callers of a unit in a second, whom no notice covers, without those of an event."""
        if unit not in self._rates:
            its = [c for c in self._calls if akin(c.unit, unit) and c.key not in self._covered]
            span = (its[-1].at - its[0].at).total_seconds() if its else 0
            self._rates[unit] = (len(its), max(span, SHORTEST.total_seconds()))
        count, seconds = self._rates[unit]
        return max(0, count - without) / seconds


def _at_least(count: int, expected: float) -> float:
    """Poisson: the chance of at least so many where so many are expected."""
    below = sum(expected**n / factorial(n) for n in range(min(count, 100)))
    return max(0.0, 1 - exp(-expected) * below)


class _Book:
    """The notices of a unit, to be asked whether one covers a call."""

    def __init__(self, notices: Sequence[Notice], settings: Settings) -> None:
        self.settings = settings
        # By day, so that a year of notices is not walked through for every call.
        self._by_day: dict[int, list[Notice]] = defaultdict(list)
        for one in notices:
            begin, end = one.start - settings.before, one.end + settings.after
            for day in range(_day(begin) - 1, _day(end) + 2):
                self._by_day[day].append(one)

    def covers(self, call: Call) -> bool:
        return any(True for _one in self.covering(call))

    def covering(self, call: Call) -> Iterator[Notice]:
        near = self._by_day.get(_day(call.at), ())
        return (one for one in near if not self.why_not(one, call))

    def why_not(self, one: Notice, call: Call) -> str:
        """Why a notice does not cover a call; empty: it does."""
        if not _same_place(one, call):
            return "place"
        if one.cancelled:
            return "cancelled"
        if not one.start - self.settings.before <= call.at <= one.end + self.settings.after:
            return "time"
        if one.published_at is None:
            return "unpublished"
        if one.fault:
            return "late" if one.published_at > one.start + self.settings.fault else ""
        # What could be foreseen is told of before it begins, or nobody was told.
        return "late" if one.published_at > min(call.at, one.start) else ""

    def nearest(self, event: Sequence[Call]) -> tuple[Near, ...]:
        """The notices that come nearest: those of the place first, then those of the time."""
        found: dict[int, tuple[int, timedelta, str]] = {}
        order = {"late": 0, "unpublished": 0, "cancelled": 0, "time": 1, "place": 2}
        for call in event:
            for one in self._by_day.get(_day(call.at), ()):
                why = self.why_not(one, call)
                if not why:
                    continue
                rank = (order[why], abs(one.start - call.at), why)
                found[one.key] = min(found.get(one.key, rank), rank)
        ranked = sorted(found.items(), key=lambda item: (item[1][0], item[1][1], item[0]))
        return tuple(Near(key, why) for key, (_rank, _apart, why) in ranked[:NEAREST])


def _day(moment: datetime) -> int:
    return moment.date().toordinal()


def _same_place(one: Notice, call: Call) -> bool:
    """Whether a notice speaks of where the call comes from, as far as either says."""
    if not akin(one.unit, call.unit):
        return False
    if call.area and one.areas:
        return call.area in one.areas
    if call.feeder and one.lines:
        return call.feeder in one.lines
    return bool(call.street and call.street in one.text)


def _events(calls: list[Call], settings: Settings) -> list[list[Call]]:
    """Calls put together to events: those of one transformer area or line that follow each other
    closely; then whoever gives only a street goes to the nearest call of that street."""
    strong = [call for call in calls if call.area or call.feeder]
    events = _chained(strong, _net_names, settings)
    streets: dict[str, list[tuple[Call, list[Call]]]] = defaultdict(list)
    for event in events:
        for call in event:
            if call.street:
                streets[call.street].append((call, event))
    left = []
    for call in calls:
        if call.area or call.feeder:
            continue
        near = [
            (abs(one.at - call.at), one.key, event)
            for one, event in streets.get(call.street, ())
            if akin(one.unit, call.unit) and abs(one.at - call.at) <= settings.gap
        ]
        if near:
            min(near, key=lambda found: found[:2])[2].append(call)
        else:
            left.append(call)
    events += _chained(left, _street_names, settings)
    return [sorted(event, key=lambda call: (call.at, call.key)) for event in events]


Names = Callable[[Call, Settings], Iterator[tuple[tuple[str, str], timedelta]]]


def _chained(calls: list[Call], names: Names, settings: Settings) -> list[list[Call]]:
    """Each call joined to the last ones before it that share a name with it, if close enough."""
    parent = list(range(len(calls)))

    def root(index: int) -> int:
        while parent[index] != index:
            parent[index] = parent[parent[index]]
            index = parent[index]
        return index

    last: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for index, call in enumerate(calls):
        for name, gap in names(call, settings):
            for unit, before in last[name].items():
                if akin(unit, call.unit) and call.at - calls[before].at <= gap:
                    parent[root(index)] = root(before)
            last[name][call.unit] = index
    joined: dict[int, list[Call]] = defaultdict(list)
    for index, call in enumerate(calls):
        joined[root(index)].append(call)
    return list(joined.values())


def _net_names(call: Call, settings: Settings) -> Iterator[tuple[tuple[str, str], timedelta]]:
    if call.area:
        yield ("area", call.area), settings.area_gap
    if call.feeder:
        yield ("feeder", call.feeder), settings.gap


def _street_names(call: Call, settings: Settings) -> Iterator[tuple[tuple[str, str], timedelta]]:
    if call.street:
        yield ("street", call.street), settings.gap


def _place(event: Sequence[Call]) -> tuple[str, str]:
    """How far an event reaches and what the place is called: as at least two people name it."""
    areas, feeders, streets = (
        _named({(call.caller, getattr(call, name)) for call in event})
        for name in ("area", "feeder", "street")
    )
    if len(areas) == 1 and areas[0][1] > 1:
        return LEVELS[0], areas[0][0]
    if feeders and feeders[0][1] > 1:
        return LEVELS[1], feeders[0][0]
    return LEVELS[2], streets[0][0] if streets else ""


def _named(said: set[tuple[str, str]]) -> list[tuple[str, int]]:
    """Names with how many callers gave each, the most first."""
    found = Counter(name for _caller, name in said if name)
    return sorted(found.items(), key=lambda one: (-one[1], one[0]))
