"""The process that opens a workbook: killable, with little memory, without secrets or Django.

Started as ``python -m core.sheets.child '{"kind": "xlsx", …}'`` with the file as standard input.
Writes one JSON object per line: ``{"refused": code, …}``, or ``{"meta": …}``, ``{"sheet": …}``,
rows as ``{"r": number, "v": [values]}`` and at last ``{"end": …}``. Without an "end" the reading
did not come to its end, whatever the reason. Dates travel as ``{"d": "2011-11-25"}``.
"""

from __future__ import annotations

import json
import re
import resource
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from core.sheets import gate
from core.sheets.gate import Refusal

META_SHEET = "_meta"
# A parser that fills a table from A1 to the last cell needs memory for all of it.
DENSE_CELLS = 4_000_000
MERGES_SHOWN = 20
GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")


@dataclass(frozen=True)
class Request:
    """What to read and how much. ``memory`` in bytes, ``seconds`` of processor time."""

    kind: str
    sheet: str = ""
    skip: tuple[str, ...] = ()
    rows: int = 2000
    columns: int = 100
    characters: int = 33_000
    output: int = 32 * 1024 * 1024
    memory: int = 300 * 1024 * 1024
    seconds: int = 5
    unpacked: int = 80 * 1024 * 1024
    cells: int = 0  # more than the usual limit for forms with very many rows


class Writer:
    """Lines out, up to a budget; what goes beyond is counted and not written."""

    def __init__(self, stream: IO[str], budget: int) -> None:
        self.stream, self.left = stream, budget

    def put(self, entry: dict[str, Any]) -> bool:
        line = json.dumps(entry, ensure_ascii=False)
        self.left -= len(line.encode("utf-8", "replace")) + 1
        if self.left < 0:
            return False
        self.stream.write(line + "\n")
        return True


def limit(request: Request) -> None:
    """Take away what a parser does not need, before any byte of the file is looked at."""
    resource.setrlimit(resource.RLIMIT_AS, (request.memory, request.memory))
    resource.setrlimit(resource.RLIMIT_CPU, (request.seconds, request.seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 * request.output, 2 * request.output))


def main(argument: str) -> None:
    request = Request(**json.loads(argument))
    limit(request)
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    out = Writer(sys.stdout, request.output)
    read = {"csv": read_csv, "ndjson": read_lines}.get(request.kind, read_xlsx)
    try:
        read(sys.stdin.buffer, request, out)
    except Refusal as refusal:
        out.left = 10_000
        out.put({"refused": refusal.code, **refusal.facts})
    except MemoryError:
        out.left = 10_000
        out.put({"refused": "resources"})
    sys.stdout.flush()


def plain(value: Any, characters: int) -> Any:
    """A value as JSON."""
    if isinstance(value, str):
        return value[:characters]
    if isinstance(value, datetime):
        return {"d": value.date().isoformat() if value.time() == time() else value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    if isinstance(value, (time, timedelta)):
        return str(value)
    return value


def put_rows(rows: Iterable[tuple[int, list[Any]]], request: Request, out: Writer) -> None:
    """Write the rows that hold anything; count those beyond the cap; say how far it went."""
    seen = written = widest = last = 0
    for number, values in rows:
        values = [None if value == "" else value for value in values]
        while values and values[-1] is None:
            values.pop()
        if not values:
            continue
        seen, last, widest = seen + 1, number, max(widest, len(values))
        if seen > request.rows:
            continue
        cells = [plain(value, request.characters) for value in values[: request.columns]]
        if not out.put({"r": number, "v": cells}):
            raise Refusal("too_much_text", rows=written)
        written += 1
    out.left += 10_000
    out.put({"end": True, "seen": seen, "written": written, "columns": widest, "last": last})


# --- .xlsx ---------------------------------------------------------------------------------------


def read_xlsx(stream: IO[bytes], request: Request, out: Writer) -> None:
    from core.sheets.scan import Scans

    scans = Scans()
    limits = gate.Limits(total=request.unpacked)
    seen = gate.inspect(stream, limits, watch=scans.watcher)
    if "xl/workbook.xml" not in seen.sizes:
        raise Refusal("binary" if "xl/workbook.bin" in seen.sizes else "not_workbook")
    import python_calamine as calamine

    try:
        book = calamine.load_workbook(stream)
        name = choose(book, request)
        out.put({"meta": meta_of(book)})
        scan = scans.of(name)
        if not scan.is_whole:
            raise Refusal("damaged", detail="cut")
        if scan.last_row * max(scan.last_column, 1) > max(DENSE_CELLS, request.cells):
            raise Refusal("extent", sheet=name, cell=scan.last_cell)
        sheet = book.get_sheet_by_name(name)
        rows = sheet.iter_rows()
        indent = (sheet.start or (0, 0))[1]
        out.put({"sheet": name, **scan.facts(), "merged": merges(sheet)})
        put_rows(shifted(rows, indent), request, out)
    except calamine.PasswordError:
        raise Refusal("encrypted") from None
    except Refusal:
        raise
    except MemoryError:
        raise Refusal("resources") from None
    except BaseException as error:  # the parser has many of its own, and panics of Rust
        raise Refusal("damaged", detail=type(error).__name__) from None


def shifted(rows: Iterable[list[Any]], indent: int) -> Iterator[tuple[int, list[Any]]]:
    """Rows with their number in the sheet and their cells from column A on.

    The parser gives rows from the first of the sheet on, but cells from the first used column.
    """
    for number, values in enumerate(rows, start=1):
        yield number, [None] * indent + list(values)


def choose(book: Any, request: Request) -> str:
    """The name of the sheet to read: the form's own, else the only other visible one."""
    from python_calamine import SheetTypeEnum, SheetVisibleEnum

    sheets = [
        item.name
        for item in book.sheets_metadata
        if item.typ == SheetTypeEnum.WorkSheet and item.name != META_SHEET
    ]
    if request.sheet in sheets:
        return request.sheet
    visible = {
        item.name for item in book.sheets_metadata if item.visible == SheetVisibleEnum.Visible
    }
    others = [name for name in sheets if name in visible and name not in request.skip]
    if len(others) == 1:
        return others[0]
    raise Refusal("no_sheet", sheet=request.sheet, found=[name[:31] for name in others[:5]])


def meta_of(book: Any) -> dict[str, str]:
    """What the template wrote about itself."""
    if META_SHEET not in book.sheet_names:
        return {}
    sheet = book.get_sheet_by_name(META_SHEET)
    rows = sheet.to_python(nrows=10) if sheet.height else []
    return {
        str(row[0])[:40]: str(row[1])[:80]
        for row in rows
        if len(row) >= 2 and isinstance(row[0], str)
    }


def merges(sheet: Any) -> list[list[int]]:
    """The first merged ranges: first row, first column, last row, last column, from 1."""
    ranges = sheet.merged_cell_ranges or []
    return [[a + 1, b + 1, c + 1, d + 1] for (a, b), (c, d) in ranges[:MERGES_SHOWN]]


# --- .csv ----------------------------------------------------------------------------------------


def read_csv(stream: IO[bytes], request: Request, out: Writer) -> None:
    import csv
    import io

    stream.seek(0)
    content = stream.read(request.unpacked + 1)
    if len(content) > request.unpacked:
        raise Refusal("too_big_unpacked", limit=request.unpacked)
    text = decoded(content)
    first = text.split("\n", 1)[0]
    delimiter = max(",\t;", key=first.count)
    csv.field_size_limit(request.characters)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    out.put({"meta": {}})
    out.put({"sheet": "", "formulas": [], "errors": {}, "merged": []})
    try:
        put_rows(
            ((rows.line_num, [unguarded(value) for value in row]) for row in rows), request, out
        )
    except csv.Error:
        raise Refusal("csv", row=rows.line_num) from None


# --- .ndjson -------------------------------------------------------------------------------------

# The keys stand in a row before the first line.
KEYS_ROW = 0
BROKEN_SHOWN = 1000


def read_lines(stream: IO[bytes], request: Request, out: Writer) -> None:
    """One JSON object per line. Two passes: first the keys of all lines, then the values."""
    stream.seek(0)
    content = stream.read(request.unpacked + 1)
    if len(content) > request.unpacked:
        raise Refusal("too_big_unpacked", limit=request.unpacked)
    lines = decoded(content).splitlines()
    del content
    keys: dict[str, int] = {}  # and the line where each stands first
    broken: list[dict[str, Any]] = []
    for number, line in enumerate(lines, start=1):
        try:
            entry = object_of(line)
        except BadLine as reason:
            if len(broken) < BROKEN_SHOWN:
                broken.append({"row": number, **reason.facts})
            continue
        for key in entry:
            keys.setdefault(key[:80], number)
        if len(keys) > request.columns:
            raise Refusal("too_many_keys", row=number, limit=request.columns)
    out.put({"meta": {}})
    out.put(
        {"sheet": "", "formulas": [], "errors": {}, "merged": [], "broken": broken, "keys": keys}
    )
    names = list(keys)
    entries = ((number, good_object(line)) for number, line in enumerate(lines, start=1))
    values = ((number, [cell_of(entry.get(name)) for name in names]) for number, entry in entries)
    put_rows(((n, v) for part in ([(KEYS_ROW, names)], values) for n, v in part), request, out)


class BadLine(ValueError):
    """What is wrong with a line: ``why`` is syntax (``column`` from 1), shape or repeated."""

    def __init__(self, why: str, **facts: Any) -> None:
        super().__init__(why)
        self.facts = {"why": why, **facts}


def object_of(line: str) -> dict[str, Any]:
    """The object on a line, an empty one for a blank line. Raises ``BadLine``."""
    if not line.strip():
        return {}
    try:
        entry = json.loads(line, object_pairs_hook=unrepeated)
    except json.JSONDecodeError as error:
        raise BadLine("syntax", column=error.colno) from None
    except BadLine:
        raise
    except (ValueError, RecursionError):
        raise BadLine("syntax", column=1) from None
    if not isinstance(entry, dict):
        raise BadLine("shape")
    return entry


def unrepeated(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object each of whose keys stands once: of two values nobody knows which is meant."""
    entry = dict(pairs)
    if len(entry) < len(pairs):
        seen: set[str] = set()
        for key, _value in pairs:
            if key in seen:
                raise BadLine("repeated", key=key[:80])
            seen.add(key)
    return entry


def good_object(line: str) -> dict[str, Any]:
    """The object on a line, an empty one where there is none."""
    try:
        return object_of(line)
    except BadLine:
        return {}


def cell_of(value: Any) -> Any:
    """Plain values as they are; what has parts of its own as its text."""
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
        return str(value)
    return value


def decoded(content: bytes) -> str:
    """Text in UTF-8, UTF-16 with its mark, or GB 18030."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise Refusal("not_text")


def unguarded(value: str) -> str:
    """Without the apostrophe that our own CSV puts before what looks like a formula."""
    return value[1:] if GUARDED.match(value) else value


if __name__ == "__main__":
    main(sys.argv[1])
