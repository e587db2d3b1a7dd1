"""The portal as it is deployed, for measuring: PostgreSQL and gunicorn on sockets of their own."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
WORKERS = 2


def on_postgresql(module: str, *arguments: str) -> dict[str, Any]:
    """The figures that ``python -m module TARGET …`` writes, run on a PostgreSQL of its own."""
    from tests import servers

    with tempfile.TemporaryDirectory() as folder, servers.postgres() as url:
        target, data = Path(folder) / "figures.json", Path(folder) / "data"
        data.mkdir()
        env = {**os.environ, "DATABASE_URL": url, "PORTAL_DATA": str(data)}
        env["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
        command = [sys.executable, "-m", module, str(target), *arguments]
        subprocess.run(command, cwd=ROOT, env=env, check=True)
        return json.loads(target.read_text(encoding="utf-8"))


class Web:
    """Calls to a served portal over its socket."""

    def __init__(self, path: Path, master: int) -> None:
        self.path, self.master = path, master

    def connect(self) -> http.client.HTTPConnection:
        connection = http.client.HTTPConnection("localhost", timeout=120)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.settimeout(120)
        connection.sock.connect(str(self.path))
        return connection

    def post(self, path: str, body: bytes, **headers: str) -> bytes:
        """The body of the answer. Raises ``RuntimeError`` for anything but 200 and 201."""
        connection = self.connect()
        try:
            connection.request("POST", path, body, headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status not in (200, 201):
            raise RuntimeError(f"{path}: {answer.status} {content[:300]!r}")
        return content

    def peaks(self) -> list[float]:
        """The most memory that each worker ever held, in MB."""
        return [peak_of(pid) for pid in children(self.master)]


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def processor(parent: int) -> float:
    """Processor seconds that a process and all of its children, also ended ones, have used."""
    spent = 0
    for pid in (parent, *children(parent)):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        spent += sum(map(int, fields[11:15] if pid == parent else fields[11:13]))
    return spent / os.sysconf("SC_CLK_TCK")


def postmaster() -> int:
    """The process above our connection to PostgreSQL."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        status = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text()
    return int(status.rpartition(")")[2].split()[1])


def peak_of(pid: int) -> float:
    """The most memory that a process ever held, in MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmHWM:")]
    return int(line.split()[1]) / 1024


@contextlib.contextmanager
def web(settings: str = "") -> Iterator[Web]:
    """Gunicorn as it is deployed, on the database of this process; ``settings`` names others."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "web.sock"
        command = [sys.executable, "-m", "gunicorn", "config.wsgi:application"]
        command += ["--bind", f"unix:{path}", "--worker-class", "gthread", "--timeout", "300"]
        command += ["--workers", str(WORKERS), "--threads", "4", "--no-control-socket"]
        command += ["--log-level", "warning"]
        env = {**os.environ, **({"DJANGO_SETTINGS_MODULE": settings} if settings else {})}
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
        try:
            yield ready(Web(path, process.pid), process)
        finally:
            process.terminate()
            process.wait(30)


def ready(served: Web, process: subprocess.Popen) -> Web:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"gunicorn ended with {process.returncode}")
        with contextlib.suppress(OSError):
            connection = served.connect()
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return served
        time.sleep(0.1)
    raise RuntimeError("gunicorn did not answer within 30 s")
