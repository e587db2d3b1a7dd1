"""Working days with make-up days (调休), from versioned tables; no library decides a deadline.

``calendar()`` gives a frozen value that is passed down as ``calendar=`` to everything that counts
days. A year that has not been announced answers by a stand-in and says so (``is_provisional``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import NamedTuple

from core.clock import day_of
from core.models import CalendarDay, CalendarVersion

ONE_DAY = timedelta(days=1)
SATURDAY = 5


@dataclass(frozen=True, order=True)
class Day:
    """A day on which the week does not decide."""

    day: date
    kind: str  # CalendarDay.Kind
    name: str

    @property
    def is_makeup(self) -> bool:
        return self.kind == CalendarDay.Kind.MAKEUP


@dataclass(frozen=True)
class YearPlan:
    """The version of one year that counts."""

    year: int
    number: int
    provisional: bool
    source: str
    days: tuple[Day, ...]

    @property
    def label(self) -> str:
        """Year and number, the same in every language: ``2011/1``."""
        return f"{self.year}/{self.number}"


@dataclass(frozen=True)
class WorkCalendar:
    """Working days of all years, as a value. Build it with ``calendar()``, once per request."""

    plans: tuple[YearPlan, ...]
    _by_year: Mapping[int, YearPlan] = field(init=False, repr=False, compare=False)
    _special: Mapping[date, Day] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plans = sorted(self.plans, key=lambda plan: plan.year)
        object.__setattr__(self, "_by_year", {plan.year: plan for plan in plans})
        # Later years last: their notices may change days of the December before.
        special = {entry.day: entry for plan in plans for entry in plan.days}
        object.__setattr__(self, "_special", special)

    def special(self, day: date) -> Day | None:
        """What was announced for a day, if anything."""
        return self._special.get(day)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on a day."""
        if entry := self._special.get(day):
            return entry.is_makeup
        return day.weekday() < SATURDAY

    def add_workdays(self, day: date, count: int) -> date:
        """The working day that lies ``count`` working days after (before, if negative) a day.

        The day itself never counts; with 0 it is returned as it is.
        """
        step = ONE_DAY if count > 0 else -ONE_DAY
        for _each in range(abs(count)):
            day += step
            while not self.is_workday(day):
                day += step
        return day

    def next_workday(self, day: date) -> date:
        """The day itself if it is a working day, else the first one after it."""
        return day if self.is_workday(day) else self.add_workdays(day, 1)

    def count_workdays(self, after: date, until: date) -> int:
        """Working days after one day up to and including another; negative when turned round."""
        if until < after:
            return -self.count_workdays(until, after)
        return sum(self.is_workday(day) for day in days_after(after, until))

    def is_provisional(self, day: date) -> bool:
        """Whether the year of a day has not been announced yet, so that the day may change."""
        plan = self._by_year.get(day.year)
        return plan is None or plan.provisional

    def version_of(self, year: int) -> YearPlan | None:
        """The version that counts for a year; None where the portal knows nothing of the year."""
        return self._by_year.get(year)

    def with_plan(self, plan: YearPlan) -> WorkCalendar:
        """The same calendar with another version of one year: what a change would do."""
        others = tuple(p for p in self.plans if p.year != plan.year)
        return replace(self, plans=(*others, plan))

    def changed_days(self, other: WorkCalendar) -> frozenset[date]:
        """Days that are worked in one of two calendars and not in the other."""
        candidates = self._special.keys() | other._special.keys()
        return frozenset(d for d in candidates if self.is_workday(d) != other.is_workday(d))


def days_after(after: date, until: date) -> Iterator[date]:
    """Every day after one day up to and including another."""
    for offset in range(1, (until - after).days + 1):
        yield after + timedelta(days=offset)


def plan_of(version: CalendarVersion) -> YearPlan:
    """One stored version as a value."""
    days = tuple(Day(d.day, d.kind, d.name) for d in version.days.all())
    return YearPlan(version.year, version.number, version.provisional, version.source, days)


# The last calendar that was built, with what it was built from.
_built: tuple[tuple[object, ...], WorkCalendar] | None = None


def calendar(
    *, now: datetime | None = None, version: CalendarVersion | None = None
) -> WorkCalendar:
    """The working calendar of the newest versions: one small query, days only after a change.

    ``now`` leaves out versions that come into use later. ``version`` takes one stored version
    instead of the newest of its year, to compare or to explain an old deadline.
    """
    global _built
    chosen = {v.year: v for v in CalendarVersion.objects.in_use(on=_day_of(now))}
    if version is not None:
        chosen[version.year] = version
    key = tuple((v.pk, v.number, v.digest, v.source, v.provisional) for v in chosen.values())
    if _built is not None and _built[0] == key:
        return _built[1]
    days: dict[int, list[Day]] = {v.pk: [] for v in chosen.values()}
    rows = CalendarDay.objects.filter(version__in=days).values_list(
        "version_id", "day", "kind", "name"
    )
    for pk, day, kind, name in rows:
        days[pk].append(Day(day, kind, name))
    built = WorkCalendar(
        tuple(
            YearPlan(v.year, v.number, v.provisional, v.source, tuple(sorted(days[v.pk])))
            for v in chosen.values()
        )
    )
    _built = (key, built)
    return built


def _day_of(now: datetime | None) -> date | None:
    return day_of(now) if now else None


class Impact(NamedTuple):
    """A stored deadline that a new calendar would move."""

    label: str
    url: str
    old_due: datetime
    new_due: datetime


ImpactFinder = Callable[[WorkCalendar, WorkCalendar], Iterable[tuple[str, str, datetime, datetime]]]
_impact_finders: list[ImpactFinder] = []


def register_impact(finder: ImpactFinder) -> ImpactFinder:
    """Let an app say which of its stored deadlines move between two calendars (decorator).

    The finder gets the old and the new calendar and gives (label, url, old due, new due).
    """
    if finder not in _impact_finders:
        _impact_finders.append(finder)
    return finder


def impact(old: WorkCalendar, new: WorkCalendar) -> list[Impact]:
    """Every stored deadline that would move, of all apps, in order of the old deadline."""
    moved = [Impact(*row) for finder in _impact_finders for row in finder(old, new)]
    return sorted(moved, key=lambda row: (row.old_due, row.label))
