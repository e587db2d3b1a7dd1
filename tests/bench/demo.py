"""How long a new user waits: first start, second start, the replay of stage 1."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from tests.running import Running
from tests.running import replay as play


def seconds_until_it_answers(data: Path) -> float:
    started = time.monotonic()
    running = Running(data)
    try:
        running.wait(600)
        return time.monotonic() - started
    finally:
        running.stop()


def run() -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        data = Path(folder) / "data"
        first, second = seconds_until_it_answers(data), seconds_until_it_answers(data)
        fresh = Path(folder) / "replay"
        fresh.mkdir()
        started = time.monotonic()
        done = play(fresh)
        replay = time.monotonic() - started
    if done.returncode:
        raise RuntimeError(done.stderr)
    return {
        "first_start_s": round(first, 1),
        "second_start_s": round(second, 1),
        "second_to_first_start": round(second / first, 3),
        "replay_stage_1_s": round(replay, 1),
    }
