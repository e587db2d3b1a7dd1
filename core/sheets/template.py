"""The official template of a form, as .xlsx: empty, or filled in with rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from core import workbooks
from core.sheets import book, wording
from core.sheets.checks import letter_of
from core.sheets.child import META_SHEET
from core.sheets.definition import FIRST_DATA_ROW, HEADER_ROW, Column, Form
from core.sheets.reader import INSTRUCTIONS

if TYPE_CHECKING:
    from core.sheets.booklet import Booklet

LISTS_SHEET = "_lists"
WIDTHS = {
    "int": 12,
    "decimal": 12,
    "date": 13,
    "instant": 18,
    "bool": 10,
    "choice": 14,
    "phone": 17,
    "email": 24,
}
AUTHOR = "portal"


def build(form: Form, rows: Iterable[Mapping[str, Any]] = ()) -> bytes:
    """Title, guidance, header with notes and drop-down lists, and a sheet that explains it all."""
    workbook = Workbook()
    sheet: Worksheet = workbook.active  # type: ignore[assignment]
    sheet.title = form.sheet_name
    lists = workbook.create_sheet(LISTS_SHEET)
    lists.sheet_state = "hidden"
    fill_sheet(sheet, lists, form, rows)
    _explain(workbook.create_sheet(INSTRUCTIONS), form)
    add_meta(workbook, form)
    return workbooks.saved(workbook)


def fill_sheet(
    sheet: Worksheet,
    lists: Worksheet,
    form: Form,
    rows: Iterable[Mapping[str, Any]],
    *,
    offset: int = 0,
) -> None:
    """Head, drop-down lists (in ``lists`` from column ``offset`` on) and rows of one form."""
    _head(sheet, form)
    for index, column in enumerate(form.columns, start=1):
        dress(sheet, index, column)
        _validate(sheet, lists, index, column, form, offset)
    for number, row in enumerate(rows, start=FIRST_DATA_ROW):
        for index, column in enumerate(form.columns, start=1):
            fill(sheet, number, index, column, row.get(column.key))


def dress(sheet: Worksheet, index: int, column: Column) -> None:
    """Width and number format of a whole column, so that typed numbers and dates come out right."""
    dimension = sheet.column_dimensions[letter_of(index)]
    dimension.width = column.width or WIDTHS.get(column.type, 0) or _text_width(column)
    dimension.number_format = _format(column)


def _text_width(column: Column) -> int:
    return max(len(column.heading) * 2 + 2, 30 if column.max_length > 60 else 16)


def _format(column: Column) -> str:
    if column.type in ("text", "phone", "email", "file", "choice"):
        return book.TEXT_FORMAT
    if column.type == "date":
        return book.DATE_FORMAT
    if column.type == "instant":
        return book.INSTANT_FORMAT
    if column.type == "decimal" and column.places:
        return "0." + "0" * column.places
    return "General"


def fill(sheet: Worksheet, row: int, index: int, column: Column, value: Any) -> None:
    """Write a stored value in the form in which people would have typed it."""
    if value is None:
        return
    if column.type == "bool" and isinstance(value, bool):
        value = _("是") if value else _("否")
    elif column.type in ("decimal", "date"):
        value = _typed(column, value)
    cell = book.put(sheet, row, index, value)
    cell.number_format = _format(column)


def _typed(column: Column, value: Any) -> Any:
    """A number or date as such; what was typed there and is neither, as it was typed."""
    try:
        if column.type == "decimal":
            return Decimal(str(value))
        return date.fromisoformat(value) if isinstance(value, str) else value
    except (ArithmeticError, ValueError):
        return value


def _head(sheet: Worksheet, form: Form) -> None:
    width = len(form.columns)
    title = book.put(sheet, 1, 1, form.title)
    title.font = Font(name=book.FONT, size=16, bold=True)
    title.alignment = book.CENTRE
    guidance = book.put(sheet, 2, 1, guidance_of(form))
    guidance.alignment = Alignment(wrap_text=True, vertical="center")
    guidance.font = Font(name=book.FONT, size=9, color="5A6675")
    if width > 1:
        for row in (1, 2):
            sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=width)
    sheet.row_dimensions[1].height = 30
    sheet.row_dimensions[2].height = 36
    sheet.row_dimensions[HEADER_ROW].height = 30
    for index, column in enumerate(form.columns, start=1):
        cell = book.put(sheet, HEADER_ROW, index, column.heading)
        book.head(cell, required=column.required)
        cell.comment = Comment(wording.note_of(column), AUTHOR, width=260, height=110)
    sheet.freeze_panes = sheet.cell(row=FIRST_DATA_ROW, column=1)
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{HEADER_ROW}:{HEADER_ROW}"


def guidance_of(form: Form) -> str:
    """The line under the title."""
    parts = [_("第 %(version)d 版") % {"version": form.version}]
    if form.clause:
        parts.append(_("依据 %(clause)s") % {"clause": form.clause})
    parts.append(_("带 * 的列必填；从第 %(row)d 行起填写") % {"row": FIRST_DATA_ROW})
    if form.help:
        parts.append(form.help)
    return " · ".join(parts)


def _validate(
    sheet: Worksheet, lists: Worksheet, index: int, column: Column, form: Form, offset: int
) -> None:
    options = column.choices or ((_("是"), _("否")) if column.type == "bool" else ())
    last = FIRST_DATA_ROW + form.max_rows - 1
    cells = f"{letter_of(index)}{FIRST_DATA_ROW}:{letter_of(index)}{last}"
    if options:
        for row, option in enumerate(options, start=1):
            book.put(lists, row, offset + index, option)
        letter = letter_of(offset + index)
        source = f"{LISTS_SHEET}!${letter}$1:${letter}${len(options)}"
        rule = DataValidation(type="list", formula1=source, allow_blank=True)
    elif column.type in ("int", "decimal"):
        rule = _bounded("whole" if column.type == "int" else "decimal", column)
    else:
        return
    rule.error = wording.note_of(column)[:220]
    rule.errorTitle = column.label[:30]
    rule.errorStyle = "warning"
    rule.showErrorMessage = True
    rule.add(cells)
    sheet.add_data_validation(rule)


def _bounded(kind: str, column: Column) -> DataValidation:
    low, high = column.min, column.max
    if low is not None and high is not None:
        return DataValidation(
            type=kind, operator="between", formula1=str(low), formula2=str(high), allow_blank=True
        )
    operator = "lessThanOrEqual" if high is not None else "greaterThanOrEqual"
    bound = high if high is not None else low if low is not None else -book.EXACT
    return DataValidation(type=kind, operator=operator, formula1=str(bound), allow_blank=True)


def _explain(sheet: Worksheet, form: Form) -> None:
    """The instruction sheet: every column and every rule, from the definition itself."""
    book.put(sheet, 1, 1, form.title).font = Font(name=book.FONT, size=14, bold=True)
    book.put(sheet, 2, 1, guidance_of(form)).alignment = Alignment(wrap_text=False)
    explain(sheet, form, 4, last=True)


def explain(sheet: Worksheet, form: Form, row: int, *, last: bool) -> int:
    """Columns and rules of a form from a row on; ``last``: with what holds for every file.

    Gives the row after them.
    """
    titles = [_("列"), _("必填"), _("填写要求"), _("选项、单位、范围"), _("说明"), _("示例")]
    for index, (title, width) in enumerate(
        zip(titles, (18, 8, 28, 44, 44, 20), strict=True), start=1
    ):
        book.head(book.put(sheet, row, index, title))
        sheet.column_dimensions[letter_of(index)].width = width
    row += 1
    for column in form.columns:
        required = _("是") if column.required else _("否")
        entries = [column.label, required, wording.type_of(column), wording.limits_of(column)]
        for index, text in enumerate([*entries, column.help, column.example], start=1):
            cell = book.put(sheet, row, index, text)
            cell.alignment, cell.border = book.WRAP, book.GRID
        row += 1
    row += 1
    notes = wording.rules_of(form)
    if last:
        notes += [
            _("公式按保存时的计算结果读取；合并单元格、宏、外部链接不接受"),
            _("列的顺序可以调整，不要增删列、改表头"),
        ]
    book.put(sheet, row, 1, _("校验规则")).font = Font(name=book.FONT, bold=True)
    for number, text in enumerate(notes, start=1):
        book.put(sheet, row + number, 1, f"{number}. {text}")
    return row + len(notes) + 1


def add_meta(workbook: Workbook, form: Form | Booklet, *, mark: str = "") -> None:
    """A very hidden sheet that says which form and version this is, and on what it stands."""
    meta = workbook.create_sheet(META_SHEET)
    meta.sheet_state = "veryHidden"
    entries = {"form": form.code, "version": str(form.version), "title": form.title}
    if mark:
        entries["mark"] = mark
    for row, (name, value) in enumerate(entries.items(), start=1):
        book.put(meta, row, 1, name)
        book.put(meta, row, 2, value)
