"""A workbook of outage notices: every error at once, and all of it or nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from core import audit
from core.errors import Conflict, Refused
from core.sheets import Problem
from core.sheets.reader import Read
from reporting import outage_records, outage_sheets
from reporting.outage_records import Record
from reporting.queries.outages import Rulebook
from reporting.services import outages

if TYPE_CHECKING:
    from accounts.models import User


@dataclass
class Outcome:
    """What became of a workbook."""

    read: Read
    created: int = 0
    unchanged: int = 0
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def take(
    upload: IO[bytes], *, organisation: Organisation, by: User, now: datetime, name: str = ""
) -> Outcome:
    """Enter the notices of a workbook for a unit. Raises ``Refused`` where the person may not."""
    if why_not := outages.refusal(organisation, by=by):
        raise Refused(why_not)
    read = outage_sheets.form().read(upload, name=name)
    outcome = Outcome(read, problems=[one for one in read.problems if one.severity == "hard"])
    if not outcome.problems and not read.rows:
        outcome.problems.append(
            outage_sheets.problem(read, 0, "number", "min_rows", _("文件里没有停限电信息"))
        )
    if not outcome.problems:
        _enter(outcome, organisation, by=by, now=now)
    return outcome


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def _enter(outcome: Outcome, organisation: Organisation, *, by: User, now: datetime) -> None:
    book = Rulebook()
    records = [_record(row, book) for row in outcome.read.rows]
    for place, record in enumerate(records):
        for key, message in outage_records.problems(record, now=now).items():
            outcome.problems.append(
                outage_sheets.problem(outcome.read, place, key, "record", message)
            )
    if outcome.problems:
        return
    try:
        with transaction.atomic():
            _file(outcome, records, organisation, book, by=by, now=now)
    except _Undone:
        outcome.created = outcome.unchanged = 0


def _record(row: dict, book: Rulebook) -> Record:
    begins = outage_sheets.day_of(row)
    return outage_sheets.record_of(row, book.on(begins)) if begins else Record(**row)


def _file(
    outcome: Outcome,
    records: list[Record],
    organisation: Organisation,
    book: Rulebook,
    *,
    by: User,
    now: datetime,
) -> None:
    for place, record in enumerate(records):
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
