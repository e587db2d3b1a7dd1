"""What the components in templates/components/ are fed with. Values only; no queries, no rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

LAMPS = ("ok", "near", "late", "pause", "done")


@dataclass(frozen=True)
class Stat:
    """A number that opens its list. ``tone``: "", ok, near, late, done; ``delta``: "较上周 +3"."""

    label: Any
    value: Any
    url: str = ""
    note: Any = ""
    tone: str = ""
    icon: str = ""
    delta: Any = ""
    current: bool = False


@dataclass(frozen=True)
class Cell:
    """One cell of a board. An empty ``text`` means that nothing is asked of this row here."""

    lamp: str = ""
    text: Any = ""
    note: Any = ""
    url: str = ""
    title: Any = ""  # what a screen reader hears before the text, e.g. company and duty


@dataclass(frozen=True)
class BoardColumn:
    label: Any
    note: Any = ""
    url: str = ""
    tag: Any = ""


@dataclass(frozen=True)
class BoardRow:
    label: Any
    cells: Sequence[Cell]
    note: Any = ""
    url: str = ""


@dataclass(frozen=True)
class BoardGroup:
    label: Any
    rows: Sequence[BoardRow]
    note: Any = ""


@dataclass(frozen=True)
class Board:
    """Rows × columns with lamps. ``corner`` names the rows ("单位")."""

    corner: Any
    columns: Sequence[BoardColumn]
    groups: Sequence[BoardGroup]
    caption: Any = ""

    @property
    def width(self) -> int:
        return len(self.columns) + 1


@dataclass(frozen=True)
class RailPhase:
    """One phase on the rail; ``done`` of ``total`` is what was to be finished in it."""

    number: Any
    name: Any
    starts_on: date
    ends_on: date
    url: str = ""
    note: Any = ""
    done: int = 0
    total: int = 0

    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1

    def state(self, today: date) -> str:
        if today < self.starts_on:
            return "future"
        return "past" if today > self.ends_on else "now"

    def elapsed(self, today: date) -> int:
        """Share of the phase's days that are over, 0 to 100."""
        over = (today - self.starts_on).days + 1
        return max(0, min(100, round(100 * over / self.days())))


@dataclass(frozen=True)
class Event:
    """One entry of a timeline."""

    at: datetime
    title: Any
    detail: Any = ""
    by: Any = ""
    url: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Step:
    """One step of a stepper; ``state``: done, now, next or wrong."""

    label: Any
    state: str = "next"
    url: str = ""
    note: Any = ""


@dataclass(frozen=True)
class Tab:
    label: Any
    url: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Change:
    """One line of a diff; ``kind``: added, removed, changed or same."""

    kind: str
    label: Any = ""
    before: Any = ""
    after: Any = ""


@dataclass(frozen=True)
class Column:
    """One column of a table. ``sort``: value of ``?sort=`` that orders by it; empty: cannot."""

    label: Any
    key: str = ""
    sort: str = ""
    numeric: bool = False
    hint: Any = ""


@dataclass(frozen=True)
class Track:
    """A clock drawn as a line from start to deadline, pauses hatched. Shares run 0 to 100."""

    used: float
    pauses: Sequence[tuple[float, float]] = field(default_factory=tuple)


def track(
    start: datetime,
    due_at: datetime,
    now: datetime,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> Track:
    """Shares of the way from ``start`` to ``due_at`` at ``now``; an open pause lasts until now."""
    length = max((due_at - start) / timedelta(seconds=1), 1.0)

    def share(instant: datetime) -> float:
        return round(max(0.0, min(100.0, 100 * (instant - start).total_seconds() / length)), 2)

    spans = [(share(begin), share(end or now)) for begin, end in pauses]
    return Track(used=share(now), pauses=[(a, round(b - a, 2)) for a, b in spans if b > a])


def spans(lengths: Sequence[int], columns: int = 24, least: int = 4) -> list[int]:
    """Share out grid columns by length: each at least ``least`` (if they fit), the sum exact."""
    if not lengths:
        return []
    least = min(least, columns // len(lengths))
    total = sum(lengths) or 1
    shares = [max(least, round(columns * length / total)) for length in lengths]
    while sum(shares) != columns:
        step = 1 if sum(shares) < columns else -1
        free = [i for i, share in enumerate(shares) if step > 0 or share > least]
        # Whoever is furthest from the fair share gives or takes one column.
        shares[max(free, key=lambda i: step * (columns * lengths[i] / total - shares[i]))] += step
    return shares
