"""Writing cells with openpyxl so that text stays text."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from core.clock import ZONE

# XML 1.0 allows none of these; openpyxl would stop half-way through a file.
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udfff]")
TEXT_LIMIT = 32_767
TEXT_FORMAT = "@"
DATE_FORMAT = "yyyy-mm-dd"
INSTANT_FORMAT = "yyyy-mm-dd hh:mm"
# 15 digits is what Excel keeps of a number; longer ones are written as text.
EXACT = 10**15

FONT = "微软雅黑"
LINE = Side(style="thin", color="C9D1DB")
GRID = Border(left=LINE, right=LINE, top=LINE, bottom=LINE)
HEAD_FILL = PatternFill("solid", fgColor="E8EEF7")
REQUIRED_FILL = PatternFill("solid", fgColor="FCE8E0")
HARD_FILL = PatternFill("solid", fgColor="F8C9C4")
SOFT_FILL = PatternFill("solid", fgColor="FCEBB6")
WRAP = Alignment(wrap_text=True, vertical="top")
CENTRE = Alignment(horizontal="center", vertical="center", wrap_text=True)


def legal(text: str) -> str:
    """Text as a cell can hold it."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return ILLEGAL.sub("", text)[:TEXT_LIMIT]


def value_of(value: Any) -> Any:
    """A value as a cell takes it: numbers that Excel would spoil become text."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int) and abs(value) >= EXACT:
        return str(value)
    if isinstance(value, Decimal):
        return float(value) if value.is_finite() and abs(value) < EXACT else str(value)
    if isinstance(value, datetime):
        return (value.astimezone(ZONE) if value.tzinfo else value).replace(tzinfo=None)
    if isinstance(value, (int, float, date)):
        return value
    return legal(str(value))


def put(sheet: Worksheet, row: int, column: int, value: Any) -> Cell:
    """Write one cell; a text is a text whatever it begins with."""
    cell: Cell = sheet.cell(row=row, column=column)  # type: ignore[assignment]
    value = value_of(value)
    cell.value = value
    if isinstance(value, str):
        cell.data_type = "s"
        if value[:1] in ("=", "+", "-", "@"):
            # so that it stays a text when somebody edits the cell and presses Enter
            cell.number_format = TEXT_FORMAT
    return cell


def head(cell: Cell, *, required: bool = False) -> None:
    """Make a cell look like a header."""
    cell.font = Font(name=FONT, bold=True, size=10.5)
    cell.fill = REQUIRED_FILL if required else HEAD_FILL
    cell.alignment = CENTRE
    cell.border = GRID
