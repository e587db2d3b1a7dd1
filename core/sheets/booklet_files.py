"""A booklet as workbook: the official template, reading what comes back, the copy with the errors.

Each sheet is read by its own limited child process, as a single form is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import IO, TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.worksheet import Worksheet

from core import workbooks
from core.sheets import book
from core.sheets.checks import EVERY_PROBLEM, Problem
from core.sheets.definition import Form
from core.sheets.error_copy import list_problems, mark_problems
from core.sheets.reader import INSTRUCTIONS, Read, file_problem, read
from core.sheets.scan import column_number
from core.sheets.template import (
    LISTS_SHEET,
    add_meta,
    explain,
    fill_sheet,
    guidance_of,
)

if TYPE_CHECKING:
    from core.sheets.booklet import Booklet


@dataclass(frozen=True)
class ReadBooklet:
    """What came in, sheet by sheet, with all problems; unreadable: nothing may be taken over."""

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)
    reads: dict[str, Read] = field(default_factory=dict)
    unreadable: bool = False

    @property
    def mark(self) -> str:
        """What whoever gave the template out wrote into it; empty where it says nothing."""
        found = next(iter(self.reads.values()), None)
        return found.meta.get("mark", "") if found else ""

    def typed(self, name: str, form: Form) -> list[dict[str, Any]]:
        """The rows of a sheet with values that were refused as they had been typed."""
        found = self.reads[name]
        cells, letters = dict(found.raw), found.letters
        typed = []
        for line, row in zip(found.lines, found.rows, strict=False):
            kept = dict(row)
            for key, letter in letters.items():
                place = column_number(letter.encode()) - 1
                raw = cells[line][place] if place < len(cells[line]) else None
                if kept[key] is None and raw is not None:
                    kept[key] = raw
            typed.append(kept)
        return typed


def template(
    booklet: Booklet, rows: Mapping[str, Sequence[Mapping[str, Any]]], *, mark: str = ""
) -> bytes:
    """Every sheet with its header and rows, then the sheet that explains them all."""
    workbook = _filled(booklet, rows)
    _explain(workbook.create_sheet(INSTRUCTIONS), booklet)
    add_meta(workbook, booklet, mark=mark)
    return workbooks.saved(workbook)


def error_copy(
    booklet: Booklet,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    problems: Sequence[Problem],
) -> bytes:
    """The rows in the template's places, each problem marked at its cell and listed in front."""
    workbook = _filled(booklet, rows)
    for sheet in booklet.sheets:
        name = sheet.form.sheet_name
        mark_problems(workbook[name], [p for p in problems if p.sheet == name])
    list_problems(workbook.create_sheet(_("问题清单"), 0), problems)
    add_meta(workbook, booklet)
    return workbooks.saved(workbook)


def _filled(booklet: Booklet, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Workbook:
    workbook = Workbook()
    lists = workbook.active
    assert isinstance(lists, Worksheet)
    lists.title, offset = LISTS_SHEET, 0
    for place, sheet in enumerate(booklet.sheets):
        page = workbook.create_sheet(sheet.form.sheet_name, place)
        fill_sheet(page, lists, sheet.form, rows.get(sheet.name) or (), offset=offset)
        offset += len(sheet.form.columns)
    lists.sheet_state = "hidden"
    workbook.active = 0
    return workbook


def _explain(sheet: Worksheet, booklet: Booklet) -> None:
    """All sheets below each other, then what holds between them."""
    row = 1
    for part in booklet.sheets:
        title = book.put(sheet, row, 1, part.form.sheet_name)
        title.font = Font(name=book.FONT, size=14, bold=True)
        book.put(sheet, row + 1, 1, guidance_of(part.form)).alignment = Alignment(wrap_text=False)
        row = explain(sheet, part.form, row + 3, last=part is booklet.sheets[-1]) + 2
    rules = booklet.rules()
    if rules:
        book.put(sheet, row, 1, _("表间和跨期校验")).font = Font(name=book.FONT, bold=True)
        for number, text in enumerate(rules, start=1):
            book.put(sheet, row + number, 1, f"{number}. {text}")


def read_booklet(
    booklet: Booklet,
    upload: IO[bytes],
    *,
    name: str,
    past: Mapping[str, Any] | None = None,
    period: tuple[date, date] | None = None,
) -> ReadBooklet:
    """Read every sheet and check all of them together. Never raises for what is in the file."""
    if name.lower().endswith(".csv") and len(booklet.sheets) > 1:
        message = _("CSV 只能装一个工作表，这张报表有%(count)d个") % {"count": len(booklet.sheets)}
        wrong = file_problem("extension", message, _("请用 .xlsx 模板填报。"))
        return ReadBooklet(problems=[wrong], unreadable=True)
    reads: dict[str, Read] = {}
    for sheet in booklet.sheets:
        came = read(sheet.form, upload, name=name, limit=EVERY_PROBLEM, period=period)
        found = _own(sheet.form, came, len(booklet.sheets))
        if not found.raw and found.problems:
            return ReadBooklet(problems=list(found.problems), reads=reads, unreadable=True)
        if any(p.severity == "hard" and not p.row and not found.letters for p in found.problems):
            return ReadBooklet(problems=list(found.problems), reads=reads, unreadable=True)
        reads[sheet.name] = found
    rows = {name: found.rows for name, found in reads.items()}
    places = {n: {"lines": f.lines, "letters": f.letters} for n, f in reads.items()}
    problems = [problem for found in reads.values() for problem in found.problems]
    problems += booklet.across(rows, past=past or {}, places=places)
    notes = [note for found in reads.values() for note in found.notes]
    return ReadBooklet(rows=rows, problems=problems, notes=notes, reads=reads)


def _own(form: Form, found: Read, sheets: int) -> Read:
    """With several sheets another one that happens to stand alone is not taken for this one."""
    if sheets == 1 or not found.sheet or found.sheet == form.sheet_name:
        return found
    message = _("没有工作表“%(sheet)s”") % {"sheet": form.sheet_name}
    wrong = file_problem("no_sheet", message, _("请用本报表的模板填报，不要删改工作表名。"))
    return replace(found, rows=[], raw=[], problems=[wrong], letters={})
