"""Big exports: rows come one by one, text is never a formula, nothing is held in memory twice.

.xlsx by rustpy-xlsxwriter (ten times as fast as openpyxl; kept behind this module alone); .csv for
programs: an apostrophe stands before what a spreadsheet would run, and reading drops it again.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _
from rustpy_xlsxwriter import FastExcel, Format

from core import audit, watermark
from core.clock import ZONE
from core.sheets.book import DATE_FORMAT, INSTANT_FORMAT, legal, value_of
from core.sheets.definition import SHEET_NAME_FORBIDDEN, SHEET_NAME_LIMIT, Column

# Rows looked at to see which columns hold dates.
PEEK = 50
ROW_LIMIT = 1_048_575
RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Out:
    """A column of an export: which value, under which heading. ``width`` in characters.

    ``type`` is "date" for days and "instant" for points in time; left empty, it is seen from the
    first rows.
    """

    key: str
    label: str
    width: int = 16
    type: str = ""


Columns = Sequence[Column | Out | tuple[str, str]]


def write(
    columns: Columns,
    rows: Iterable[Mapping[str, Any]],
    *,
    sheet: str = "",
    taken_by: Any = None,
    now: datetime | None = None,
) -> bytes:
    """An .xlsx workbook with one sheet. Raises ValueError beyond Excel's 1,048,575 rows.

    ``taken_by`` and ``now``: who takes the copy and when, on every printed page, in the file's
    properties, and in the audit trail with the number of rows (S2-6.1.3).
    """
    buffer = io.BytesIO()
    if taken_by is None or now is None:
        write_to(buffer, columns, rows, sheet=sheet)
        return buffer.getvalue()
    mark, counted = watermark.of(taken_by, now=now), Counted(rows, len(columns))
    write_to(buffer, columns, counted, sheet=sheet, mark=mark)
    audit.record(
        "copy.take", None, by=taken_by, now=now, what=sheet or _("数据"), count=counted.count
    )
    return watermark.into_properties(buffer.getvalue(), mark, now=now)


class Counted:
    """Rows that are counted as they pass; a closing line that fills one of several columns is
    none."""

    def __init__(self, rows: Iterable[Mapping[str, Any]], columns: int) -> None:
        self._rows, self._columns, self.count = rows, columns, 0

    def __iter__(self) -> Iterator[Mapping[str, Any]]:
        for row in self._rows:
            self.count += len(row) > 1 or self._columns == 1
            yield row


def write_to(
    target: BinaryIO,
    columns: Columns,
    rows: Iterable[Mapping[str, Any]],
    *,
    sheet: str = "",
    mark: str = "",
) -> None:
    """As ``write``, into a file opened for writing (a temporary file for the biggest).

    ``mark`` stands in header and footer of every printed page.
    """
    outs = as_outs(columns)
    source = iter(rows)
    first = list(islice(source, PEEK))
    outs = [replace(out, type=out.type or _seen_type(out, first)) for out in outs]
    formats = {"date": DATE_FORMAT, "instant": INSTANT_FORMAT}
    book = FastExcel(target).freeze(row=1)
    book.sheet(
        sheet_name(sheet or _("数据")),
        _records(outs, chain(first, source)),
        column_widths={out.label: float(out.width) for out in outs},
        column_formats={
            out.label: Format().set_num_format(formats[out.type])
            for out in outs
            if out.type in formats
        }
        or None,
        page_setup=watermark.page_setup(mark) if mark else None,
        header_format=Format().set_bold().set_background_color("#E8EEF7").set_border("thin"),
    )
    book.save()


def write_csv(columns: Columns, rows: Iterable[Mapping[str, Any]]) -> Iterator[bytes]:
    """A CSV in UTF-8 with its mark, piece by piece, for a streaming response."""
    outs = as_outs(columns)
    buffer = io.StringIO()
    lines = csv.writer(buffer)
    lines.writerow([guarded(out.label) for out in outs])
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(rows):
        lines.writerow([_csv_value(row.get(out.key)) for out in outs])
        if number % 200 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def guarded(text: str) -> str:
    """Text that no spreadsheet takes for a formula. Plain numbers such as -5 stay as they are."""
    if RISKY.match(text) and not NUMBER.fullmatch(text):
        return "'" + text
    return text


def sheet_name(name: str) -> str:
    """A name that Excel takes for a sheet."""
    clean = "".join(" " if char in SHEET_NAME_FORBIDDEN else char for char in name).strip(" '")
    return clean[:SHEET_NAME_LIMIT] or "Sheet1"


def as_outs(columns: Columns) -> list[Out]:
    """Columns of every form as ``Out``; a heading that comes twice is numbered."""
    outs: list[Out] = []
    seen: dict[str, int] = {}
    for column in columns:
        if isinstance(column, tuple):
            out = Out(*column)
        elif isinstance(column, Column):
            unit = f"（{column.unit}）" if column.unit else ""
            out = Out(column.key, column.label + unit, column.width or 16, column.type)
        else:
            out = column
        seen[out.label] = seen.get(out.label, 0) + 1
        if seen[out.label] > 1:
            out = replace(out, label=f"{out.label} {seen[out.label]}")
        outs.append(out)
    return outs


def _records(outs: list[Out], rows: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Rows as the writer wants them; an empty export still has its headings."""
    number = 0
    for row in rows:
        number += 1
        if number > ROW_LIMIT:
            raise ValueError(_("行数超过 Excel 上限 %(limit)d") % {"limit": ROW_LIMIT})
        yield {out.label: _plain(row.get(out.key), out.type) for out in outs}
    if not number:
        yield {out.label: None for out in outs}


def _seen_type(out: Out, first: Sequence[Mapping[str, Any]]) -> str:
    """ "date" or "instant" where every value of the first rows is one."""
    kinds = {type(row.get(out.key)) for row in first} - {type(None)}
    if kinds == {datetime}:
        return "instant"
    return "date" if kinds == {date} else ""


def _plain(value: Any, type_: str) -> Any:
    kind = type(value)
    if value is None or kind is float:
        return value
    if kind is bool:
        return _("是") if value else _("否")
    if isinstance(value, date) and type_ not in ("date", "instant"):
        # The writer gives a whole column the format of dates as soon as it sees one, numbers too.
        return value_of(value).isoformat(*([" "] if kind is datetime else []))
    return value_of(value)


def _csv_value(value: Any) -> Any:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, (int, float, Decimal)):
        return value
    if isinstance(value, datetime) and value.tzinfo:
        return value.astimezone(ZONE).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return guarded(legal(str(value)))


def _taken(buffer: io.StringIO) -> bytes:
    piece = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return piece
