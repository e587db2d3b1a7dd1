"""Holding a day's cases of a company's system against ours: counts and digests, then line by line.

A unit whose count and digest are equal holds the same cases in the same states with the same
content. Where they differ the company sends its lines, and every difference is named.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.models import Organisation
from complaints.models import Case, Reconciliation, ReconciliationDifference
from complaints.scope import seen_from_company
from core import clock

Kind = ReconciliationDifference.Kind
State = Reconciliation.State
PIECE = 500


@dataclass(frozen=True)
class Line:
    """One case as a side has it; its number is one together with ``owner``, its first receiver."""

    owner: str
    number: str
    unit: str
    state: str
    digest: str
    pk: int | None = None
    day: str = ""

    @property
    def key(self) -> tuple[str, str]:
        return self.owner, self.number


@dataclass(frozen=True)
class Sum:
    """What a side says of a unit."""

    count: int
    digest: str


def content_digest(case: Case, reader: Organisation) -> str:
    """SHA-256 of what a case says, as the other side has it.

    What it sent itself is taken as it was sent; what was handed to it is taken as everybody reads
    it, for a digest of the whole text would prove every guess at what is masked there.
    """
    own = case.owner_id == reader.pk
    said = (case.content_full if own else "") or case.content
    parts = (
        case.number,
        case.received_at.astimezone(clock.ZONE).isoformat(timespec="seconds"),
        case.channel,
        case.nature,
        case.industry,
        case.category,
        said,
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def unit_digest(lines: Iterable[Line]) -> str:
    """SHA-256 of a unit's lines "owner number state digest" in order, one below the other."""
    written = sorted(f"{one.owner} {one.number} {one.state} {one.digest}" for one in lines)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def summed(lines: Iterable[Line]) -> Sum:
    """Count and digest of a unit's lines."""
    kept = list(lines)
    return Sum(len(kept), unit_digest(kept))


def _in_common(organisation: Organisation) -> QuerySet[Case]:
    """Cases that both sides should have: those it registered, and those handed to it."""
    handed = Q(
        owner__kind__in=Organisation.REGULATOR_KINDS, holder__path__startswith=organisation.path
    )
    mine = Q(owner=organisation) | handed
    return Case.objects.filter(mine, seen_from_company(organisation))


def our_lines(organisation: Organisation, day: date) -> list[Line]:
    """What we have of a company's day: what it registered, and what regulators handed to it."""
    start = clock.at(day)
    cases = _in_common(organisation).filter(
        received_at__gte=start, received_at__lt=start + timedelta(days=1)
    )
    found = cases.select_related("owner", "organisation").order_by("pk")
    return [
        Line(
            owner=case.owner.code,
            number=case.number,
            unit=(case.organisation or case.owner).code,
            state=case.state,
            digest=content_digest(case, organisation),
            pk=case.pk,
        )
        for case in found.iterator(chunk_size=PIECE)
    ]


def by_unit(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """Lines by unit, in the order of the codes."""
    found: defaultdict[str, list[Line]] = defaultdict(list)
    for line in lines:
        found[line.unit].append(line)
    return dict(sorted(found.items()))


def differences(
    here: Iterable[Line], there: Iterable[Line], *, told: Mapping[str, str]
) -> Iterator[tuple[str, Line, Line | None]]:
    """Every case in which two sides do not agree: the kind, the line, and the other side's line.

    The first line is ours; of what is missing here, theirs. ``told`` is the state of each unit. Of
    a unit that is equal they have what we have. While a unit is open nobody knows what they have
    there, so nothing is called missing, and nothing of that unit is said to be elsewhere.
    """
    ours = {one.key: one for one in here}
    theirs = _theirs(ours.values(), there, told)
    if State.OPEN not in told.values():
        yield from ((Kind.MISSING_THERE, ours[key], None) for key in ours if key not in theirs)
    for key, rows in theirs.items():
        mine = ours.get(key)
        if mine is None:
            yield Kind.MISSING_HERE, rows[0], None
        elif told.get(mine.unit) != State.OPEN:
            yield from _compared(mine, rows)
        if len(rows) > 1:
            yield Kind.DUPLICATE, mine or rows[0], rows[-1]


def _theirs(
    ours: Iterable[Line], there: Iterable[Line], told: Mapping[str, str]
) -> dict[tuple[str, str], list[Line]]:
    """Their rows of each case, as far as they are known."""
    found: defaultdict[tuple[str, str], list[Line]] = defaultdict(list)
    for lines, state in ((ours, State.EQUAL), (there, State.DIFFERENT)):
        for line in lines:
            if told.get(line.unit) == state:
                found[line.key].append(line)
    return dict(found)


def _compared(mine: Line, rows: list[Line]) -> Iterator[tuple[str, Line, Line]]:
    """How the one of their rows that is most like ours differs from it."""

    def likeness(one: Line) -> tuple[bool, bool, bool]:
        return one.unit == mine.unit, one.state == mine.state, one.digest == mine.digest

    other = max(rows, key=likeness)
    if other.unit != mine.unit:
        yield Kind.UNIT, mine, other
    if other.state != mine.state:
        yield Kind.STATE, mine, other
    if other.digest != mine.digest:
        yield Kind.CONTENT, mine, other


@transaction.atomic
def reconcile(
    organisation: Organisation,
    day: date,
    *,
    units: Mapping[str, Sum],
    lines: Iterable[Line] = (),
    now: datetime,
) -> Reconciliation:
    """Compare a day and keep what came of it, in place of the day's earlier result.

    ``units`` is what the company says of each unit; ``lines`` its cases of units that it wants
    compared one by one, whose count and digest are then taken from them.
    """
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    ours, theirs = our_lines(organisation, day), list(lines)
    here, there = by_unit(ours), by_unit(theirs)
    said = {**units, **{unit: summed(rows) for unit, rows in there.items()}}
    told = [_unit(unit, here, there, said) for unit in sorted({*here, *said})]
    found = differences(ours, theirs, told={row["unit"]: row["state"] for row in told})
    Reconciliation.objects.filter(organisation=organisation, day=day).latest().update(
        superseded_at=now
    )
    run = Reconciliation.objects.create(
        organisation=organisation,
        day=day,
        at=now,
        state=_state(told),
        here=sum(row["here"]["count"] for row in told),
        there=sum(row["there"]["count"] for row in told),
        units=told,
    )
    ReconciliationDifference.objects.bulk_create(
        [_difference(run, *one) for one in _dated(run, list(found))],
        batch_size=PIECE,
    )
    return run


def _dated(
    run: Reconciliation, found: list[tuple[str, Line, Line | None]]
) -> Iterator[tuple[str, Line, Line | None]]:
    """The same, but what we have on another day is not called missing here."""
    missing = [line.number for kind, line, _other in found if kind == Kind.MISSING_HERE]
    known: dict[tuple[str, str], Case] = {}
    for start in range(0, len(missing), PIECE):
        cases = _in_common(run.organisation).filter(number__in=missing[start : start + PIECE])
        known |= {(case.owner.code, case.number): case for case in cases.select_related("owner")}
    for kind, line, other in found:
        case = known.get(line.key) if kind == Kind.MISSING_HERE else None
        if case is None:
            yield kind, line, other
        else:
            yield (
                Kind.DAY,
                replace(line, pk=case.pk, day=_day(case)),
                replace(line, day=str(run.day)),
            )


def _day(case: Case) -> str:
    return clock.day_of(case.received_at).isoformat()


def _unit(
    unit: str,
    here: Mapping[str, list[Line]],
    there: Mapping[str, list[Line]],
    said: Mapping[str, Sum],
) -> dict[str, Any]:
    mine, other = summed(here.get(unit, [])), said.get(unit, summed([]))
    if mine == other:
        state = State.EQUAL
    else:
        state = State.DIFFERENT if unit in there or not other.count else State.OPEN
    return {"unit": unit, "here": vars(mine), "there": vars(other), "state": str(state)}


def _state(told: list[dict[str, Any]]) -> str:
    """The worst of the units: what is not yet known, then what differs."""
    states = {row["state"] for row in told}
    return next((one for one in (State.OPEN, State.DIFFERENT) if one in states), State.EQUAL)


SHOWN = {Kind.STATE: "state", Kind.UNIT: "unit", Kind.CONTENT: "digest", Kind.DAY: "day"}


def _difference(
    run: Reconciliation, kind: str, line: Line, other: Line | None
) -> ReconciliationDifference:
    shown = SHOWN.get(Kind(kind))
    return ReconciliationDifference(
        reconciliation=run,
        kind=kind,
        unit=line.unit,
        owner=line.owner,
        number=line.number,
        case_id=line.pk,
        here=getattr(line, shown)[:64] if shown else "",
        there=getattr(other, shown)[:64] if shown and other else "",
    )
