"""A workbook of outage notices: every error at once, and all of it or nothing."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from core import audit, files
from core.errors import Conflict, Refused
from core.models import StoredFile
from core.sheets import Problem
from core.sheets.reader import Read
from reporting import outage_sheets
from reporting.outage_records import Record
from reporting.queries.outages import Rulebook
from reporting.services import outages

if TYPE_CHECKING:
    from accounts.models import User

# What a row holds at least, to be judged.
BLANK = {"number": "", "kind": "计划停电", "area": ""}
COPY_PURPOSE = "outage-import-copy"


@dataclass
class Outcome:
    """What became of a workbook."""

    read: Read
    created: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)
    # What came in with every error marked at its cell; for whoever handed it in.
    copy: StoredFile | None = None

    @property
    def ok(self) -> bool:
        return not self.problems


def take(
    upload: IO[bytes], *, organisation: Organisation, by: User, now: datetime, name: str = ""
) -> Outcome:
    """Enter the notices of a workbook for a unit. Raises ``Refused`` where the person may not."""
    if why_not := outages.refusal(organisation, by=by):
        raise Refused(why_not)
    read = outage_sheets.reading().read(upload, name=name)
    outcome = Outcome(read, problems=[one for one in read.problems if one.severity == "hard"])
    if not outcome.problems and not read.rows:
        outcome.problems.append(
            outage_sheets.problem(read, 0, "number", "min_rows", _("文件里没有停限电信息"))
        )
    if read.rows:
        _enter(outcome, organisation, by=by, now=now)
    if outcome.problems and read.raw:
        outcome.copy = _marked(outcome, organisation, by=by, now=now)
    return outcome


def _marked(outcome: Outcome, organisation: Organisation, *, by: User, now: datetime) -> StoredFile:
    form = outage_sheets.reading()
    received = files.receive(
        io.BytesIO(form.error_copy(outcome.read, outcome.problems)),
        purpose=COPY_PURPOSE,
        name=_("%(title)s（标注错误）.xlsx") % {"title": form.title},
    )
    return files.enter(received, by=by, now=now, organisation=organisation)


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def _enter(outcome: Outcome, organisation: Organisation, *, by: User, now: datetime) -> None:
    book = Rulebook()
    records = [_record(row, book) for row in outcome.read.rows]
    # What a cell is told for already is not told again by what follows from it.
    told = {(one.row, one.key) for one in outcome.problems}
    for found in _wrong(outcome.read, records, organisation, now):
        if (found.row, found.key) not in told:
            outcome.problems.append(found)
    if outcome.problems:
        outcome.problems.sort(key=lambda one: one.row)
        return
    try:
        with transaction.atomic():
            _file(outcome, records, organisation, book, by=by, now=now)
    except _Undone:
        outcome.created = outcome.unchanged = 0


def _wrong(
    read: Read, records: list[Record | None], organisation: Organisation, now: datetime
) -> Iterator[Problem]:
    yield from outage_sheets.problems_of(read, organisation)
    for place, record in enumerate(records):
        if record is None:
            continue
        for key, message in outages.problems(record, organisation, now=now).items():
            yield outage_sheets.problem(read, place, key, "record", message)


def _record(row: dict, book: Rulebook) -> Record | None:
    """A row as a record; of one with mistakes what can be judged, nothing without its times."""
    begins = outage_sheets.day_of(row)
    if begins is None or not row.get("planned_end"):
        return None
    said = {name: value for name, value in row.items() if value not in (None, "")}
    return outage_sheets.record_of({**BLANK, **said}, book.on(begins))


def _file(
    outcome: Outcome,
    records: list[Record | None],
    organisation: Organisation,
    book: Rulebook,
    *,
    by: User,
    now: datetime,
) -> None:
    for place, record in enumerate(records):
        if record is None:
            continue
        try:
            filed = outages.file(record, organisation=organisation, by=by, now=now, book=book)
        except Conflict as conflict:
            outcome.problems.append(
                outage_sheets.problem(outcome.read, place, "number", "unique", str(conflict))
            )
            continue
        outcome.created += filed.new
        outcome.unchanged += not filed.new
    if outcome.problems:
        raise _Undone
    audit.record(
        "outage.import",
        organisation,
        by=by,
        now=now,
        organisation=organisation,
        created=outcome.created,
        unchanged=outcome.unchanged,
    )
