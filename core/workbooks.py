"""Saving a workbook of openpyxl without its temporary files: it writes each sheet to one."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC
from typing import Any

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from core import clock


class InMemory(ExcelWriter):
    """openpyxl's own writer, each sheet kept in memory until it is in the archive."""

    def write_worksheet(self, ws: Any) -> None:
        if self.workbook.write_only:
            super().write_worksheet(ws)
            return
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        self._archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def saved(book: Workbook, *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """The workbook as .xlsx; ``ZIP_STORED`` for one whose archive is written anew."""
    out = io.BytesIO()
    book.properties.modified = clock.now().astimezone(UTC).replace(tzinfo=None)
    InMemory(book, zipfile.ZipFile(out, "w", compression, allowZip64=True)).save()
    return out.getvalue()
