"""A workbook of a plan's rows on its way in: read by a limited child, checked, stored all or none.

Everything hard keeps it out; what is soft comes in and wants a reason before the plan is certified.
"""

from __future__ import annotations

import io
import pickle
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.jobs import Cancelled
from core.sheets import Problem, stream, writer
from core.sheets.definition import Form
from core.sheets.reader import Read, file_problem
from core.sheets.stream import Stream
from reporting.models import OrderedUsePlan
from reporting.plans import reading
from reporting.plans.findings import Finding
from reporting.plans.table_checks import TableChecks
from reporting.services.plans import checking
from reporting.services.plans.drafting import PIECE, open_for, put_rows, rules_of

if TYPE_CHECKING:
    from accounts.models import User

# Up to so many the rows come back marked cell by cell; more are listed in one long table.
COPY_ROWS = 2000
# Errors of one workbook that are looked for; one with more has one cause that repeats.
FAULTS = 200_000

Progress = Callable[[int, int], None]


@dataclass
class Outcome:
    """What became of a workbook. ``problems`` concern the file or its header."""

    form: Form
    source: str
    rows: int = 0
    problems: list[Problem] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    sheet: str = ""
    letters: dict[str, str] = field(default_factory=dict)
    stored: bool = False
    copy: bytes = b""

    @property
    def ok(self) -> bool:
        """Whether nothing hard stood against it."""
        return not self.problems and not any(one.hard for one in self.findings)

    @property
    def count(self) -> int:
        """How many errors there are, hard ones and others."""
        return len(self.problems) + len(self.findings)

    def listed(self) -> Iterator[Problem]:
        """Every error with sheet, cell, rule and remedy, in the order of the file."""
        yield from self.problems
        order = {column.key: n for n, column in enumerate(self.form.columns)}
        for one in sorted(self.findings, key=lambda f: (f.line, order.get(f.key, 0))):
            yield self._problem(one)

    def _problem(self, one: Finding) -> Problem:
        told = one.as_dict(source=self.source)
        letter, column = self.letters.get(one.key, ""), self.form.by_key.get(one.key)
        return Problem(
            sheet=self.sheet,
            row=one.line,
            column=column.label if column else "",
            cell=f"{letter}{one.line}" if letter and one.line else "",
            rule=f"{told['rule']}（{told['source']}）",
            message=told["message"],
            remedy=told["remedy"],
            severity=told["severity"],
            key=one.key,
        )


@dataclass
class Import:
    """One workbook being read and checked; its rows are kept on disk until all are known."""

    plan: OrderedUsePlan
    outcome: Outcome
    checks: TableChecks
    progress: Progress
    kept: IO[bytes]

    def check(self, content: Stream) -> None:
        """Find every error; writes nothing."""
        outcome, taker = self.outcome, reading.Taker(self.outcome.form)
        total, source = 2 * content.count(), content.rows()
        while some := list(islice(source, PIECE)):
            rows = []
            for line, raw in some:
                row, wrong = taker.taken(line, raw)
                found = reading.silenced(self.checks.row(line, row), wrong)
                outcome.findings += found
                rows.append(row | {"line": line})
            pickle.dump(rows, self.kept, protocol=pickle.HIGHEST_PROTOCOL)
            outcome.rows += len(some)
            self.progress(outcome.rows, total)
            if len(outcome.findings) > FAULTS:
                return
        if not any(one.code == "cell" for one in outcome.findings):
            outcome.findings += self.checks.finish()

    def rows(self) -> Iterator[Mapping[str, Any]]:
        """The rows that were kept."""
        end = self.kept.tell()
        self.kept.seek(0)
        while self.kept.tell() < end:
            yield from pickle.load(self.kept)


def import_rows(
    upload: IO[bytes],
    *,
    name: str,
    plan: OrderedUsePlan,
    by: User,
    now: datetime,
    with_copy: bool = False,
    progress: Progress = lambda done, total: None,
) -> Outcome:
    """Check a workbook of rows and store them in place of the plan's, all or none.

    Never raises for what is in the file; ``Refused`` where the person may not change the plan.
    """
    with transaction.atomic():
        plan = open_for(plan, by=by)
    rules = rules_of(plan)
    form = reading.form_of(rules)
    outcome = Outcome(form, rules.source)
    with (
        stream.opened(form, upload, name=name) as content,
        tempfile.TemporaryFile() as kept,
    ):
        work = Import(plan, outcome, checking.table_checks(plan, rules), progress, kept)
        if content.readable:
            outcome.sheet, outcome.letters = content.heading.sheet, content.letters  # type: ignore[union-attr]
            work.check(content)
        outcome.problems = [*content.problems, *_none_at_all(content, outcome)]
        if outcome.ok:
            _store(work, by=by, now=now)
        elif with_copy:
            outcome.copy = marked_copy(content, outcome)
    return outcome


def _none_at_all(content: Stream, outcome: Outcome) -> Iterator[Problem]:
    if content.readable and not outcome.rows and not content.problems:
        yield file_problem(
            "min_rows",
            _("文件里没有方案明细"),
            _("请从表头下一行起填写“%(title)s”。") % {"title": outcome.form.title},
        )


def _store(work: Import, *, by: User, now: datetime) -> None:
    """Write all rows in one transaction, with what the check found."""
    try:
        work.progress(work.outcome.rows, 2 * work.outcome.rows)
    except Cancelled:
        raise
    with transaction.atomic():
        plan = put_rows(plan=work.plan, rows=work.rows(), by=by, now=now)
        found = [*checking.on_the_whole(plan, work.checks.sums), *work.outcome.findings]
        checking.keep(plan, found, digest=checking.digest_of(plan), now=now)
    work.outcome.stored = True


def marked_copy(content: Stream, outcome: Outcome) -> bytes:
    """What came in with every error: marked at its cell, or, of a long file, row by row."""
    problems = list(outcome.listed())
    wrong = {problem.row for problem in problems}
    if outcome.rows <= COPY_ROWS and len(problems) <= COPY_ROWS:
        raw = [content.head, *content.cells()] if content.head else []
        read = Read([], problems, raw=raw, sheet=outcome.sheet)
        return outcome.form.error_copy(read, problems)
    return _long_copy(content, outcome, problems, wrong)


def _long_copy(
    content: Stream, outcome: Outcome, problems: list[Problem], wrong: set[int]
) -> bytes:
    """One row per error: what is wrong, what to do, and the row as it came in."""
    rows = dict(row for row in content.rows() if row[0] in wrong)
    own = [
        ("_place", _("位置"), 34),
        ("_message", _("问题"), 40),
        ("_remedy", _("处理办法"), 40),
        ("_kind", _("性质"), 12),
    ]
    columns = [*own, *((c.key, c.heading, 14) for c in outcome.form.columns)]
    kinds = {"hard": _("必须改正"), "soft": _("须说明理由")}
    target = io.BytesIO()
    entries = (
        {
            **rows.get(problem.row, {}),
            "_place": problem.place,
            "_message": problem.message,
            "_remedy": problem.remedy,
            "_kind": kinds.get(problem.severity, ""),
        }
        for problem in problems
    )
    writer.write_to(target, columns, entries, sheet=_("问题清单"))
    return target.getvalue()
