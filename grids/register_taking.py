"""Workbooks of registers: all rows or none, every error at its cell."""

from __future__ import annotations

from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit
from core.errors import Refused
from core.sheets.reader import Read
from grids.imports import Outcome, fault
from grids.models import GridMember, PowerGrid, Register, RegisterEntry
from grids.queries.registers import number_of
from grids.registers.definition import GRID, PARENT, STAFF
from grids.services import registers as services
from grids.services.registers import Fault, Faulty, Place

PLACES = (GRID, PARENT, STAFF)


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def take(
    register: Register,
    upload: IO[bytes],
    *,
    organisation: Organisation,
    by: User,
    now: datetime,
    name: str = "",
) -> Outcome:
    """Enter the rows of a workbook for a unit. Raises ``Refused`` where the person may not."""
    definition = register.definition
    if why_not := services.refusal(definition, organisation, by=by):
        raise Refused(why_not)
    form = definition.workbook
    read = form.read(upload, name=name)
    outcome = Outcome(problems=[one for one in read.problems if one.severity == "hard"])
    if outcome.problems:
        return outcome
    if not read.rows:
        outcome.problems.append(fault(form, read, 0, "", _("文件里没有数据")))
        return outcome
    try:
        with transaction.atomic():
            for index, row in enumerate(read.rows):
                _enter(outcome, read, index, register, row, organisation, by=by, now=now)
            if outcome.problems:
                raise _Undone
            audit.record(
                "register.import",
                organisation,
                by=by,
                now=now,
                organisation=organisation,
                what=register.code,
                count=outcome.count,
            )
    except _Undone:
        outcome.count = 0
    return outcome


def _enter(
    outcome: Outcome,
    read: Read,
    index: int,
    register: Register,
    row: Any,
    organisation: Organisation,
    *,
    by: User,
    now: datetime,
) -> None:
    form = register.definition.workbook
    values = {key: value for key, value in row.items() if key not in PLACES}
    try:
        with transaction.atomic():
            place = _place(register, row, organisation, by)
            services.enter(register=register, place=place, values=values, by=by, now=now)
    except Faulty as faulty:
        for one in faulty.faults:
            outcome.problems.append(fault(form, read, index, one.key, one.message, one.remedy))
    except Refused as refused:
        outcome.problems.append(fault(form, read, index, "", str(refused)))
    else:
        outcome.count += 1


def _place(register: Register, row: Any, organisation: Organisation, by: User) -> Place:
    """Where a row belongs. Raises ``Faulty``."""
    asked, faults = register.definition.options, []
    grid = parent = member = None
    unit = organisation
    if code := row.get(GRID):
        seen = PowerGrid.objects.visible_to(by).filter(code=code)
        if organisation.is_company:
            below = organisation.path
            seen = seen.filter(
                Q(enterprise__path__startswith=below) | Q(station__path__startswith=below)
            )
        if (grid := seen.select_related("enterprise", "station").first()) is None:
            faults.append(Fault(GRID, _("没有登记该电力网格")))
        elif organisation.is_company:
            unit = grid.organisation
    if number := row.get(PARENT):
        seen = RegisterEntry.objects.visible_to(by).filter(code__in=asked.of)
        parent = seen.filter(pk=number_of(number)).select_related("register").first()
        if parent is None or parent.number != number:
            faults.append(Fault(PARENT, _("没有该编号的条目")))
    if staff := row.get(STAFF):
        people = GridMember.objects.active().filter(
            staff_number=staff, organisation__path__startswith=organisation.path
        )
        if (member := people.select_related("organisation").first()) is None:
            faults.append(Fault(STAFF, _("登记单位没有该工号的人员")))
    if faults:
        raise Faulty(faults)
    return Place(unit, grid, parent, member)
