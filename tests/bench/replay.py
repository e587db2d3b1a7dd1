"""The whole campaign played: how long it takes, whether twice the same, whether everything that was
written is in its folder, and every figure recounted.

CPU seconds tell more than wall time on a machine that others use too. The large scale has more than
sixty enterprises, 40,000 cases and 400 items of the ledger.
"""

from __future__ import annotations

import csv
import json
import resource
import sqlite3
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from tests import prepared, recount
from tests.running import run as start

UNTIL = "2012-12-31"
LIMIT = 300.0
# What the folder holds → how the database counts the same.
COUNTS = {
    "mails": "core_letter WHERE channel = 'mail' AND state = 'sent'",
    "letters": "core_letter",
    "receipts": "reporting_receipt",
    "cases": "complaints_case",
}
FILES = "SELECT count(docx_id) + count(pdf_id) + count(xlsx_id) FROM reporting_reportversion"


class Played(NamedTuple):
    cpu: float
    wall: float
    peak: float


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        names = ("small", "small again", "large", "large again")
        folders = {name: Path(folder) / name.replace(" ", "-") for name in names}
        scales = {name: ("--scale", "full") if "large" in name else () for name in names}
        runs = {name: played(folders[name], *scales[name]) for name in names}
        texts = {name: text(folders[name]) for name in names}
        told: dict[str, Any] = {}
        for name, one in runs.items():
            told[f"whole campaign, {name}, CPU s"] = round(one.cpu, 1)
            told[f"whole campaign, {name}, wall s"] = round(one.wall, 1)
            told[f"whole campaign, {name}, peak MB"] = round(one.peak)
        told["large within five minutes"] = runs["large"].wall <= LIMIT
        for name in ("small", "large"):
            again, known, wrong = recount.differences(folders[name] / "out")
            told[f"{name}: twice the same summary"] = texts[name] == texts[f"{name} again"]
            told[f"{name}: figures recounted"] = f"{again} of {known}, {len(wrong)} differ"
            told[f"{name}: every figure of every report"] = again == known > 0 and not wrong
            told |= {f"{name}: {what}": one for what, one in kept(folders[name]).items()}
        told |= sizes(folders["large"])
    return told


def played(folder: Path, *options: str) -> Played:
    """Play into the folder; what it took."""
    (folder / "data").mkdir(parents=True)
    prepared.lay_out(folder / "data" / "portal.sqlite3")
    peak, before, begin = folder / "peak", _used(), time.monotonic()
    done = start(
        *(folder / "data", "-m", "tests.bench._peak", str(peak)),
        *(sys.executable, "manage.py", "replay", "--out", str(folder / "out")),
        *("--until", UNTIL, *options),
    )
    if done.returncode:
        raise RuntimeError(done.stderr)
    return Played(_used() - before, time.monotonic() - begin, float(peak.read_text()))


def _used() -> float:
    found = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found.ru_utime + found.ru_stime


def text(folder: Path) -> str:
    return (folder / "out" / "summary.json").read_text(encoding="utf-8")


def kept(folder: Path) -> dict[str, str]:
    """What lies in the folder beside what the database counts."""
    out = folder / "out"
    found = {name: _lines(out / "export" / f"{name}.csv") for name in COUNTS if name != "mails"}
    found["mails"] = len(list((out / "letters").glob("*.eml")))
    with sqlite3.connect(folder / "data" / "portal.sqlite3") as connection:
        counted = {
            name: connection.execute(f"SELECT count(*) FROM {rows}").fetchone()[0]
            for name, rows in COUNTS.items()
        }
        counted["files of reports"] = connection.execute(FILES).fetchone()[0]
    found["files of reports"] = len(list((out / "reports").iterdir()))
    return {name: f"{found[name]} in the folder, {counted[name]} written" for name in counted}


def _lines(path: Path) -> int:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return sum(1 for _row in csv.DictReader(stream))


def sizes(folder: Path) -> dict[str, int]:
    summary = json.loads(text(folder))
    companies = [one for one in summary["organisations"] if not one.startswith(("SERC", "NEA"))]
    return {
        "enterprises": len(companies),
        "inspections": summary["matters"]["inspections"],
        "ledger items": sum(summary["matters"]["ledger"].values()),
        "ordered-use events": summary["matters"]["ordered_use"],
        "reports": len(summary["reports"]),
    }
