"""Private PostgreSQL and Redis processes for a test run: own folder, own socket, stopped by pid.

Nothing listens on a port, so no stranger's server can answer and none is disturbed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

PACKAGES = {
    "postgres": ("postgresql",),
    "redis-server": ("redis-server",),
    "chromium": ("chromium", "fonts-noto-cjk"),
    # Both, so that apt keeps them at one version.
    "chromium-headless-shell": ("chromium-headless-shell", "chromium", "fonts-noto-cjk"),
    "soffice": ("libreoffice-writer-nogui", "libreoffice-calc-nogui"),
    "pdftoppm": ("poppler-utils",),
}

# The same engine without windows comes first: it draws the same pages in two thirds of the time.
CHROMIUM = (
    *("chromium-headless-shell", "chromium"),
    *("chromium-browser", "google-chrome", "microsoft-edge"),
)


def free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# It returns as soon as the thing is true; a busy machine may need long until it is.
PATIENCE = 120.0


def wait_until(condition: Callable[[], object], seconds: float = PATIENCE) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.1)
    return False


def find(program: str) -> str | None:
    """Path of a program; PostgreSQL's server stands outside PATH on Debian."""
    if program == "postgres":
        candidates = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
        return str(candidates[-1]) if candidates else shutil.which(program)
    if program == "chromium":
        return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUM)), None)
    return shutil.which(program)


def needed(program: str) -> str:
    """The path of a program that a test cannot do without.

    Without it the test is skipped and says so; with CI=true it fails, so that nothing is left
    untested unnoticed.
    """
    if path := find(program):
        return path
    if os.environ.get("CI", "").lower() in {"1", "true", "yes"}:
        pytest.fail(f"{program} is not installed, and CI=true lets no test be skipped", False)
    pytest.skip(f"{program} is not installed")


def obtain(*programs: str) -> str:
    """Make sure that programs are there, as root from Debian; else the reason why not."""
    missing = [p for p in programs if not find(p)]
    if not missing:
        return ""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return f"{', '.join(missing)} not found, and no root with apt-get to install it"
    names = [name for p in missing for name in PACKAGES[p]]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", *names]):
        command += ["-qq", "--no-install-recommends"] if "install" in command else ["-qq"]
        print(f"legs: {' '.join(command)} …", flush=True)
        result = subprocess.run(command, env=env, capture_output=True, text=True)
        if result.returncode and "install" in command:
            return f"apt-get could not install {' '.join(names)}: {result.stderr[-300:]}"
    still = [p for p in missing if not find(p)]
    return f"{', '.join(still)} not found after installing" if still else ""


@contextlib.contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """A PostgreSQL of our own; gives its DATABASE_URL. ``durable``: as in earnest, each commit is
    on the disk before it is answered."""
    server = find("postgres")
    assert server, "postgres is not installed"
    folder = Path(tempfile.mkdtemp(prefix="portal-pg-"))
    owner: dict[str, str] = {}
    if os.geteuid() == 0:
        # PostgreSQL refuses to run as root; Debian's package brings this user.
        owner = {"user": "postgres", "group": "postgres"}
        shutil.chown(folder, **owner)
    initdb = str(Path(server).parent / "initdb")
    data = folder / "data"
    made = subprocess.run(
        [
            initdb,
            "-D",
            str(data),
            "-U",
            "postgres",
            "-E",
            "UTF8",
            "--locale=C.UTF-8",
            "-A",
            "trust",
        ],
        capture_output=True,
        text=True,
        cwd=folder,
        **owner,
    )
    if made.returncode:
        raise RuntimeError(made.stderr)
    # Several legs ask it at once, some with many threads.
    options = ["-c", "listen_addresses=", "-k", str(folder), "-c", "max_connections=300"]
    if not durable:
        # Nobody restores this cluster: its log may be as short as can be.
        for name in ("fsync", "synchronous_commit", "full_page_writes"):
            options += ["-c", f"{name}=off"]
    log = (folder / "log").open("w")
    process = subprocess.Popen(
        [server, "-D", str(data), *options], stdout=log, stderr=log, cwd=folder, **owner
    )
    try:
        wait_for(folder / ".s.PGSQL.5432", process)
        wait_ready(server, folder)
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def wait_ready(server: str, folder: Path) -> None:
    psql = str(Path(server).parent / "psql")
    asking = [psql, "-h", str(folder), "-U", "postgres", "-c", "select 1"]
    if not wait_until(lambda: subprocess.run(asking, capture_output=True).returncode == 0):
        raise RuntimeError(f"PostgreSQL did not answer within {PATIENCE:.0f} s")


@contextlib.contextmanager
def redis() -> Iterator[str]:
    """A Redis of our own; gives its REDIS_URL (a Unix socket in Celery's spelling)."""
    folder = Path(tempfile.mkdtemp(prefix="portal-redis-"))
    socket = folder / "redis.sock"
    log = (folder / "log").open("w")
    command = [str(find("redis-server")), "--port", "0", "--unixsocket", str(socket), "--save", ""]
    process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    try:
        wait_for(socket, process)
        yield f"redis+socket://{socket}"
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(path: Path, process: subprocess.Popen) -> None:
    if not wait_until(lambda: process.poll() is not None or path.exists()):
        raise RuntimeError(f"{path} did not appear within {PATIENCE:.0f} s")
    if process.poll() is not None:
        sys.stderr.write((path.parent / "log").read_text())
        raise RuntimeError(f"server ended with {process.returncode}")


def stop(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(5)
