"""`make bench`: every module here that has ``run()``, printed and kept in var/bench.json.

Each runs in a process of its own with a data folder of its own, so that none measures what
another left behind. A module that fails is named at the end; the others are measured all the same.
"""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parent.parent.parent
ONE = "--one"


def modules(chosen: list[str]) -> list[str]:
    package = Path(__file__).parent
    names = [found.name for found in pkgutil.iter_modules([str(package)])]
    return [name for name in names if not name.startswith("_") and (not chosen or name in chosen)]


def measure(name: str, target: Path) -> int:
    """Run one module in this process, on the embedded database, and write down its figures."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.testing")
    django.setup()
    figures = importlib.import_module(f"tests.bench.{name}").run()
    target.write_text(json.dumps(figures, ensure_ascii=False), encoding="utf-8")
    return 0


def measured(name: str) -> dict[str, Any] | None:
    """The figures of one module; None when it failed."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        target = Path(folder) / "figures.json"
        unwanted = {"DATABASE_URL", "REDIS_URL"}
        env = {key: value for key, value in os.environ.items() if key not in unwanted}
        env["PORTAL_DATA"] = str(Path(folder) / "data")
        Path(env["PORTAL_DATA"]).mkdir()
        command = [sys.executable, "-m", "tests.bench", ONE, name, str(target)]
        if subprocess.run(command, cwd=ROOT, env=env).returncode or not target.exists():
            return None
        return json.loads(target.read_text(encoding="utf-8"))


def main() -> int:
    if sys.argv[1:2] == [ONE]:
        return measure(sys.argv[2], Path(sys.argv[3]))
    results: dict[str, dict] = {}
    failed = []
    for name in modules(sys.argv[1:]):
        if (figures := measured(name)) is None:
            failed.append(name)
            continue
        results[name] = figures
        for key, value in figures.items():
            print(f"{name:12} {key:48} {value}", flush=True)
    target = ROOT / "var" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
