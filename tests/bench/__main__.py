"""`make bench`: every module here that has ``run()``, printed and kept in var/bench.json."""

from __future__ import annotations

import importlib
import json
import os
import pkgutil
import sys
import tempfile
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent.parent


def modules(chosen: list[str]) -> list[str]:
    package = Path(__file__).parent
    names = [found.name for found in pkgutil.iter_modules([str(package)])]
    return [name for name in names if not name.startswith("_") and (not chosen or name in chosen)]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.testing")
    results: dict[str, dict] = {}
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as data:
        os.environ["PORTAL_DATA"] = data
        django.setup()
        for name in modules(sys.argv[1:]):
            figures = importlib.import_module(f"tests.bench.{name}").run()
            results[name] = figures
            for key, value in figures.items():
                print(f"{name:12} {key:48} {value}", flush=True)
    target = ROOT / "var" / "bench.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(json.dumps(results, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
