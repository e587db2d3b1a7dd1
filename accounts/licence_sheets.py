"""Licences from a workbook: every error at its cell, and all of it or nothing (S2-1b)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.services.licences import enter_licence
from core.errors import Refused
from core.sheets import Form, Problem, load_form
from core.sheets.reader import Read

FILE = Path(__file__).parent / "catalogue" / "imports" / "licences.yaml"


@cache
def form() -> Form:
    return load_form(FILE)


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def take(
    upload: IO[bytes], *, by: User, now: datetime, name: str = ""
) -> tuple[int, list[Problem]]:
    """Enter a file; how many licences, or everything that is wrong with it."""
    read = form().read(upload, name=name)
    problems = [one for one in read.problems if one.severity == "hard"]
    if not problems and not read.rows:
        problems = [_problem(read, 0, "code", _("文件里没有数据"))]
    if problems:
        return 0, problems
    try:
        with transaction.atomic():
            for place, row in enumerate(read.rows):
                problems += _enter(read, place, row, by=by, now=now)
            if problems:
                raise _Undone
    except _Undone:
        return 0, problems
    return len(read.rows), []


def _enter(
    read: Read, place: int, row: Mapping[str, Any], *, by: User, now: datetime
) -> list[Problem]:
    said = {name: "" if value is None else value for name, value in row.items()}
    for name in ("issued_on", "valid_from", "valid_to"):
        said[name] = date.fromisoformat(said[name])
    seen = Organisation.objects.visible_to(by, Permission.ORGANISATION_MANAGE)
    unit = seen.filter(code=said.pop("code")).first()
    if unit is None:
        return [_problem(read, place, "code", _("没有这个单位，或者不由您维护"))]
    try:
        with transaction.atomic():
            enter_licence(organisation=unit, **said, by=by, now=now)
    except (Refused, PermissionDenied) as reason:
        return [_problem(read, place, "number", str(reason))]
    return []


def _problem(read: Read, place: int, key: str, message: str) -> Problem:
    column = form().by_key[key]
    line = read.lines[place] if place < len(read.lines) else 0
    letter = read.letters.get(key, "")
    return Problem(
        sheet=read.sheet or form().sheet_name,
        row=line,
        column=column.label,
        cell=f"{letter}{line}" if letter and line else "",
        rule="record",
        message=message.rstrip("。"),
        remedy=column.help or _("请改正后重新导入。"),
        key=key,
    )
