"""Commands of the project as processes of their own: a replay into a folder, a demo that serves."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests import prepared

ROOT = Path(__file__).resolve().parent.parent


def replay(folder, *options):
    """The command on an empty database in the folder."""
    if not (folder / "data").exists():
        (folder / "data").mkdir()
        prepared.lay_out(folder / "data" / "portal.sqlite3")
    return run(folder / "data", "manage.py", "replay", "--out", str(folder / "out"), *options)


def run(data, *command):
    """A process of Python on the database of a data folder."""
    env = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    env |= {"PORTAL_DATA": str(data), "DJANGO_SETTINGS_MODULE": "config.settings.base"}
    command = [sys.executable, *command]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)


def free_port():
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Running:
    """A demo started by its command; its output goes to a file."""

    def __init__(self, data, *options):
        self.port, self.data = free_port(), data
        self.log = data.parent / f"demo-{self.port}.log"
        unwanted = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "SECRET_KEY"}
        env = {k: v for k, v in os.environ.items() if k not in unwanted}
        env |= {"PORTAL_DATA": str(data)}
        command = [sys.executable, "manage.py", "demo", "--port", str(self.port), *options]
        with self.log.open("w") as stream:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=env, stdout=stream, stderr=stream, start_new_session=True
            )

    def address(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def wait(self, seconds=900):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.process.poll() is not None:
                raise AssertionError(self.log.read_text())
            if "Ctrl-C" in self.log.read_text():
                return self
            time.sleep(0.2)
        raise AssertionError(f"no answer in time: {self.log.read_text()}")

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                raise
