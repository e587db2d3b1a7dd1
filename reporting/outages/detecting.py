"""Callers without power whom no notice covers, put together to what may be one outage; pure.

Calls of one unit that follow each other closely and name the same transformer area, line or street
are one event. Calls that a notice covers, and their neighbours, are put aside before. What is left
and comes from enough different callers is a lead.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from math import exp, factorial

from reporting.outages.calls import Call, Lead, Notice, Settings, akin
from reporting.outages.covering import Book, covered_keys

LEVELS = ("transformer_area", "feeder", "address")
# A unit has at least so many lines, a line so many transformer areas, whatever was named of them.
LINES, AREAS = 8, 10
# What is usual is told from so long at least.
SHORTEST = timedelta(days=2)


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
    book = Book(notices, settings)
    covered = covered_keys(calls, book, settings)
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
