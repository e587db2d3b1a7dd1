"""What was carried out in an event held against the plan: sums, and what was not as it should be.

Pure: rows, plan and times in, sums and deviations out. Loads in kW, sums in MW and MWh.
Source: campaign plan 二(一)1 (S1-2.1.1d to f), 三、(三)1(2) to (4) (S1-3.3.1(2) to (4)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from core.arithmetic import half_up
from core.clock import ZONE

# 先错峰、后避峰、再限电、最后拉闸
ORDER = ("错峰", "避峰", "限电", "拉闸")
TERMINAL = "负控终端"
# From what the user does to what takes everybody on the line.
MEANS = ("用户自控", TERMINAL, "线路开关")
DAY = 24 * 60
# Kinds of deviation.
NO_PLAN, NOT_IN_PLAN, MORE_THAN_PLAN = "no_plan", "not_in_plan", "more_than_plan"
NOT_AS_PLANNED, OUTSIDE_HOURS = "not_as_planned", "outside_hours"
SUM_OVER_PLAN, GRADE_OFF = "sum_over_plan", "grade_off"
WRONG_ORDER, RESIDENTS_HIT, PROTECTED_HIT = "wrong_order", "residents_hit", "protected_hit"
CONTROL_UNUSED, MIXED_CUT = "control_unused", "mixed_cut"
OUTSIDE_TIMES, RELEASED_LATE, REPORTED_LATE = "outside_times", "released_late", "reported_late"
NOT_NOTICED = "not_noticed"


@dataclass(frozen=True)
class Done:
    """One row of what was carried out; ``number`` names it."""

    number: int
    user_no: str
    line_code: str
    measure: str
    means: str
    executed_kw: Decimal
    from_at: datetime
    to_at: datetime
    feeder_cut: bool = False
    resident_lines: int = 0
    households: int = 0

    @property
    def rank(self) -> int:
        return ORDER.index(self.measure)


@dataclass(frozen=True)
class Planned:
    """One row of the plan that the grade calls. A line's row has no user number.

    ``most_kw`` may be reduced at most; minutes of the day from and to (to before from: over
    midnight). ``protected``: not to be touched at all.
    """

    user_no: str
    line_code: str
    measure: str
    means: str
    most_kw: Decimal
    from_minute: int = 0
    to_minute: int = DAY
    protected: bool = False
    mixed: bool = False

    def covers(self, begin: datetime, end: datetime) -> bool:
        """Whether some of the time from begin to end lies in the hours of the row."""
        if (end - begin).total_seconds() >= DAY * 60:
            return True
        start, stop = minute(begin), minute(end)
        mine = spans(self.from_minute, self.to_minute)
        return any(a < d and c < b for a, b in mine for c, d in spans(start, stop))


def minute(instant: datetime) -> int:
    local = instant.astimezone(ZONE)
    return local.hour * 60 + local.minute


def spans(begin: int, end: int) -> list[tuple[int, int]]:
    """Minutes of a day from begin to end, in two parts over midnight."""
    return [(begin, end)] if begin < end else [(begin, DAY), (0, end)]


@dataclass(frozen=True)
class Event:
    """What an event's rows are held against. Without a plan in force ``plan`` is None.

    ``control_kw``: what load control reaches, where the plan names no terminals.
    """

    started_at: datetime | None
    until: datetime | None
    released_at: datetime | None
    now: datetime
    plan: Sequence[Planned] | None
    mixed_lines: Collection[str] = ()
    protected_users: Collection[str] = ()
    control_kw: Decimal = Decimal(0)
    report_due_at: datetime | None = None
    reported_at: datetime | None = None
    # The gravest grade that was called, and the one of the greatest gap; empty: not compared.
    grade: str = ""
    due_grade: str = ""
    share: Decimal = Decimal(0)
    # From when to when outages for ordered use were filed by the unit; None: nobody asks.
    noticed: Collection[tuple[datetime, datetime]] | None = None


@dataclass(frozen=True)
class Deviation:
    """One thing that was not as planned. ``subject`` tells several of a kind apart.

    ``numbers`` are the rows it is about; ``facts`` the figures that its words are made of.
    """

    kind: str
    subject: str = ""
    numbers: tuple[int, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.subject}" if self.subject else self.kind


def energy_kwh(executed_kw: Decimal, from_at: datetime, to_at: datetime) -> Decimal:
    """Load times hours, three decimals."""
    seconds = int((to_at - from_at).total_seconds())
    return half_up(Fraction(executed_kw) * seconds / 3600, 3)


def deviations(rows: Iterable[Done], event: Event) -> list[Deviation]:
    """Everything in an event that was not as it should be, in a fixed order."""
    done = sorted(rows, key=lambda one: (one.from_at, one.number))
    return [
        *_grade(event),
        *_against_plan(done, event),
        *_order(done, event),
        *_people(done, event),
        *_unnoticed(done, event),
        *_cuts(done, event),
        *_times(done, event),
    ]


def _grade(event: Event) -> Iterator[Deviation]:
    if event.grade and event.due_grade and event.grade != event.due_grade:
        facts = {"grade": event.grade, "due": event.due_grade, "share": event.share}
        yield Deviation(GRADE_OFF, facts=facts)


def _index(plan: Iterable[Planned]) -> dict[str, list[Planned]]:
    """Rows of a plan by the user, or by the line where they name no user."""
    found: dict[str, list[Planned]] = {}
    for one in plan:
        found.setdefault(_name(one), []).append(one)
    return found


def _name(one: Done | Planned) -> str:
    return f"u{one.user_no}" if one.user_no else f"l{one.line_code}"


def _against_plan(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    if event.plan is None:
        if done:
            yield Deviation(NO_PLAN, numbers=tuple(one.number for one in done))
        return
    known = _index(event.plan)
    for one in done:
        planned = known.get(_name(one))
        if planned is None:
            facts = {"executed": one.executed_kw, "measure": one.measure}
            yield Deviation(NOT_IN_PLAN, str(one.number), (one.number,), facts)
            continue
        most = max(row.most_kw for row in planned)
        if one.executed_kw > most:
            facts = {"executed": one.executed_kw, "most": most}
            yield Deviation(MORE_THAN_PLAN, str(one.number), (one.number,), facts)
        yield from _otherwise(one, planned)
    yield from _together(done, known)


def _otherwise(one: Done, planned: Sequence[Planned]) -> Iterator[Deviation]:
    """Another measure than planned, a graver means of control, or other hours."""
    if not any(one.measure == p.measure and grave(one.means) <= grave(p.means) for p in planned):
        told = "；".join(dict.fromkeys(f"{p.measure}、{p.means}" for p in planned))
        facts = {"measure": one.measure, "means": one.means, "planned": told}
        yield Deviation(NOT_AS_PLANNED, str(one.number), (one.number,), facts)
    if outside := minutes_outside(one, planned):
        told = "、".join(
            dict.fromkeys(f"{written(p.from_minute)}—{written(p.to_minute)}" for p in planned)
        )
        facts = {"hours": told, "outside": written(outside)}
        yield Deviation(OUTSIDE_HOURS, str(one.number), (one.number,), facts)


def grave(means: str) -> int:
    """How many others a means of control takes along; one that is not known counts as mild."""
    return MEANS.index(means) if means in MEANS else 0


def written(minutes: int) -> str:
    """08:00 of 480."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


def minutes_outside(one: Done, planned: Iterable[Planned]) -> int:
    """How long a row lasted outside the planned hours of its user, in minutes."""
    allowed = sorted(span for p in planned for span in spans(p.from_minute, p.to_minute))
    midnight = one.from_at.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    outside, end = 0, one.to_at.astimezone(ZONE)
    while midnight < end:
        begin = max(0, int((one.from_at - midnight).total_seconds()) // 60)
        last = min(DAY, -(int((midnight - end).total_seconds()) // 60))
        outside += last - begin
        for a, b in allowed:
            if (inside := min(last, b) - max(begin, a)) > 0:
                outside -= inside
                begin = max(begin, b)
        midnight += timedelta(days=1)
    return outside


def _together(done: Sequence[Done], known: Mapping[str, Sequence[Planned]]) -> Iterator[Deviation]:
    """Rows of one user at the same time that come to more than the plan has of it."""
    own: dict[str, list[Done]] = {}
    for one in done:
        if _name(one) in known:
            own.setdefault(_name(one), []).append(one)
    for name, rows in own.items():
        most = sum((p.most_kw for p in known[name]), Decimal(0))
        at_once = max(
            ([r for r in rows if r.from_at <= o.from_at < r.to_at] for o in rows), key=_kw
        )
        if len(at_once) > 1 and _kw(at_once) > most:
            numbers = tuple(sorted(row.number for row in at_once))
            facts = {"executed": _kw(at_once), "most": most, "rows": "、".join(map(str, numbers))}
            yield Deviation(SUM_OVER_PLAN, name[1:], numbers, facts)


def _kw(rows: Iterable[Done]) -> Decimal:
    return sum((row.executed_kw for row in rows), Decimal(0))


def _order(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    """Of each measure whether milder ones that the plan calls at the time were still unused."""
    if not event.plan:
        return
    first: dict[str, datetime] = {}
    for one in done:
        first.setdefault(_name(one), one.from_at)
    for measure in ORDER[1:]:
        rank = ORDER.index(measure)
        milder = [p for p in event.plan if p.measure in ORDER[:rank] and not p.protected]
        early: list[int] = []
        unused: dict[str, Planned] = {}
        for one in (row for row in done if row.measure == measure):
            left = [
                p
                for p in milder
                if p.covers(one.from_at, one.to_at)
                and first.get(_name(p), one.to_at) > one.from_at
                and _name(p) != _name(one)
            ]
            if left:
                early.append(one.number)
                unused |= {_name(p): p for p in left}
        if early:
            facts = {
                "measure": measure,
                "users": len(unused),
                "unused": sum((p.most_kw for p in unused.values()), Decimal(0)),
            }
            yield Deviation(WRONG_ORDER, measure, tuple(early), facts)


def _people(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    kept = {p.user_no for p in event.plan or () if p.protected and p.user_no}
    kept |= set(event.protected_users)
    for one in done:
        if one.households or one.resident_lines:
            facts = {"lines": one.resident_lines, "households": one.households}
            yield Deviation(RESIDENTS_HIT, str(one.number), (one.number,), facts)
        if one.user_no and one.user_no in kept:
            facts = {"executed": one.executed_kw}
            yield Deviation(PROTECTED_HIT, str(one.number), (one.number,), facts)


def _unnoticed(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    """Residents cut off while the unit filed no outage for ordered use of that time."""
    if event.noticed is None:
        return
    hit = [
        one
        for one in done
        if one.households and not any(a < one.to_at and one.from_at < b for a, b in event.noticed)
    ]
    if hit:
        households = max(one.households for one in hit)
        numbers = tuple(one.number for one in hit)
        yield Deviation(NOT_NOTICED, numbers=numbers, facts={"households": households})


def _cuts(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    mixed = set(event.mixed_lines) | {p.line_code for p in event.plan or () if p.mixed}
    for one in (row for row in done if row.feeder_cut):
        if (unused := _control_unused(one, done, event)) > 0:
            facts = {"unused": unused, "executed": one.executed_kw}
            yield Deviation(CONTROL_UNUSED, str(one.number), (one.number,), facts)
        if one.line_code in mixed:
            yield Deviation(MIXED_CUT, str(one.number), (one.number,), {"line": one.line_code})


def _control_unused(cut: Done, done: Sequence[Done], event: Event) -> Decimal:
    """Load that terminals could have reduced when a feeder was cut, and did not yet. kW.

    A user whose load is reduced already, by whatever means, has none left.
    """
    at_the_time = [one for one in done if one.from_at <= cut.from_at < one.to_at]
    named = [
        p
        for p in event.plan or ()
        if p.means == TERMINAL and not p.protected and p.covers(cut.from_at, cut.to_at)
    ]
    if named:
        used = {_name(one) for one in at_the_time}
        left = {_name(p): p.most_kw for p in named if _name(p) not in used}
        return sum(left.values(), Decimal(0))
    controlled = (one.executed_kw for one in at_the_time if one.means == TERMINAL)
    return max(Decimal(0), event.control_kw - sum(controlled, Decimal(0)))


def _times(done: Sequence[Done], event: Event) -> Iterator[Deviation]:
    ended = event.released_at
    for one in done:
        begun = event.started_at is not None and one.from_at >= event.started_at
        if not begun or (ended is not None and one.to_at > ended):
            yield Deviation(OUTSIDE_TIMES, str(one.number), (one.number,))
    if event.until is not None and (ended or event.now) > event.until:
        facts = {"until": event.until, "released": ended}
        yield Deviation(RELEASED_LATE, facts=facts)
    if event.report_due_at is not None and (event.reported_at or event.now) > event.report_due_at:
        facts = {"due": event.report_due_at, "reported": event.reported_at}
        yield Deviation(REPORTED_LATE, facts=facts)
