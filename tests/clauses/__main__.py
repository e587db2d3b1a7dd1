"""Checks docs/clauses.csv against the tests and prints how many clauses are done.

A clause may be called done only when a test marked with its number exists; that such a test really
goes through a page, the API or a command is watched while it runs (tests/conftest.py).
"""

from __future__ import annotations

import ast
import csv
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REGISTER = ROOT / "docs" / "clauses.csv"
STATES = {"open", "done"}


def register() -> list[dict[str, str]]:
    with REGISTER.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def marked() -> dict[str, list[str]]:
    """Clause number → names of the tests that carry it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                for number in numbers_of(node):
                    found[number].append(f"{path.relative_to(ROOT)}::{node.name}")
    return found


def numbers_of(node: ast.FunctionDef | ast.ClassDef) -> list[str]:
    calls = [d for d in node.decorator_list if isinstance(d, ast.Call)]
    clauses = [c for c in calls if ast.unparse(c.func) == "pytest.mark.clause"]
    return [arg.value for call in clauses for arg in call.args if isinstance(arg, ast.Constant)]


def problems(rows: list[dict[str, str]], tests: dict[str, list[str]]) -> list[str]:
    known = {row["clause"] for row in rows}
    found = [f"{c}: no such clause, marked in {t[0]}" for c, t in tests.items() if c not in known]
    if len(known) != len(rows):
        found.append("a clause number stands twice in the register")
    for row in rows:
        if row["state"] not in STATES:
            found.append(f"{row['clause']}: state {row['state']!r} is neither open nor done")
        elif row["state"] == "done" and row["clause"] not in tests:
            found.append(f"{row['clause']}: called done, but no test carries it")
    return found


def main() -> int:
    rows, tests = register(), marked()
    found = problems(rows, tests)
    if found:
        print("\n".join(found))
        return 1
    done = [row for row in rows if row["state"] == "done"]
    waiting = sorted({c for c in tests} - {row["clause"] for row in done})
    print(f"clauses done: {len(done)} of {len(rows)}")
    if "--verbose" in sys.argv:
        print("marked but still open:", ", ".join(waiting) or "none")
    return 0


if __name__ == "__main__":
    sys.exit(main())
