"""What `make check` runs: all that needs no test run. All failures at once."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"

STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "-q", "."]),
    ("lint", [str(BIN / "ruff"), "check", "-q", "."]),
    ("types", [str(BIN / "mypy"), "--no-error-summary"]),
    ("imports", [str(BIN / "lint-imports")]),
    ("django", [sys.executable, "manage.py", "check", "--fail-level", "WARNING"]),
    ("migrations", [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"]),
    ("drawings", [sys.executable, "manage.py", "draw_workflows", "--check"]),
    ("translations", [sys.executable, "-m", "tests.messages", "--check"]),
    ("clauses", [sys.executable, "-m", "tests.clauses"]),
    ("limits", [sys.executable, "-m", "tests.limits"]),
)


def main() -> int:
    failed = []
    with tempfile.TemporaryDirectory(prefix="portal-check-") as data:
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "config.settings.testing"}
        env["PORTAL_DATA"] = data
        env.pop("DATABASE_URL", None)
        for name, command in STEPS:
            done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
            print(f"{name}: {'ok' if not done.returncode else 'FAILED'}", flush=True)
            if done.returncode:
                failed.append(name)
                print(done.stdout + done.stderr)
            elif name == "clauses":
                print(f"  {done.stdout.strip()}")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
