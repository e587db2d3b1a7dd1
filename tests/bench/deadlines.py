"""Random deadlines against the oracle of the tests: how many differ, and how fast they come."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from core import sla
from core.sla import Allowance, Pause
from tests.core.deadline_oracle import due_of, random_lines
from tests.core.test_sla import CALENDAR, granted

LINES, SEED = 10_000, 20111130


def run() -> dict[str, Any]:
    lines = [line for line, _expected in random_lines(LINES, SEED)]
    started = time.perf_counter()
    ours = [due(line) for line in lines]
    our_seconds = time.perf_counter() - started
    started = time.perf_counter()
    theirs = [due_of(line) for line in lines]
    their_seconds = time.perf_counter() - started
    return {
        "deadlines compared": LINES,
        "differences from the oracle": sum(a != b for a, b in zip(ours, theirs, strict=True)),
        "deadlines per second": round(LINES / our_seconds),
        "as many times as fast as the oracle": round(their_seconds / our_seconds, 2),
    }


def due(line: dict[str, Any]) -> str:
    found = sla.due(
        datetime.fromisoformat(line["start"]),
        Allowance(**line["allowance"]),
        calendar=CALENDAR,
        pauses=[Pause(*map(datetime.fromisoformat, p.values())) for p in line["pauses"]],
        extension=granted(line),
        roll=line.get("roll", True),
    )
    return found.due_at.isoformat()
