"""Figures of workbooks: hostile files within their limits, and the speed of the big ways."""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl

from core.sheets import child, writer
from core.sheets.reader import ROOT
from tests.core.sheet_forms import LEADER, MEMBER, group_form
from tests.workbooks import hostile

MEGABYTE = 1024 * 1024
EXPORT_ROWS = 100_000
FORM_ROWS = 2_000


def run() -> dict[str, Any]:
    return {**hostile_files(), **form_reading(), **export_speed()}


def hostile_files() -> dict[str, Any]:
    """Every hostile kind: the slowest and biggest child, what is not explained, our own growth."""
    form = group_form()
    unexplained, slowest, biggest = [], 0.0, 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    grown = 0
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        for kind, name, make, words in hostile.kinds():
            path.write_bytes(make())
            own = peak_of_reading(form, path, name)
            grown = max(grown, own["grown"])
            if words and not own["problems"]:
                unexplained.append(kind)
            peak, seconds = measured(path, name)
            slowest, biggest = max(slowest, seconds), max(biggest, peak)
    return {
        "hostile workbooks": len(hostile.kinds()),
        "hostile workbooks without an explanation": ", ".join(unexplained) or 0,
        "slowest child, processor s (limit 5)": round(slowest, 2),
        "biggest child, MB (limit 300)": round(biggest / MEGABYTE),
        "growth of the reading process, MB (limit 20)": round(grown / MEGABYTE, 1),
        "memory of this process before, MB": round(before / 1024),
    }


def peak_of_reading(form: Any, path: Path, name: str) -> dict[str, Any]:
    """Read as the portal does; by how much the peak of this process rose."""
    with path.open("rb") as upload:
        Path("/proc/self/clear_refs").write_text("5")
        before = own_peak()
        read = form.read(upload, name=name)
        return {"grown": own_peak() - before, "problems": len(read.problems)}


def own_peak() -> int:
    status = Path("/proc/self/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def measured(path: Path, name: str) -> tuple[int, float]:
    """Peak memory of the child in bytes and its processor seconds."""
    kind = "csv" if name.endswith(".csv") else "xlsx"
    request = child.Request(kind=kind, sheet="领导小组名单", rows=115, columns=60)
    command = [sys.executable, "-m", "tests.workbooks.measure", path, json.dumps(asdict(request))]
    answer = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    peak, seconds, _wall = answer.stdout.split()
    return int(peak), float(seconds)


def form_reading() -> dict[str, Any]:
    """A full form of 2,000 rows: read and checked, and its marked copy."""
    form = group_form(max_rows=FORM_ROWS)
    rows = [LEADER, *({**MEMBER, "name": f"乙{n}"} for n in range(FORM_ROWS - 1))]
    content = form.template(rows)
    begin = time.perf_counter()
    read = form.read(io.BytesIO(content), name="a.xlsx")
    reading = time.perf_counter() - begin
    assert read.problems == []
    begin = time.perf_counter()
    form.error_copy(read)
    return {
        f"form of {FORM_ROWS} rows read and checked, s": round(reading, 2),
        f"marked copy of {FORM_ROWS} rows, s": round(time.perf_counter() - begin, 2),
    }


def export_speed() -> dict[str, Any]:
    """100,000 rows of 12 columns: ours, and openpyxl on a tenth of them."""
    columns = [(f"c{n}", f"列{n}") for n in range(12)]

    def rows(count: int) -> Any:
        for number in range(count):
            row: dict[str, Any] = {f"c{n}": f"内容{number}" for n in range(9)}
            yield {**row, "c9": number, "c10": Decimal("1.25"), "c11": date(2011, 11, 25)}

    begin = time.perf_counter()
    with tempfile.TemporaryFile() as target:
        writer.write_to(target, columns, rows(EXPORT_ROWS))
    ours = time.perf_counter() - begin
    begin = time.perf_counter()
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in rows(EXPORT_ROWS // 10):
        sheet.append(list(row.values()))
    book.save(io.BytesIO())
    theirs = (time.perf_counter() - begin) * 10
    return {
        f"export of {EXPORT_ROWS} rows, s": round(ours, 2),
        "as many times as fast as openpyxl": round(theirs / ours, 1),
    }
