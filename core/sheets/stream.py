"""Reading very long workbooks, CSV and lines of JSON row by row; the child's answer stays on disk.

As in ``reader`` a limited child process opens the file. Its answer may be read more than once.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO, Any

from django.utils.translation import gettext as _

from core.sheets import child, reader
from core.sheets.checks import Problem
from core.sheets.definition import Form
from core.sheets.headings import SEARCH_ROWS, Heading, locate, of_keys
from core.sheets.reader import NO_VALUE, Raw, unpacked
from core.sheets.refusals import sentence

KINDS = ("xlsx", "csv", "ndjson")
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """How much a long file may hold; sizes in bytes, time in seconds of the child's processor."""

    upload: int = 64 * MEGABYTE
    unpacked: int = 600 * MEGABYTE
    output: int = 600 * MEGABYTE
    # Address space: what the parser really uses stays below 300 MB.
    memory: int = 640 * MEGABYTE
    seconds: int = 60


@dataclass
class Stream:
    """What came in: problems of the file, its header and single cells; rows on demand.

    ``rows()`` may be walked several times. After the first walk ``problems`` also tells whether
    the file was read to its end, and ``seen`` how many rows it holds.
    """

    form: Form
    answer: IO[bytes]
    kind: str
    problems: list[Problem] = field(default_factory=list)
    heading: Heading | None = None
    seen: int = 0
    _start: int = 0
    _special: dict[str, str] = field(default_factory=dict)
    _first: list[tuple[int, list[Any]]] = field(default_factory=list)
    _walked: bool = False

    @property
    def readable(self) -> bool:
        """Whether it is known which column is which."""
        heading = self.heading
        return heading is not None and heading.row is not None and not heading.problems

    @property
    def letters(self) -> dict[str, str]:
        """Column letters by key; lines of JSON have none."""
        return {} if self.kind == "ndjson" or self.heading is None else self.heading.letters

    @property
    def head(self) -> tuple[int, list[Any]] | None:
        """The header row as it came in."""
        row = self.heading.row if self.heading else None
        return next((entry for entry in self._first if entry[0] == row), None)

    def count(self) -> int:
        """About how many rows there are, without looking into them."""
        self.answer.seek(self._start)
        return sum(1 for _line in self.answer)

    def cells(self) -> Iterator[tuple[int, list[Any]]]:
        """Row number and cells of every row below the header that holds anything."""
        if self.heading is None or self.heading.row is None:
            return
        self.answer.seek(self._start)
        end = None
        for entry in _entries(self.answer):
            if "r" in entry:
                if entry["r"] > self.heading.row:
                    cells = [
                        unpacked(value) if isinstance(value, dict) else value
                        for value in entry["v"]
                    ]
                    if not self.heading.is_blank(cells) and not self.heading.left_out(cells):
                        yield entry["r"], cells
            else:
                end = entry
        if not self._walked:
            self._walked = True
            self._judge_end(end)

    def rows(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Row number and raw values by key."""
        heading = self.heading
        if heading is None:
            return
        broken = self._broken_cells()
        for number, cells in self.cells():
            row = heading.take(cells)
            if number in broken:
                row |= {key: row[key] or value for key, value in broken[number].items()}
            yield number, row

    def _broken_cells(self) -> dict[int, dict[str, str]]:
        """Row → key → error value, of cells that look empty to the parser but are not."""
        found: dict[int, dict[str, str]] = {}
        keys = {letter: key for key, letter in self.letters.items()}
        for cell, value in self._special.items():
            letters = cell.rstrip("0123456789")
            if letters in keys:
                found.setdefault(int(cell[len(letters) :]), {})[keys[letters]] = value
        return found

    def _judge_end(self, end: dict[str, Any] | None) -> None:
        if end is None or "refused" in end:
            facts = dict(end or {"refused": "resources"})
            self.problems.append(_refused(self.form, facts))
            return
        heading_rows = sum(number <= (self.heading.row or 0) for number, _cells in self._first)  # type: ignore[union-attr]
        self.seen = end["seen"] - heading_rows
        if end["seen"] > end["written"]:
            words = {"seen": self.seen, "limit": self.form.max_rows}
            self.problems.append(
                reader.file_problem(
                    "max_rows",
                    _("共有 %(seen)d 行数据，超过上限 %(limit)d 行") % words,
                    _("请拆分后分次导入。"),
                )
            )


@contextlib.contextmanager
def opened(
    form: Form, upload: IO[bytes], *, name: str, limits: Limits | None = None
) -> Iterator[Stream]:
    """Let a child read an upload of any length; never raises for what is in the file."""
    limits = limits or Limits()
    kind = name.rpartition(".")[2].lower() if "." in name else ""
    kind = "ndjson" if kind == "jsonl" else kind
    with tempfile.TemporaryFile() as answer:
        stream = Stream(form, answer, kind)
        if kind not in KINDS:
            stream.problems.append(_unknown_kind(kind))
        else:
            with reader.as_file(upload, limit=limits.upload) as source:
                _fill(stream, source, limits)
        yield stream


def _fill(stream: Stream, source: IO[bytes], limits: Limits) -> None:
    form = stream.form
    size = os.fstat(source.fileno()).st_size
    if size == 0 or size > limits.upload:
        facts = {"refused": "upload_size" if size else "empty", "limit": limits.upload}
        stream.problems.append(_refused(form, facts))
        return
    request = child.Request(
        kind=stream.kind,
        sheet=form.sheet_name,
        skip=(reader.INSTRUCTIONS,),
        rows=form.max_rows + reader.HEAD_ROWS,
        columns=max(2 * len(form.columns), 60),
        memory=limits.memory,
        seconds=limits.seconds,
        unpacked=limits.unpacked,
        output=limits.output,
        cells=2 * len(form.columns) * form.max_rows,
    )
    if not reader.answered_in_turn(request, source, stream.answer):
        stream.problems.append(_refused(form, {"refused": "resources"}))
        return
    _begin(stream)


def _begin(stream: Stream) -> None:
    """Read what stands before the rows, and find the header among the first of them."""
    raw = Raw()
    broken: list[dict[str, Any]] = []
    keys: dict[str, int] = {}
    stream.answer.seek(0)
    while line := stream.answer.readline():
        entry = next(_entries([line]), {})
        if "refused" in entry:
            stream.problems.append(_refused(stream.form, entry))
            return
        if "r" in entry or "end" in entry:
            break
        stream._start = stream.answer.tell()
        broken, keys = entry.pop("broken", broken), entry.pop("keys", keys)
        for key, value in entry.items():
            setattr(raw, key, value)
    for entry in _entries(chain([line], stream.answer)):
        if "r" not in entry or len(stream._first) == SEARCH_ROWS:
            break
        stream._first.append((entry["r"], [unpacked(value) for value in entry["v"]]))
    if problem := reader.wrong_template(stream.form, raw.meta):
        stream.problems.append(problem)
        return
    _take_head(stream, raw, broken, keys)


def _take_head(
    stream: Stream, raw: Raw, broken: list[dict[str, Any]], keys: dict[str, int]
) -> None:
    """Which column is which, and what is wrong with header, single cells and lines of JSON."""
    sheet = raw.sheet or stream.form.sheet_name
    if keys or broken:
        stream.heading = of_keys(stream.form, keys, sheet=sheet)
    else:
        stream.heading = locate(stream.form, stream._first, sheet=sheet)
    stream._special = {**dict.fromkeys(raw.formulas, NO_VALUE), **raw.errors}
    stream.problems += stream.heading.problems
    stream.problems += [_bad_line(**facts) for facts in broken]
    if stream.readable:
        stream.problems += reader.cell_problems(stream.form, raw, stream.heading)
    if keys:
        # Line by line; what concerns the whole file comes last.
        stream.problems.sort(key=lambda one: (not one.row, one.row))


def _entries(lines: Any) -> Iterator[dict[str, Any]]:
    """The child's lines; one that is cut off ends the reading."""
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            return


def _refused(form: Form, facts: dict[str, Any]) -> Problem:
    facts = dict(facts)
    code = facts.pop("refused")
    return reader.file_problem(code, *sentence(code, facts, title=form.title))


def _unknown_kind(kind: str) -> Problem:
    return reader.file_problem(
        "extension",
        _("不支持“.%(extension)s”文件") % {"extension": kind[:10] or "—"},
        _("只接受 .xlsx、.csv 或 .ndjson 文件。"),
    )


def _bad_line(row: int, why: str, column: int = 0, key: str = "") -> Problem:
    texts = {
        "syntax": _("第 %(row)d 行不是有效的 JSON（第 %(column)d 个字符处有误）"),
        "shape": _("第 %(row)d 行不是 JSON 对象"),
        "repeated": _("第 %(row)d 行的键“%(key)s”出现了两次"),
    }
    return Problem(
        sheet="",
        row=row,
        column="",
        cell="",
        rule="json",
        message=texts[why] % {"row": row, "column": column, "key": key[:40]},
        remedy=_("每行写一个完整的 JSON 对象，键为列名。"),
    )
