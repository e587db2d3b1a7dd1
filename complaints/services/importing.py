"""Importing a file of cases: every error at once, and all of it or nothing."""

from __future__ import annotations

import gc
import pickle
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import IO, Any

from django.db import transaction

from accounts.models import Organisation, User
from complaints import imports
from complaints.services.receiving import may_register
from complaints.services.receiving_many import CHUNK, STANDING, Fit, Receiving
from complaints.services.records import Desk
from core import audit
from core.jobs import Cancelled
from core.sheets import Problem, stream
from core.sheets.reader import Read
from core.sheets.stream import Stream

# Rows of the marked copy; of a longer file it holds only those that have an error.
COPY_ROWS = 2000
# Errors of one file that are looked for; a file with more has one cause that repeats.
FAULTS = 200_000
# So many chunks are written as one.
TOGETHER = 4
# Of every row a few hundred objects live until its chunk is done and none goes round in a circle:
# looking for circles as often as usual costs a seventh of the work.
LOOKED_FOR_EVERY = 100_000

Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What became of a file. ``problems`` concern the file or its header, ``faults`` its rows."""

    rows: int = 0
    created: int = 0
    unchanged: int = 0
    dry_run: bool = False
    problems: list[Problem] = field(default_factory=list)
    faults: list[imports.Fault] = field(default_factory=list)
    sheet: str = ""
    letters: dict[str, str] = field(default_factory=dict)
    copy: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether nothing stood against the import."""
        return not self.problems and not self.faults

    @property
    def count(self) -> int:
        """How many errors there are."""
        return len(self.problems) + len(self.faults)

    def listed(self) -> Iterator[Problem]:
        """Every error with sheet, cell, rule and remedy, in the order of the file."""
        yield from self.problems
        order = {column.key: n for n, column in enumerate(imports.form().columns)}
        for fault in sorted(self.faults, key=lambda one: (one.row, order[one.key])):
            yield imports.problem(fault, letters=self.letters, sheet=self.sheet)


class _Undone(Exception):
    """Somebody entered one of the numbers in between; everything is taken back."""


@dataclass
class Import:
    """One file on its way in."""

    source: str
    owner: Organisation
    by: User | None
    now: datetime
    progress: Progress
    outcome: Outcome
    kept: IO[bytes]

    def __post_init__(self) -> None:
        desk = Desk()
        self.receiving = Receiving(self.source, self.owner, self.by, None, self.now, desk)
        self.reader = imports.Reader(self.source)

    def check(self, content: Stream) -> None:
        """Find every error; writes nothing."""
        first: dict[str, int] = {}
        total = 2 * content.count()
        rows = content.rows()
        while some := list(islice(rows, CHUNK)):
            self._check(some, first)
            self.outcome.rows += len(some)
            self.progress(self.outcome.rows, total)
            if len(self.outcome.faults) > FAULTS:
                break

    def _check(self, rows: list[tuple[int, dict[str, Any]]], first: dict[str, int]) -> None:
        faults, records = self.outcome.faults, []
        for line, raw in rows:
            taken = self.reader.taken(line, raw, now=self.now)
            faults += taken.faults
            number = taken.record.number
            if number in first:
                faults.append(imports.twice(line, first[number], number))
                continue
            first[number] = line
            records.append((line, raw, taken))
        results, fits = self.receiving.check([taken.record for _line, _raw, taken in records])
        if not self.outcome.dry_run and not faults:
            self._keep(fits)
        words = self.receiving.desk.words
        for (line, raw, taken), result in zip(records, results, strict=True):
            if result.status == STANDING and not taken.faults:
                self.outcome.unchanged += 1
            faults += imports.judged(line, taken, result.errors, raw, words=words)

    def _keep(self, fits: list[Fit]) -> None:
        """Put aside what is in order until all is known to be: on disk, without a name."""
        pickle.dump(fits, self.kept, protocol=pickle.HIGHEST_PROTOCOL)

    def _kept(self) -> Iterator[list[Fit]]:
        end = self.kept.tell()
        self.kept.seek(0)
        while self.kept.tell() < end:
            yield pickle.load(self.kept)

    def _together(self) -> Iterator[list[Fit]]:
        """Several of these at once: at the end of each the server is waited for."""
        kept = self._kept()
        while some := list(islice(kept, TOGETHER)):
            yield list(chain.from_iterable(some))

    def write(self) -> None:
        """Enter everything in one transaction."""
        # The last word before the transaction: inside it nobody would hear any.
        self.progress(self.outcome.rows, 2 * self.outcome.rows)
        created = 0
        with transaction.atomic():
            for fits in self._together():
                if not self.receiving.enter(fits):
                    raise _Undone
                created += len(fits)
            audit.record(
                "case.import",
                self.owner,
                by=self.by,
                now=self.now,
                organisation=self.owner,
                source=self.source,
                rows=self.outcome.rows,
                created=created,
            )
        self.outcome.created = created
        # Too late to give up: everything stands.
        with suppress(Cancelled):
            self.progress(2 * self.outcome.rows, 2 * self.outcome.rows)


def import_cases(
    upload: IO[bytes],
    *,
    name: str,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
    dry_run: bool = False,
    with_copy: bool = False,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Check a file of cases and enter them, all or none; ``dry_run`` only checks.

    ``with_copy`` adds a marked copy to an outcome with errors. Never raises for what is in the
    file; ``Refused`` where the person may not register cases for the owner.
    """
    may_register(by, owner)
    with _few_searches_for_circles(), stream.opened(imports.form(), upload, name=name) as content:
        for _attempt in range(2):
            outcome = Outcome(dry_run=dry_run)
            with tempfile.TemporaryFile() as kept, suppress(_Undone):
                _settle(Import(source, owner, by, now, progress, outcome, kept), content)
                break
        if with_copy and not outcome.ok:
            outcome.copy = marked_copy(content, outcome)
        return outcome


@contextmanager
def _few_searches_for_circles() -> Iterator[None]:
    usual = gc.get_threshold()
    gc.set_threshold(max(usual[0], LOOKED_FOR_EVERY), *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _settle(work: Import, content: Stream) -> None:
    """Check a file and enter it where nothing is wrong. Raises ``_Undone``."""
    outcome = work.outcome
    if content.readable:
        outcome.sheet, outcome.letters = content.heading.sheet, content.letters  # type: ignore[union-attr]
        work.check(content)
    outcome.problems = [*content.problems, *imports.none_at_all(content, outcome.rows)]
    if outcome.ok and not outcome.dry_run:
        work.write()


def marked_copy(content: Stream, outcome: Outcome) -> bytes:
    """The rows that came in with every error at its cell; of a long file those with an error."""
    problems = list(outcome.listed())
    wrong = {problem.row for problem in problems}
    chosen = (
        (line, cells)
        for line, cells in content.cells()
        if outcome.rows <= COPY_ROWS or line in wrong
    )
    raw = [content.head, *islice(chosen, COPY_ROWS)] if content.head else []
    shown = {line for line, _cells in raw if line}
    kept = [problem for problem in problems if not problem.row or problem.row in shown]
    read = Read([], kept, raw=raw, sheet=outcome.sheet)
    return imports.form().error_copy(read, kept)
