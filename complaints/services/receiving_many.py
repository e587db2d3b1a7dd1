"""Taking in many cases at once: the batch of a hotline and the import of a file.

Each record is judged by itself; what is in order is written together, chunk by chunk, with what
one receipt by itself would write: the case, its clocks, its timeline and the audit trail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from types import SimpleNamespace
from typing import Any, NamedTuple, TypeVar

from django.db import IntegrityError, transaction

from accounts.models import Organisation, User
from complaints import signals
from complaints.models import Case, CaseClock, CaseEvent, Repair
from complaints.procedure_definition import RECEIVED
from complaints.services import clocks, repairing
from complaints.services.matching_queue import later as matching_later
from complaints.services.receiving import may_register, other_content, procedure_for, values_of
from complaints.services.records import Desk, Faulty, Record, problems, unusable
from complaints.workflow import DONE, State
from core import audit, bulk
from core.errors import Refused

NEW, STANDING, OTHER_CONTENT, FAULTY = 201, 200, 409, 422
CHUNK = 1000
# How often a chunk is tried in which somebody else enters the same numbers at the same time.
TRIES = 3
T = TypeVar("T")

# Number → digest and key of what stands under it; no key for what is about to be written.
Known = dict[str, tuple[str, int | None]]


@dataclass
class Result:
    """What became of one record, in words of HTTP: 201 new, 200 stood already with the same
    content, 409 stands with other content, 422 faulty. ``errors``: field → what is wrong."""

    number: str
    status: int
    errors: dict[str, str] = field(default_factory=dict)
    pk: int | None = None

    @property
    def case(self) -> Case | None:
        """The case that stands under the number; asks the database."""
        return Case.objects.filter(pk=self.pk).first() if self.pk else None


class Fit(NamedTuple):
    """A record in codes that can be written, with its digest and the number without blanks."""

    record: Record
    digest: str
    number: str


@dataclass
class Receiving:
    """The receipt of many records: whose they are, who enters them, and what is read only once."""

    source: str
    owner: Organisation
    by: User | None
    client: Any
    now: datetime
    desk: Desk

    def chunk(self, records: Sequence[Record]) -> list[Result]:
        """Judge and write some records; begins anew where somebody enters one in between."""
        for last in (False,) * (TRIES - 1) + (True,):
            try:
                with transaction.atomic():
                    return self._written(records)
            except IntegrityError:
                if last:
                    raise
        raise AssertionError("never reached")

    def check(self, records: Sequence[Record]) -> tuple[list[Result], list[Fit]]:
        """What would become of some records, and what would be written; writes nothing."""
        results, _usable, _known, fresh = self._judge(records)
        return results, [fit for fit, _result in fresh]

    def enter(self, fits: Sequence[Fit]) -> bool:
        """Write what was checked before; False where somebody has entered one of them since."""
        try:
            with transaction.atomic():
                if self._standing(fit.number for fit in fits):
                    return False
                self._write(fits)
        except IntegrityError:
            return False
        return True

    def _judge(
        self, records: Sequence[Record]
    ) -> tuple[list[Result], list[tuple[Record, Result]], Known, list[tuple[Fit, Result]]]:
        results = [Result(record.number.strip(), NEW) for record in records]
        usable = self._usable(records, results)
        known = self._standing(result.number for _record, result in usable)
        fresh = [
            (fit, result)
            for record, result in usable
            if (fit := self._judged(record, result, known)) is not None
        ]
        return results, usable, known, fresh

    def _written(self, records: Sequence[Record]) -> list[Result]:
        results, usable, known, fresh = self._judge(records)
        keys = self._write([fit for fit, _result in fresh])
        for fit, _result in fresh:
            known[fit.number] = fit.digest, keys[fit.number]
        for _record, result in usable:
            if result.status != FAULTY:
                result.pk = known[result.number][1]
        return results

    def _usable(
        self, records: Sequence[Record], results: list[Result]
    ) -> list[tuple[Record, Result]]:
        usable = []
        for record, result in zip(records, results, strict=True):
            if errors := dict(unusable(record)):
                result.status, result.errors = FAULTY, errors
            else:
                usable.append((record, result))
        return usable

    def _stands(self, result: Result, digest: str, known: Known) -> bool:
        """Whether the number is taken already, by the same or by other content."""
        standing = known.get(result.number)
        if standing is None:
            return False
        result.status = STANDING if standing[0] == digest else OTHER_CONTENT
        if result.status == OTHER_CONTENT:
            result.errors = {"number": other_content(result.number)}
        return True

    def _asked(self, result: Result, ask: Callable[[], T]) -> T | None:
        try:
            return ask()
        except Faulty as faulty:
            result.status, result.errors = FAULTY, faulty.errors
        except Refused as refused:
            result.status, result.errors = FAULTY, {"received_at": str(refused)}
        return None

    def _judged(self, record: Record, result: Result, known: Known) -> Fit | None:
        """What is to be written; None where nothing is."""
        digest = record.digest(self.source)
        if self._stands(result, digest, known):
            return None
        fitting = self._asked(result, partial(self._fitting, record))
        if fitting is None:
            return None
        known[result.number] = digest, None
        return Fit(fitting, digest, result.number)

    def _standing(self, numbers: Iterable[str]) -> Known:
        """Number → digest and key of what stands under it."""
        rows = bulk.among(
            Case, "number", list(numbers), show=("number", "digest", "id"), owner_id=self.owner.pk
        )
        return {number: (digest, pk) for number, digest, pk in rows}

    def _fitting(self, record: Record) -> Record:
        """The record in codes. Raises ``Faulty``, ``Refused`` where nothing can come of it."""
        record = self.desk.coded(record, source=self.source)
        source, owner, desk = self.source, self.owner, self.desk
        if errors := problems(record, source=source, owner=owner, desk=desk, now=self.now):
            raise Faulty(errors)
        procedure_for(record, source=self.source, owner=self.owner, desk=self.desk)
        return record

    def _write(self, fits: Sequence[Fit]) -> dict[str, int]:
        """Write cases that are in order; number → key."""
        # Always in the same order, so that two batches never wait for each other's numbers.
        ordered = sorted(fits, key=lambda fit: fit.number)
        for fit in ordered:
            # Read now: nothing can be asked while the cases are on their way.
            self.desk.calendar(fit.record.received_at)
        keys = bulk.keys(Case, len(ordered))
        cases: list[SimpleNamespace] = []
        running: list[dict[str, Any]] = []
        repairs: list[dict[str, Any]] = []
        bulk.insert(Case, self._rows(zip(ordered, keys, strict=True), cases, running, repairs))
        events = [self._event(case) for case in cases]
        written = ((CaseClock, running), (CaseEvent, events), (Repair, repairs))
        for model, rows in written:
            if not rows:
                continue
            for row, key in zip(rows, bulk.keys(model, len(rows)), strict=True):
                row["id"] = key
        for model, rows in written:
            bulk.insert(model, rows)
        audit.record_many(
            "case.receive",
            [(Case, case.id, self._details(case)) for case in cases],
            by=self.by,
            now=self.now,
            organisation=self.owner,
        )
        for start in range(0, len(cases), CHUNK):
            matching_later(cases[start : start + CHUNK], now=self.now)
        if closed := [case.id for case in cases if case.state == State.CLOSED]:
            signals.cases_closed.send(Case, keys=closed, now=self.now)
        return {case.number: case.id for case in cases}

    def _rows(
        self,
        keyed: Iterable[tuple[Fit, int]],
        cases: list[SimpleNamespace],
        running: list[dict[str, Any]],
        repairs: list[dict[str, Any]],
    ) -> Iterator[dict[str, Any]]:
        """The rows of cases as they are asked for; what belongs to them is kept besides."""
        for fit, key in keyed:
            values = values_of(
                fit.record,
                source=self.source,
                owner=self.owner,
                digest=fit.digest,
                desk=self.desk,
                by=self.by,
                now=self.now,
            )
            case = SimpleNamespace(**values, id=key, pk=key)
            running += map(vars, self._clocks(case, fit.record))
            if repair := repairing.row_of(fit.record):
                repairs.append({"case_id": key, "round": 1, **repair})
            cases.append(case)
            yield vars(case)

    def _clocks(self, case: SimpleNamespace, record: Record) -> list[SimpleNamespace]:
        case.due_at = None
        repaired = repairing.acts_of(record)
        if case.state in DONE and not repaired:
            return []
        rules = self.desk.book.rules(case.procedure_id)
        calendar = self.desk.calendar(case.received_at)
        begun = clocks.from_receipt(case, rules, calendar=calendar, happened=repaired)
        for clock in begun:
            clock.case_id = case.id
        return begun

    def _event(self, case: SimpleNamespace) -> dict[str, Any]:
        return {
            "case_id": case.id,
            "sequence": 1,
            "kind": RECEIVED,
            "at": case.received_at,
            "by_id": getattr(self.by, "pk", None),
            "organisation_id": self.owner.pk,
        }

    def _details(self, case: SimpleNamespace) -> dict[str, Any]:
        details = {"source": self.source, "nature": case.nature}
        return {**details, "client": self.client.pk} if self.client else details


def receive_many(
    records: Iterable[Record],
    *,
    source: str,
    owner: Organisation,
    by: User | None = None,
    client: Any = None,
    now: datetime,
    desk: Desk | None = None,
) -> list[Result]:
    """Enter many cases; one result for each record, in their order. A faulty one spoils no other.

    ``by=None`` is a machine of the owner (``client``, named in the trail), whose right its door has
    checked. Each chunk is one transaction. Raises ``Refused`` where the person may not register.
    """
    return list(
        receive_each(records, source=source, owner=owner, by=by, client=client, now=now, desk=desk)
    )


def receive_each(
    records: Iterable[Record],
    *,
    source: str,
    owner: Organisation,
    by: User | None = None,
    client: Any = None,
    now: datetime,
    desk: Desk | None = None,
) -> Iterator[Result]:
    """The same for a stream of records that nobody wants to hold in memory."""
    may_register(by, owner)
    receiving = Receiving(source, owner, by, client, now, desk or Desk())
    waiting = iter(records)
    while some := list(islice(waiting, CHUNK)):
        yield from receiving.chunk(some)
