"""Requests that are sent again and again, broken off, and servers killed under them."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests import servers

ROOT = Path(__file__).resolve().parent.parent.parent
PATH = "/api/v1/hotline/cases/"
SENDERS, LEASE = 8, 2
Environment = Mapping[str, str]


@contextlib.contextmanager
def server(port: int, environment: Environment) -> Iterator[list[subprocess.Popen]]:
    """gunicorn on a port; whoever kills it puts the next one into the list."""
    running = [started(port, environment)]
    try:
        yield running
    finally:
        running[0].terminate()
        running[0].wait(20)


def started(port: int, environment: Environment) -> subprocess.Popen:
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
    command += [f"--bind=127.0.0.1:{port}", "--workers=2", "--worker-class=gthread", "--threads=4"]
    command += ["--log-level=critical", "--no-control-socket"]
    env = {**environment, "API_LEASE_SECONDS": str(LEASE)}
    return subprocess.Popen(command, cwd=ROOT, env=env, start_new_session=True)


class Play:
    """Logical requests, each to be sent one to five times, and what came back."""

    def __init__(self, port: int, token: str, *, requests: int, seed: int, seconds: float) -> None:
        rng = random.Random(seed)
        self.port, self.token, self.seed = port, token, seed
        self.work = [(number, rng.randint(1, 5)) for number in range(requests)]
        self.end = time.monotonic() + seconds
        self.seen: Counter[int] = Counter()
        self.unanswered: list[int] = []
        self.lock = threading.Lock()

    def answered(self) -> int:
        """How many attempts had an answer."""
        return sum(count for status, count in self.seen.items() if status)

    def over(self) -> bool:
        """Whether nothing is left to be sent."""
        return not self.work

    def sender(self, number: int) -> None:
        """Take requests as long as there are some."""
        own = random.Random(f"{self.seed}:{number}")
        while True:
            with self.lock:
                if not self.work:
                    return
                logical, sends = self.work.pop()
            if not self.sent(logical, sends, own):
                self.unanswered.append(logical)

    def sent(self, logical: int, sends: int, own: random.Random) -> bool:
        """So often as was drawn, and on until it was answered once; some are broken off."""
        answered = False
        for attempt in itertools.count():
            if time.monotonic() > self.end or (answered and attempt >= sends):
                break
            broken = attempt < sends and own.random() < 0.2
            status = send(self.port, self.token, logical, broken=broken)
            with self.lock:
                self.seen[status] += 1
            if status in (200, 201):
                answered = True
            else:
                time.sleep(0.05 + 0.2 * own.random())
        return answered


def play(
    port: int,
    token: str,
    *,
    requests: int,
    kills: int,
    environment: Environment | None = None,
    seed: int = 7,
    seconds: float = 900,
) -> dict[str, Any]:
    """Send everything while servers are killed; statuses (0: no answer), and what had none."""
    played = Play(port, token, requests=requests, seed=seed, seconds=seconds)
    environment = dict(environment or os.environ)
    rng = random.Random(seed)
    with server(port, environment) as running:
        assert servers.wait_until(lambda: send(port, token, 0) in (200, 201), 60)
        threads = [threading.Thread(target=played.sender, args=(n,)) for n in range(SENDERS)]
        for thread in threads:
            thread.start()
        killed = 0
        for _ in range(kills):
            time.sleep(1 + rng.random())
            if not any(thread.is_alive() for thread in threads):
                break
            answered = played.answered()
            servers.wait_until(
                lambda before=answered: played.answered() > before or played.over(), 60
            )
            # The whole group at once: nothing is said goodbye to.
            os.killpg(running[0].pid, signal.SIGKILL)
            running[0].wait()
            running[0] = started(port, environment)
            killed += 1
        for thread in threads:
            thread.join()
    statuses = dict(sorted(played.seen.items()))
    return {"statuses": statuses, "unanswered": len(played.unanswered), "kills": killed}


def send(port: int, token: str, logical: int, *, broken: bool = False) -> int:
    """One attempt; 0 where no answer came."""
    body = json.dumps(
        {
            "number": f"K-{logical:05d}",
            "received_at": "2018-03-05T09:00:00+08:00",
            "channel": "phone_95598",
            "nature": "complaint",
            "category": "service_complaint",
            "organisation": "CSG-GD-ZQ",
            "content": f"第{logical}件，频繁停电。",
        }
    ).encode()
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": f"key-{logical}",
    }
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request("POST", PATH, body, headers)
        if broken:
            return 0
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()
