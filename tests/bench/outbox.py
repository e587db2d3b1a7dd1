"""Outbox and audit trail at release size: kills, races, tampering, speed of the proof.

Run on a database of its own; figures are counts, seconds and rates on this machine.
"""

from __future__ import annotations

import os
import random
import signal
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction

LETTERS, KILLS = 2500, 120
# The recovery is waited for after every fourth kill: between the others the storm goes on.
SAMPLE = 4
EVENTS = 20_000
CLAIMS, THREADS = 1000, 8


def run() -> dict:
    """All figures; the caller prints and keeps them."""
    call_command("migrate", "--verbosity", "0")
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        settings.AUDIT_ANCHOR = Path(folder) / "anchor.log"
        return {**kills(Path(folder)), **races(), **trail()}


def kills(folder: Path) -> dict:
    """Two dispatchers, killed again and again, at a relay that can be asked."""
    from core import clock, outbox
    from core.models import Letter
    from tests.core.farm import Farm
    from tests.core.relay import VARIABLE, Relay, accepted

    os.environ[VARIABLE] = str(folder / "ledger")
    rules = {"grace_seconds": {"mail": 4, "notice": 0, "job": 0}, "tick_seconds": 1}
    now = clock.now()
    for number in range(LETTERS):
        outbox.post(
            key=f"bench:{number}",
            channel="mail",
            kind="bench",
            to=f"person{number}@grid.example",
            subject="回执",
            now=now,
        )
    chance, killed, started = random.Random(7), 0, time.monotonic()
    waits: list[float] = []
    with (
        Relay(folder / "ledger") as relay,
        Farm(
            OUTBOX=settings.OUTBOX | rules,
            AUDIT_ANCHOR=str(settings.AUDIT_ANCHOR),
            EMAIL_BACKEND="core.mail.SmtpBackend",
            EMAIL_HOST="127.0.0.1",
            EMAIL_PORT=relay.port,
            MAIL_LEDGER="tests.core.relay.knows",
        ) as farm,
    ):
        pids = [farm.start("dispatcher", "--poll", "0.02") for _ in range(2)]
        waiting = Letter.objects.filter(kind="bench", state__in=["queued", "in_flight"])
        while waiting.exists():
            time.sleep(chance.uniform(0.05, 0.4))
            if killed < KILLS:
                victim = pids.pop(chance.randrange(2))
                os.kill(victim, signal.SIGKILL)
                farm.wait(victim)
                caught = list(waiting.filter(state="in_flight").values_list("pk", flat=True))
                pids.append(farm.start("dispatcher", "--poll", "0.02"))
                killed += 1
                if killed % SAMPLE == 0:
                    waits.append(_wait_until_sent(caught))
        for pid in pids:
            os.kill(pid, signal.SIGTERM)
            farm.wait(pid)
    taken = accepted(folder / "ledger")
    expected = set(Letter.objects.filter(kind="bench").values_list("message_id", flat=True))
    seconds = time.monotonic() - started
    waits.sort()
    return {
        "letters": LETTERS,
        "kills": killed,
        "lost": len(expected - set(taken)),
        "sent twice": sum(1 for count in taken.values() if count > 1),
        "caught in the middle": Letter.objects.filter(kind="bench", attempts__gt=1).count(),
        "recovery p99 (s)": round(waits[int(len(waits) * 0.99)], 2) if waits else 0,
        "letters per second through the storm": round(LETTERS / seconds, 1),
    }


def _wait_until_sent(caught: list[int]) -> float:
    """Seconds from the kill until everything that was in flight then has arrived."""
    from core.models import Letter

    started = time.monotonic()
    left = Letter.objects.filter(pk__in=caught).exclude(state="sent")
    while left.exists() and time.monotonic() - started < 30:
        time.sleep(0.02)
    return time.monotonic() - started


def races() -> dict:
    """Threads racing for every letter: claims beyond one each."""
    from core import clock, outbox
    from core.models import Letter

    now = clock.now()
    for number in range(CLAIMS):
        outbox.post(key=f"race:{number}", channel="mail", kind="race", to="a@b.example", now=now)
    ids = list(Letter.objects.filter(kind="race").values_list("pk", flat=True))
    barrier, wins = threading.Barrier(THREADS), Counter()

    def race() -> None:
        barrier.wait()
        for letter_id in ids:
            if outbox.claim(letter_id, now=now):
                wins[letter_id] += 1
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(THREADS)]
    started = time.monotonic()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {
        "letters raced for by 8 threads": CLAIMS,
        "claims beyond one each": sum(wins.values()) - CLAIMS,
        "claims tried per second": round(THREADS * CLAIMS / (time.monotonic() - started)),
    }


def trail() -> dict:
    """How fast events are recorded, and how long the proof of all of them takes."""
    from core import anchor, audit, clock

    now = clock.now()
    started = time.monotonic()
    for batch in range(EVENTS // 1000):
        with transaction.atomic():
            for step in range(1000):
                code = f"U{step % 11}"
                audit.record("bench", None, by=None, now=now, organisation=code, n=batch)
    recorded = time.monotonic() - started
    anchor.write(now=now)
    started = time.monotonic()
    problems = audit.verify()
    proved = time.monotonic() - started
    return {
        "events recorded": EVENTS,
        "events recorded per second": round(EVENTS / recorded),
        "proof of a million events (s)": round(proved * 1_000_000 / EVENTS, 1),
        "problems in an untouched trail": len(problems),
    }
