"""Portal processes for crash tests: set up once, then forked, so that thirty kills cost seconds.

Run as a script; reads one JSON object per line: {"command": [...], "env": {...}, "settings": {...}}
starts a process of ``manage.py`` and prints its pid; {"wait": pid} waits for it and prints how it
ended.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Nursery:
    """The other side of the script: a portal that was set up once, to fork processes from."""

    def __init__(self) -> None:
        from django.db import connection

        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.core.farm", str(connection.settings_dict["NAME"])],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()

    def ask(self, **request: object) -> int:
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


class Farm:
    """Starts processes on the test's own database, with some settings changed."""

    def __init__(self, *, nursery: Nursery | None = None, **changed: object) -> None:
        self.own = nursery is None
        self.nursery, self.changed = nursery or Nursery(), changed

    def __enter__(self) -> Farm:
        return self

    def __exit__(self, *_exc: object) -> None:
        if self.own:
            self.nursery.close()

    def start(self, *command: str, **env: str) -> int:
        """Start ``manage.py command …``; its pid."""
        told = {"command": list(command), "env": {**os.environ, **env}, "settings": self.changed}
        return self.nursery.ask(**told)

    def wait(self, pid: int) -> int:
        """Exit code of a process, or minus the signal that ended it."""
        return self.nursery.ask(wait=pid)

    def run(self, *command: str, **env: str) -> int:
        return self.wait(self.start(*command, **env))


def grow(request: dict) -> int:
    """Fork a process that runs one command; nothing of the parent's input reaches it."""
    if pid := os.fork():
        return pid
    from django.conf import settings
    from django.core.management import call_command

    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(2, 1)
        os.environ.update(request["env"])
        for name, value in request["settings"].items():
            setattr(settings, name, value)
        call_command(*request["command"])
        code = 0
    finally:
        os._exit(code)


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    import django
    from django.conf import settings
    from django.core.management import get_commands, load_command_class

    settings.DATABASES["default"]["NAME"] = sys.argv[1]
    django.setup()
    # What every process would import for itself.
    load_command_class(get_commands()["dispatcher"], "dispatcher")
    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            answer = os.waitstatus_to_exitcode(os.waitpid(request["wait"], 0)[1])
        else:
            answer = grow(request)
        print(answer, flush=True)


if __name__ == "__main__":
    main()
