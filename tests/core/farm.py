"""Portal processes for crash tests: set up once, then forked, so that thirty kills cost seconds.

Run as a script; reads one JSON object per line: {"command": [...], "env": {...}} starts a process
of ``manage.py`` and prints its pid; {"wait": pid} waits for it and prints how it ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Farm:
    """The other side of the script: starts processes on the test's own database."""

    def __init__(self, **changed: object) -> None:
        from django.db import connection

        told = {"database": str(connection.settings_dict["NAME"]), "settings": changed}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.farm", json.dumps(told)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Farm:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def ask(self, **request: object) -> int:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, *command: str, **env: str) -> int:
        """Start ``manage.py command …``; its pid."""
        return self.ask(command=list(command), env=env)

    def wait(self, pid: int) -> int:
        """Exit code of a process, or minus the signal that ended it."""
        return self.ask(wait=pid)

    def run(self, *command: str, **env: str) -> int:
        return self.wait(self.start(*command, **env))


def grow(request: dict) -> int:
    """Fork a process that runs one command; nothing of the parent's input reaches it."""
    if pid := os.fork():
        return pid
    from django.core.management import call_command

    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        os.environ.update(request["env"])
        call_command(*request["command"])
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    told = json.loads(sys.argv[1])
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = told["database"]
    for name, value in told["settings"].items():
        setattr(settings, name, value)
    django.setup()
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = grow(request)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
