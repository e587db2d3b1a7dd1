"""Reading a filled-in workbook or CSV: in a child process with little memory and time, then checks.

Whatever the file does, this process only waits, and then reads plain lines up to a budget.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from core.sheets import child, values
from core.sheets.checks import PROBLEM_LIMIT, Problem, clean, letter_of
from core.sheets.definition import Form
from core.sheets.headings import CELL, Heading, locate
from core.sheets.scan import column_number

ROOT = Path(__file__).resolve().parent.parent.parent
# Wall clock; the child has as many seconds of processor time.
SECONDS = 5
MEMORY = 300 * 1024 * 1024
# Children at a time in one web process, and how long a further one waits: four bombs at once must
# not take the machine from everybody else.
CHILDREN = 2
PATIENCE_SECONDS = 15
_places = threading.BoundedSemaphore(CHILDREN)
UPLOAD_LIMIT = 10 * 1024 * 1024
NO_VALUE = values.NO_VALUE
# Rows above the data: title, guidance, header and some that people put before them.
HEAD_ROWS = 15


@dataclass(frozen=True)
class Read:
    """What came in: rows in stored form, all problems, and the cells as they were.

    ``seen`` is how many rows the file holds, ``lines`` the row number of each row in ``rows``,
    ``letters`` the column letter of each key. A file that could not be read has no rows and one
    problem for the whole file.
    """

    rows: list[dict[str, Any]]
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    letters: dict[str, str] = field(default_factory=dict)
    raw: list[tuple[int, list[Any]]] = field(default_factory=list)
    sheet: str = ""
    seen: int = 0
    # How many rows were left out as no matter of the form, by the word that they bear.
    left_out: dict[str, int] = field(default_factory=dict)
    # What the template wrote about itself.
    meta: dict[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Whether nothing stops these rows (soft problems may still want a reason)."""
        return not any(problem.severity == "hard" for problem in self.problems)


@dataclass
class Raw:
    """What the child wrote, taken apart."""

    meta: dict[str, str] = field(default_factory=dict)
    sheet: str = ""
    formulas: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    merged: list[list[int]] = field(default_factory=list)
    rows: list[tuple[int, list[Any]]] = field(default_factory=list)
    refused: dict[str, Any] | None = None
    end: dict[str, Any] | None = None


def read(
    form: Form,
    upload: IO[bytes],
    *,
    name: str = "",
    limit: int = PROBLEM_LIMIT,
    period: tuple[date, date] | None = None,
) -> Read:
    """Read an upload by a form. Never raises for what is in the file: that becomes a problem."""
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in ("xlsx", "csv"):
        return unreadable(form, "extension", extension=extension[:10] or "—")
    request = child.Request(
        kind=extension,
        sheet=form.sheet_name,
        skip=(INSTRUCTIONS,),
        rows=form.max_rows + HEAD_ROWS,
        columns=max(2 * len(form.columns), 60),
        memory=MEMORY,
        seconds=SECONDS,
    )
    with as_file(upload) as source:
        size = os.fstat(source.fileno()).st_size
        if size > UPLOAD_LIMIT:
            return unreadable(form, "upload_size", limit=UPLOAD_LIMIT)
        if size == 0:
            return unreadable(form, "empty")
        raw = run(request, source)
    if raw.refused or raw.end is None:
        facts = dict(raw.refused or {"refused": "resources"})
        return unreadable(form, facts.pop("refused"), **facts)
    return checked(form, raw, limit=limit, period=period)


# The sheet that explains the template; never read.
INSTRUCTIONS = "填报说明"


@contextlib.contextmanager
def as_file(upload: IO[bytes], *, limit: int = UPLOAD_LIMIT) -> Iterator[IO[bytes]]:
    """The upload as a file of the operating system, which a child can be given.

    Opened anew, because a shared file position would confuse whoever reads the upload later.
    """
    path = getattr(upload, "temporary_file_path", None)
    if path is not None:
        with open(path(), "rb") as again:
            yield again
        return
    with tempfile.TemporaryFile() as copy:
        upload.seek(0)
        size = 0
        while size <= limit and (piece := upload.read(64 * 1024)):
            size += copy.write(piece)
        copy.flush()
        copy.seek(0)
        yield copy
    upload.seek(0)


def run(request: child.Request, source: IO[bytes]) -> Raw:
    """Let a child read, as soon as one of the places is free."""
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        return Raw(refused={"refused": "busy"})
    try:
        with tempfile.TemporaryFile() as answer:
            if not answered(request, source, answer):
                return Raw(refused={"refused": "resources"})
            return taken_apart(answer)
    finally:
        _places.release()


def answered_in_turn(request: child.Request, source: IO[bytes], answer: IO[bytes]) -> bool:
    """The same, as soon as one of the places is free."""
    if not _places.acquire(timeout=PATIENCE_SECONDS):
        return False
    try:
        return answered(request, source, answer)
    finally:
        _places.release()


def answered(request: child.Request, source: IO[bytes], answer: IO[bytes]) -> bool:
    """Whatever the child does: back after its seconds, its lines in ``answer``; False when they
    were not enough."""
    command = [sys.executable, "-s", "-m", "core.sheets.child", json.dumps(asdict(request))]
    environment = {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", "LANG": "C.UTF-8"}
    process = subprocess.Popen(
        command,
        stdin=source.fileno(),
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
        env=environment,
        close_fds=True,
        start_new_session=True,
    )
    try:
        process.wait(timeout=request.seconds)
    except subprocess.TimeoutExpired:
        return False
    finally:
        process.kill()
        process.wait()
    answer.seek(0)
    return True


def taken_apart(answer: IO[bytes]) -> Raw:
    """The child's lines; a line that is cut off ends the reading."""
    raw = Raw()
    for line in answer:
        try:
            entry = json.loads(line)
        except ValueError:
            break
        if "r" in entry:
            raw.rows.append((entry["r"], [unpacked(value) for value in entry["v"]]))
        elif "refused" in entry:
            raw.refused = entry
        elif "end" in entry:
            raw.end = entry
        else:
            for key, value in entry.items():
                setattr(raw, key, value)
    return raw


def unpacked(value: Any) -> Any:
    return value["d"] if isinstance(value, dict) else value


def checked(
    form: Form,
    raw: Raw,
    *,
    limit: int = PROBLEM_LIMIT,
    period: tuple[date, date] | None = None,
) -> Read:
    """From the cells of a sheet to rows of the form and all that is wrong with them."""
    if problem := wrong_template(form, raw.meta):
        return Read([], [problem], sheet=raw.sheet)
    restore_errors(raw)
    heading = locate(form, raw.rows, sheet=raw.sheet or form.sheet_name)
    if heading.row is None or any(problem.severity == "hard" for problem in heading.problems):
        return Read([], heading.problems, raw=raw.rows, sheet=raw.sheet)
    body = [(number, cells) for number, cells in raw.rows if number > heading.row]
    body = [(number, cells) for number, cells in body if not heading.is_blank(cells)]
    left = Counter(filter(None, (heading.left_out(cells) for _number, cells in body)))
    body = [(number, cells) for number, cells in body if not left or not heading.left_out(cells)]
    end = raw.end or {}
    beyond = end.get("seen", 0) - end.get("written", 0)
    lines = [number for number, _cells in body]
    cleaned = clean(
        form,
        [heading.take(cells) for _number, cells in body],
        lines=lines,
        letters=heading.letters,
        limit=limit,
        period=period,
    )
    special = [
        *cell_problems(form, raw, heading),
        *stray_problems(heading, body),
        *beyond_problems(form, raw, len(body), beyond),
    ]
    places = {problem.cell for problem in special if problem.cell}
    problems = [p for p in cleaned.problems if not p.cell or p.cell not in places]
    if beyond:
        problems = [problem for problem in problems if problem.rule != "max_rows"]
    problems = sorted([*special, *problems], key=lambda problem: problem.row)
    return Read(
        rows=cleaned.rows,
        problems=[*heading.problems, *problems],
        notes=cleaned.notes,
        lines=lines,
        letters=heading.letters,
        raw=raw.rows,
        sheet=raw.sheet,
        left_out=dict(left),
        seen=len(body) + beyond,
        meta=raw.meta,
    )


def restore_errors(raw: Raw) -> None:
    """Put error values back where the parser left blanks, so that they are refused as such and
    stand in the marked copy too. A formula without a value counts as one."""
    rows = dict(raw.rows)
    for cell, value in [*((cell, NO_VALUE) for cell in raw.formulas), *raw.errors.items()]:
        match = CELL.fullmatch(cell)
        if not match:
            continue
        index = column_number(match[1].encode()) - 1
        cells = rows.setdefault(int(match[2]), [])
        cells.extend([None] * (index + 1 - len(cells)))
        if cells[index] is None:
            cells[index] = value
    raw.rows = sorted(rows.items())


def wrong_template(form: Form, meta: Mapping[str, str]) -> Problem | None:
    """The problem of a workbook made from another form's template, or from another version."""
    if not meta.get("form"):
        return None
    if meta["form"] != form.code:
        return file_problem(
            "wrong_template",
            _("这是“%(found)s”的模板，此处要报的是“%(wanted)s”")
            % {"found": meta.get("title", meta["form"]), "wanted": form.title},
            _("请下载“%(wanted)s”的模板填写后再上传。") % {"wanted": form.title},
        )
    if meta.get("version") != str(form.version):
        return file_problem(
            "wrong_version",
            _("模板是第 %(found)s 版，现行第 %(wanted)s 版")
            % {"found": meta.get("version", "?"), "wanted": form.version},
            _("请下载现行模板，把内容粘贴过去后再上传。"),
        )
    return None


def cell_problems(form: Form, raw: Raw, heading: Heading) -> Iterator[Problem]:
    """Cells that look empty to the parser but are not: bare formulas, error values, merges."""
    texts = {
        cell: (
            "formula",
            _("单元格是公式，没有保存计算结果"),
            _("请用 Excel 或 WPS 打开并保存一次，或改填数值。"),
        )
        for cell in raw.formulas
    }
    for cell, value in raw.errors.items():
        texts[cell] = (
            "error_value",
            _("单元格是公式错误值“%(value)s”") % {"value": value},
            _("请改正公式，或直接填写数值。"),
        )
    for first_row, first_column, last_row, last_column in raw.merged:
        letter = heading.letter_at(first_column)
        texts[f"{letter}{first_row}"] = (
            "merged",
            _("合并了单元格（%(rows)d 行 × %(columns)d 列）")
            % {"rows": last_row - first_row + 1, "columns": last_column - first_column + 1},
            _("请取消合并，逐格填写。"),
        )
    for cell, (rule, message, remedy) in texts.items():
        if problem := heading.problem_at(cell, rule, message, remedy):
            yield problem


def stray_problems(heading: Heading, body: list[tuple[int, list[Any]]]) -> Iterator[Problem]:
    """The first cell that holds something outside the columns of the header."""
    inside = {*heading.places.values(), *heading.passed.values()}
    for number, cells in body:
        for index, value in enumerate(cells):
            if index not in inside and value is not None and str(value).strip():
                yield Problem(
                    sheet=heading.sheet,
                    row=number,
                    column="",
                    cell=f"{letter_of(index + 1)}{number}",
                    rule="stray",
                    message=_("单元格在表头各列以外，其内容没有读取"),
                    remedy=_("请把内容填到表头所列的列中，或删除。"),
                    severity="soft",
                )
                return


def beyond_problems(form: Form, raw: Raw, read: int, beyond: int) -> Iterator[Problem]:
    if beyond > 0:
        yield Problem(
            sheet=raw.sheet or form.sheet_name,
            row=0,
            column="",
            cell="",
            rule="max_rows",
            message=_(
                "共有 %(seen)d 行数据（到第 %(last)d 行），超过上限 %(limit)d 行，"
                "只读取了前 %(read)d 行"
            )
            % {
                "seen": read + beyond,
                "last": (raw.end or {})["last"],
                "limit": form.max_rows,
                "read": min(read, form.max_rows),
            },
            remedy=_("请删减或分次填报；如有多余的空格、格式，请删除整行。"),
        )


def unreadable(form: Form, code: str, **facts: Any) -> Read:
    """A file of which nothing was taken."""
    from core.sheets.refusals import sentence

    message, remedy = sentence(code, facts, title=form.title)
    return Read([], [file_problem(code, message, remedy)])


def file_problem(rule: str, message: str, remedy: str) -> Problem:
    """A problem of the whole file."""
    return Problem(sheet="", row=0, column="", cell="", rule=rule, message=message, remedy=remedy)
