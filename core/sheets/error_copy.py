"""What came in, written anew: every problem marked at its cell and listed on a sheet of its own.

Nothing of the uploaded file is trusted: only the values that the child read are written again, and
text is written as text. The copy can be corrected and uploaded again.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from core import workbooks
from core.sheets import book
from core.sheets.checks import Problem, letter_of
from core.sheets.definition import FIRST_DATA_ROW, HEADER_ROW, Form
from core.sheets.headings import locate
from core.sheets.reader import Read, read
from core.sheets.template import AUTHOR, add_meta, dress

COMMENT_LIMIT = 1000


def build(form: Form, upload: IO[bytes] | Read, problems: Sequence[Problem] = ()) -> bytes:
    """The marked copy of an upload, or of what ``read`` gave for it."""
    found = (
        upload
        if isinstance(upload, Read)
        else read(form, upload, name=getattr(upload, "name", "") or "")
    )
    problems = list(problems) or found.problems
    workbook = Workbook()
    sheet: Worksheet = workbook.active  # type: ignore[assignment]
    sheet.title = form.sheet_name
    _values(sheet, form, found)
    mark_problems(sheet, problems)
    list_problems(workbook.create_sheet(_("问题清单"), 0), problems)
    add_meta(workbook, form)
    return workbooks.saved(workbook)


def _values(sheet: Worksheet, form: Form, found: Read) -> None:
    if not found.raw:
        for index, column in enumerate(form.columns, start=1):
            book.head(book.put(sheet, HEADER_ROW, index, column.heading), required=column.required)
            dress(sheet, index, column)
        return
    for number, cells in found.raw:
        for index, value in enumerate(cells, start=1):
            if value is not None:
                book.put(sheet, number, index, value)
    heading = locate(form, found.raw, sheet=form.sheet_name)
    for key, index in heading.places.items():
        column = form.column(key)
        dress(sheet, index + 1, column)
        if heading.row:
            book.head(sheet.cell(row=heading.row, column=index + 1), required=column.required)  # type: ignore[arg-type]
    row = (heading.row or FIRST_DATA_ROW - 1) + 1
    sheet.freeze_panes = sheet.cell(row=row, column=1)


def mark_problems(sheet: Worksheet, problems: Sequence[Problem]) -> None:
    """Fill and comment each problem's cell; several problems of a cell share one comment."""
    texts: dict[str, list[str]] = {}
    fills: dict[str, PatternFill] = {}
    for problem in problems:
        if not problem.row:
            continue
        cell = problem.cell or f"A{problem.row}"
        texts.setdefault(cell, []).append(f"{problem.message}。{problem.remedy}")
        if problem.severity == "hard":
            fills[cell] = book.HARD_FILL
        else:
            fills.setdefault(cell, book.SOFT_FILL)
    for cell, lines in texts.items():
        target: Any = sheet[cell]
        target.fill = fills[cell]
        comment = book.legal("\n".join(lines))[:COMMENT_LIMIT]
        target.comment = Comment(comment, AUTHOR, width=300, height=90)


def list_problems(sheet: Worksheet, problems: Sequence[Problem]) -> None:
    """Every problem with its place and remedy, one line each."""
    titles = [_("序号"), _("位置"), _("单元格"), _("问题"), _("处理办法"), _("性质"), _("填写内容")]
    widths = (6, 34, 10, 40, 50, 10, 24)
    for index, (title, width) in enumerate(zip(titles, widths, strict=True), start=1):
        book.head(book.put(sheet, 1, index, title))
        sheet.column_dimensions[letter_of(index)].width = width
    kinds = {"hard": _("必须改正"), "soft": _("须说明理由")}
    for number, problem in enumerate(problems, start=1):
        kind = kinds.get(problem.severity, "")
        entries = [number, problem.place, problem.cell, problem.message, problem.remedy, kind]
        for index, value in enumerate([*entries, problem.value], start=1):
            cell = book.put(sheet, number + 1, index, value)
            cell.alignment, cell.border = book.WRAP, book.GRID
            if index == 6:
                cell.fill = book.HARD_FILL if problem.severity == "hard" else book.SOFT_FILL
    sheet.freeze_panes = "A2"
