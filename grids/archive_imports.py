"""Files of archives: all rows or none, every error at its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit, clock, masking
from core.errors import Refused
from core.sheets import Problem
from core.sheets.reader import Read
from grids.imports import Outcome, fault, form
from grids.services import archives
from grids.services.archives import AtField

KIND = "archives"


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def take(
    upload: IO[bytes], *, organisation: Organisation, by: User, now: datetime, name: str = ""
) -> Outcome:
    """Enter the archives of a file. Raises ``Refused`` where the person may not."""
    if why_not := archives.refusal(organisation, by=by):
        raise Refused(why_not)
    read = form(KIND).read(upload, name=name)
    problems = [_hidden(one) for one in read.problems if one.severity == "hard"]
    outcome = Outcome(problems=problems)
    if not read.rows and not outcome.problems:
        outcome.problems.append(fault(form(KIND), read, 0, "", _("文件里没有数据")))
    if outcome.problems:
        return outcome
    try:
        with transaction.atomic():
            for index, row in enumerate(read.rows):
                _enter(outcome, read, index, row, organisation, by=by, now=now)
            if outcome.problems:
                raise _Undone
            audit.record(
                "archive.import",
                organisation,
                by=by,
                now=now,
                organisation=organisation,
                count=outcome.count,
            )
    except _Undone:
        outcome.count = 0
    return outcome


def _hidden(problem: Problem) -> Problem:
    column = form(KIND).by_key.get(problem.key)
    if column is None or not column.personal:
        return problem
    return replace(problem, value=masking.mask(column.personal, problem.value))


def _enter(
    outcome: Outcome,
    read: Read,
    index: int,
    row: Mapping[str, Any],
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
) -> None:
    said = {key: value or "" for key, value in row.items()}
    number, day = said.pop("number"), said.pop("checked_on")
    checked_on = date.fromisoformat(day) if day else None
    if checked_on is not None and checked_on > clock.day_of(now):
        text = _("核对日期晚于今天")
        outcome.problems.append(fault(form(KIND), read, index, "checked_on", text))
        return
    try:
        archives.enter(organisation, number, said, checked_on=checked_on, by=by, now=now)
    except AtField as wrong:
        outcome.problems.append(fault(form(KIND), read, index, wrong.field, str(wrong)))
    except Refused as refused:
        outcome.problems.append(fault(form(KIND), read, index, "number", str(refused)))
    else:
        outcome.count += 1
