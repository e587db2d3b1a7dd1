"""The official template filled in with very many rows: the empty one, whose sheet gets the rows as
XML while it is written into the archive. Cell by cell openpyxl would take minutes and gigabytes.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import IO, Any
from xml.sax.saxutils import escape

import openpyxl
from django.utils.translation import gettext as _

from core import watermark
from core.sheets import book
from core.sheets.checks import letter_of
from core.sheets.definition import FIRST_DATA_ROW, Column, Form

SHEET = "xl/worksheets/sheet1.xml"
END = b"</sheetData>"
COLUMN = re.compile(rb"<col [^>]*?/>")
ATTRIBUTE = re.compile(rb'(min|max|style)="(\d+)"')
# Rows written at a time.
PIECE = 2_000
# Level of compression: 1 takes a third of the time of 6 and makes the file a fifth longer.
LEVEL = 1


def write(
    form: Form,
    rows: Iterable[Mapping[str, Any]],
    target: IO[bytes],
    *,
    mark: str = "",
    now: datetime | None = None,
) -> None:
    """The template of a form with the rows in stored form, into a file opened for writing.

    ``mark`` and ``now``: who takes it and when, on printed pages and in the file's properties.
    """
    content = form.template()
    if mark and now is not None:
        content = _marked(content, mark, now)
    empty = zipfile.ZipFile(io.BytesIO(content))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as archive:
        for info in empty.infolist():
            content = empty.read(info)
            if info.filename != SHEET:
                archive.writestr(info.filename, content)
                continue
            head, end, tail = content.partition(END)
            with archive.open(info.filename, "w", force_zip64=True) as sheet:
                sheet.write(re.sub(rb"<dimension [^>]*/>", b"", head))
                for piece in _pieces(form, rows, styles=_styles(head)):
                    sheet.write(piece)
                sheet.write(end + tail)


def _marked(content: bytes, mark: str, now: datetime) -> bytes:
    """The empty template with whose copy it is."""
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    for sheet in workbook.worksheets:
        sheet.oddHeader.right.text = mark.replace("&", "&&")[: watermark.HEADER_LIMIT]
    made = io.BytesIO()
    workbook.save(made)
    return watermark.into_properties(made.getvalue(), mark, now=now)


def _styles(head: bytes) -> dict[int, int]:
    """Number of a column → style of its cells."""
    found = {}
    for match in COLUMN.finditer(head):
        facts = {name: int(value) for name, value in ATTRIBUTE.findall(match[0])}
        for number in range(facts[b"min"], facts[b"max"] + 1):
            found[number] = facts.get(b"style", 0)
    return found


def _pieces(
    form: Form, rows: Iterable[Mapping[str, Any]], *, styles: Mapping[int, int]
) -> Iterator[bytes]:
    cells = [
        (column.key, _cell(column, letter_of(number), styles.get(number, 0)))
        for number, column in enumerate(form.columns, start=1)
    ]
    source = enumerate(rows, start=FIRST_DATA_ROW)
    while some := list(islice(source, PIECE)):
        lines = []
        for number, row in some:
            shown = [
                cell(str(number), value)
                for key, cell in cells
                if (value := row.get(key)) is not None and value != ""
            ]
            lines.append(f'<row r="{number}">{"".join(shown)}</row>')
        yield "".join(lines).encode()


def _cell(column: Column, letter: str, style: int) -> Callable[[str, Any], str]:
    """Writes a value of a column as people would have typed it."""
    if column.type in ("int", "decimal"):
        return lambda row, value: f'<c r="{letter}{row}" s="{style}"><v>{value}</v></c>'
    yes, no = _("是"), _("否")
    head = f'" s="{style}" t="inlineStr"><is><t xml:space="preserve">'

    def text(row: str, value: Any) -> str:
        if value is True or value is False:
            value = yes if value else no
        shown = str(value)
        if not shown.isalnum():
            shown = escape(book.legal(shown))
        return f'<c r="{letter}{row}{head}{shown}</t></is></c>'

    return text
