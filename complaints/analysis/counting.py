"""Counts as tables: shares, changes on the period before and on the year before. Pure.

The number rules are those of the bulletins (``core.arithmetic``); nothing is computed twice.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core import arithmetic
from core.periods import Period

WEEK = timedelta(days=7)
# A trend shows at least so many months or weeks, so that a year can be compared with the next.
LEAST_STEPS = 13
MOST_STEPS = 120


@dataclass(frozen=True)
class Counts:
    """How many in the period, in the one before, and in the same of the year before."""

    now: int = 0
    previous: int = 0
    year_before: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.now + other.now,
            self.previous + other.previous,
            self.year_before + other.year_before,
        )

    @property
    def mom(self) -> arithmetic.Change | None:
        return arithmetic.change(self.now, self.previous)

    @property
    def yoy(self) -> arithmetic.Change | None:
        return arithmetic.change(self.now, self.year_before)


@dataclass(frozen=True)
class Line:
    """One line of a table. ``url`` opens the cases that ``counts.now`` counts."""

    key: str
    label: str
    counts: Counts
    share: Decimal | None = None
    url: str = ""
    # The same analysis one step further in.
    deeper: str = ""
    # More columns: value and the address of its list.
    more: tuple[tuple[Any, str], ...] = ()


@dataclass(frozen=True)
class Table:
    """What one tab of the analysis shows, with the words that say what it counts."""

    title: str
    head: str
    lines: Sequence[Line]
    total: Counts
    total_url: str = ""
    definition: str = ""
    # Heads of ``more``.
    columns: Sequence[str] = ()
    shares: bool = True
    changes: bool = True
    unit: str = "件"
    series: Mapping[str, Sequence[int]] = field(default_factory=dict)


def lines(
    counts: Mapping[str, Counts],
    label: Callable[[str], str],
    url: Callable[[str], str],
    deeper: Callable[[str], str] = lambda key: "",
    more: Callable[[str], tuple[tuple[Any, str], ...]] = lambda key: (),
) -> list[Line]:
    """Lines with shares of the whole, largest first; equals in the order of pronunciation."""
    whole = sum(one.now for one in counts.values())
    shares = arithmetic.shares({key: one.now for key, one in counts.items()}, whole)
    named = {key: label(key) for key in counts}
    order = sorted(counts, key=lambda key: (-counts[key].now, arithmetic.spoken(named[key]), key))
    return [
        Line(key, named[key], counts[key], shares.get(key), url(key), deeper(key), more(key))
        for key in order
    ]


def summed(rows: Iterable[tuple[Any, Counts]], key: Callable[[Any], str]) -> dict[str, Counts]:
    """Rows added up under a key of their own."""
    found: dict[str, Counts] = {}
    for name, counts in rows:
        place = key(name)
        found[place] = found.get(place, Counts()) + counts
    return found


def total(counts: Iterable[Counts]) -> Counts:
    return sum(counts, Counts())


# -- trend -----------------------------------------------------------------------------------------


def steps(period: Period, step: str) -> list[Period]:
    """The months or weeks (Monday to Sunday) that a trend shows, oldest first.

    It ends with the one in which the period ends and begins where the period begins, or earlier.
    """
    found = [_step_of(period.last, step)]
    while len(found) < MOST_STEPS and (found[0].first > period.first or len(found) < LEAST_STEPS):
        found.insert(0, _step_of(found[0].first - timedelta(days=1), step))
    return found


def _step_of(day: date, step: str) -> Period:
    if step == "week":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + WEEK - timedelta(days=1))
    first = day.replace(day=1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def before(one: Period, step: str) -> Period:
    """What a step is compared with one year before: for weeks the week 52 weeks before."""
    if step == "week":
        return Period(one.first - 52 * WEEK, one.last - 52 * WEEK)
    return one.year_before()


def trend(days: Mapping[date, int], periods: Sequence[Period], step: str) -> list[Counts]:
    """Counts of every step, from counts by day."""
    return [
        Counts(count(days, one), count(days, one.previous()), count(days, before(one, step)))
        for one in periods
    ]


def count(days: Mapping[date, int], period: Period) -> int:
    """Cases of a period, from counts by day."""
    length = (period.last - period.first).days + 1
    return sum(days.get(period.first + timedelta(days=n), 0) for n in range(length))


# -- rates -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Timeliness:
    """How clocks of one kind ended: in time, late (or overdue now), or still open in time."""

    met: int = 0
    late: int = 0
    open: int = 0

    @property
    def rate(self) -> Decimal | None:
        """In time, of those that ended or are overdue."""
        return arithmetic.share(self.met, self.met + self.late)


CONTENT = ("content", "fairly")
NOT_CONTENT = "not_content"


def satisfaction_rate(counts: Mapping[str, int]) -> Decimal | None:
    """Content or fairly content, of those who were reached and said something."""
    content = sum(counts.get(code, 0) for code in CONTENT)
    return arithmetic.share(content, content + counts.get(NOT_CONTENT, 0))


def changed(change: arithmetic.Change | None) -> str:
    """+12.34%, -8.00%, 0.00%; a dash where the base is nothing."""
    if change is None:
        return arithmetic.NOTHING
    sign = {1: "+", 0: "", -1: "-"}[change.sign]
    return f"{sign}{arithmetic.printed(change.pct)}%"


def percent(value: Decimal | None) -> str:
    return arithmetic.NOTHING if value is None else f"{arithmetic.printed(value)}%"
