"""The house limits: file and function length, named migrations, dependencies with their reasons."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ("core", "accounts", "grids", "complaints", "campaign", "reporting", "config")
LONGEST_FILE, LONG_FUNCTION, SHARE_OF_LONG = 600, 50, 0.03


def app_files() -> list[Path]:
    return [
        path
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def function_lengths(path: Path) -> list[tuple[int, str]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [
        (node.end_lineno - node.lineno + 1, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
        for node in ast.walk(tree)
        if isinstance(node, kinds) and node.end_lineno
    ]


def long_files(paths: list[Path]) -> list[str]:
    sizes = [(len(p.read_text(encoding="utf-8").splitlines()), p) for p in paths]
    return [f"{p.relative_to(ROOT)}: {n} lines" for n, p in sizes if n > LONGEST_FILE]


def long_functions(paths: list[Path]) -> list[str]:
    lengths = [found for path in paths for found in function_lengths(path)]
    long = [f"{name}: {n} lines" for n, name in lengths if n > LONG_FUNCTION]
    return long if len(long) >= SHARE_OF_LONG * max(len(lengths), 1) else []


def unnamed_migrations() -> list[str]:
    found = ROOT.glob("*/migrations/*_auto_*.py")
    return [f"{path.relative_to(ROOT)}: give the migration a name" for path in found]


def dependencies() -> list[str]:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = text.split("dependencies = [")[1].split("\n]")[0].strip().splitlines()
    lines = [line.strip() for line in block]
    problems, count = [], 0
    for before, line in zip(["", *lines], lines, strict=False):
        if line.startswith('"'):
            count += 1
            if not before.startswith("#"):
                problems.append(f"{line} has no reason on the line above it")
    if count >= 30:
        problems.append(f"{count} run-time dependencies, fewer than 30 are allowed")
    return problems


def inline_code() -> list[str]:
    pattern = re.compile(r'\s(style|on[a-z]+)="|<style|<script(?![^>]*\ssrc=)')
    return [
        f"{path.relative_to(ROOT)}:{number}: inline style, handler or script"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def addresses() -> list[str]:
    locks = [ROOT / "requirements.lock", ROOT / "package-lock.json"]
    return [f"{p.name} holds a download address" for p in locks if '"resolved"' in p.read_text()]


def main() -> int:
    paths = app_files()
    problems = [
        *long_files(paths),
        *long_functions(paths),
        *unnamed_migrations(),
        *dependencies(),
        *inline_code(),
        *addresses(),
    ]
    print("\n".join(problems))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
