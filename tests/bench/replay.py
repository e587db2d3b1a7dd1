"""The whole campaign played: how long it takes, whether twice the same, and every figure recounted.

CPU seconds of the process, which tell more than wall time on a machine that others use too. The
large scale has more than sixty enterprises, 40,000 cases and 400 items of the ledger.
"""

from __future__ import annotations

import json
import resource
import tempfile
from pathlib import Path
from typing import Any

from tests import recount
from tests.config.test_replay import play

UNTIL = "2012-12-31"
LIMIT = 300.0


def run() -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        first, again, large = (Path(folder) / name for name in ("first", "again", "large"))
        small_s = played(first)
        played(again)
        large_s = played(large, "--scale", "full")
        same = text(first) == text(again)
        told = {"small": counted(first), "large": counted(large)}
        size = sizes(large)
    return {
        "whole campaign, small, CPU s": round(small_s, 1),
        "whole campaign, large, CPU s": round(large_s, 1),
        "large within five minutes": large_s <= LIMIT,
        "twice the same summary": same,
        **{f"figures recounted, {name}": f"{one[0]} of {one[1]}" for name, one in told.items()},
        **{f"figures that differ, {name}": len(one[2]) for name, one in told.items()},
        **size,
    }


def played(folder: Path, *options: str) -> float:
    """Play into the folder; the CPU seconds that it took."""
    folder.mkdir()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = play(folder, "--until", UNTIL, *options)
    if done.returncode:
        raise RuntimeError(done.stderr)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def text(folder: Path) -> str:
    return (folder / "out" / "summary.json").read_text(encoding="utf-8")


def counted(folder: Path) -> tuple[int, int, list[str]]:
    return recount.differences(folder / "out")


def sizes(folder: Path) -> dict[str, int]:
    summary = json.loads(text(folder))
    companies = [one for one in summary["organisations"] if not one.startswith(("SERC", "NEA"))]
    return {
        "enterprises": len(companies),
        "cases": summary["cases"]["all"],
        "inspections": summary["matters"]["inspections"],
        "ledger items": sum(summary["matters"]["ledger"].values()),
        "ordered-use events": summary["matters"]["ordered_use"],
        "reports": len(summary["reports"]),
    }
