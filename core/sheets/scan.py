"""What the gate notes about worksheets while they pass: how far the values reach, which cells hold
a formula without a computed value, and which an error value (the parser shows both as empty).
No Django here."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from core.sheets.gate import Refusal

SMALL_PART = 1024 * 1024
FORMULAS_SHOWN = 200
OVERLAP = 4096
CELL = re.compile(rb'<c [^>]{0,100}?r="([A-Z]{1,3})(\d{1,7})"')
FAR_CELL = re.compile(rb'<c [^>]{0,100}?r="([A-Z]{2,3})(\d{1,7})"(?:[^>/]|/(?!>))*>\s*<(?:v|is)')
TWO_LETTERS = re.compile(rb'r="[A-Z]{2,3}\d')
ERROR = re.compile(
    rb'<c (?=[^>]{0,200}?t="e")[^>]{0,100}?r="([A-Z]{1,3}\d{1,7})"[^>]{0,200}>'
    rb"(?:\s*<f[^>]{0,200}(?:/>|>[^<]{0,3000}</f>))?\s*<v>([^<]{1,20})</v>"
)
BARE_FORMULA = re.compile(
    rb'<c [^>]{0,100}?r="([A-Z]{1,3}\d{1,7})"[^>]{0,200}>\s*'
    rb"<f[^>]{0,200}(?:/>|>[^<]{0,3000}</f>)\s*(?:<v\s*/>|<v></v>)?\s*</c>"
)


def column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


@dataclass
class Scan:
    """Notes on one worksheet part."""

    last_row: int = 0
    last_column: int = 0
    last_cell: str = ""
    bare_formulas: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    _tail: bytes = b""

    @property
    def is_whole(self) -> bool:
        """Whether the part ends as it should; the parser takes a part that is cut off for whole."""
        return b"worksheet>" in self._tail[-300:]

    def facts(self) -> dict[str, Any]:
        return {"formulas": self.bare_formulas, "errors": self.errors}

    def __call__(self, piece: bytes) -> None:
        window = self._tail + piece
        self._reach(window)
        if b"<f" in window and len(self.bare_formulas) < FORMULAS_SHOWN:
            for match in BARE_FORMULA.finditer(window):
                cell = match[1].decode()
                if cell not in self.bare_formulas[-50:]:
                    self.bare_formulas.append(cell)
        if b't="e"' in window and len(self.errors) < FORMULAS_SHOWN:
            for match in ERROR.finditer(window):
                self.errors[match[1].decode()] = match[2].decode("ascii", "replace")
        self._tail = window[-OVERLAP:]

    def _reach(self, window: bytes) -> None:
        """Rows ascend, so the last cell with a value in the window has the highest number."""
        value = max(window.rfind(b"</v>"), window.rfind(b"</is>"))
        if value >= 0:
            start = window.rfind(b"<c ", 0, value)
            if start >= 0 and (match := CELL.match(window, start)):
                self._note(match[1], int(match[2]))
        if TWO_LETTERS.search(window):
            for match in FAR_CELL.finditer(window):
                self._note(match[1], int(match[2]))

    def _note(self, letters: bytes, row: int) -> None:
        column = column_number(letters)
        if row > self.last_row or column > self.last_column:
            self.last_cell = f"{letters.decode()}{row}"
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)


class Collected:
    """A small part kept whole."""

    def __init__(self, name: str) -> None:
        self.name, self.content = name, b""

    def __call__(self, piece: bytes) -> None:
        self.content += piece
        if len(self.content) > SMALL_PART:
            raise Refusal("too_big_unpacked", limit=SMALL_PART, name=self.name)


class Scans:
    """Watches the parts of a workbook that matter, and finds the notes of a sheet by its name."""

    def __init__(self) -> None:
        self.parts: dict[str, Scan] = {}
        self.book = Collected("xl/workbook.xml")
        self.links = Collected("xl/_rels/workbook.xml.rels")

    def watcher(self, name: str) -> Callable[[bytes], None] | None:
        for part in (self.book, self.links):
            if name == part.name:
                return part
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            return self.parts.setdefault(name, Scan())
        return None

    def of(self, sheet: str) -> Scan:
        """Notes on the sheet with this name; empty ones when its part cannot be found."""
        try:
            ids = attributes(self.book.content, "sheet", "name", "id")
            targets = attributes(self.links.content, "Relationship", "Id", "Target")
        except expat.ExpatError:
            return Scan()
        target = targets.get(ids.get(sheet, ""), "")
        path = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")
        return self.parts.get(path, Scan())


def attributes(content: bytes, element: str, key: str, value: str) -> dict[str, str]:
    """Attribute ``key`` to attribute ``value`` of every such element, prefixes left aside."""
    found: dict[str, str] = {}

    def start(name: str, given: dict[str, str]) -> None:
        if name.rpartition(":")[2] == element:
            plain = {attribute.rpartition(":")[2]: text for attribute, text in given.items()}
            if key in plain and value in plain:
                found[plain[key]] = plain[value]

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.Parse(content, True)
    return found
