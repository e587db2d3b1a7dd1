"""Every purpose under which the code keeps a file has somebody who may open it."""

import ast
import importlib
from pathlib import Path

from core import files

ROOT = Path(__file__).resolve().parent.parent.parent
APPS = ("core", "accounts", "grids", "complaints", "campaign", "reporting", "config")


def kept_under():
    """Where files are kept: (place, purpose), the purpose read from the code or its constant."""
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
                    continue
                holder = getattr(call.func.value, "id", "")
                if holder == "files" and call.func.attr in {"store", "receive"}:
                    (given,) = [k.value for k in call.keywords if k.arg == "purpose"]
                    place = path.relative_to(ROOT)
                    yield f"{place}:{call.lineno}", value_of(given, place)


def value_of(given, place):
    if isinstance(given, ast.Constant):
        return given.value
    module = importlib.import_module(".".join(place.with_suffix("").parts))
    return getattr(module, given.id)


def test_every_purpose_in_use_has_an_owner():
    found = dict(kept_under())
    assert len(found) >= 5
    assert {
        place: purpose for place, purpose in found.items() if purpose not in files._owners
    } == {}
