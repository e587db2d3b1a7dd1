"""Leave out of a style sheet what no page of the portal can use: phones load it over poor networks.

Run by ``config/bootstrap.py`` with any Python. A selector stays unless it names a class that stands
nowhere in templates, code or scripts; a class whose beginning stands there (``btn-``) stays too.
Everything without a class (elements, variables, fonts, keyframes) stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

WORD = re.compile(r"[A-Za-z][\w-]*")
CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
BETWEEN = re.compile(r",(?![^(]*\))")
COMMENT = re.compile(r"/\*.*?\*/", re.S)
NOTICE = re.compile(r"/\*!.*?\*/", re.S)
# Blocks that hold rules of their own.
NESTED = ("@media", "@supports", "@layer", "@container")


def sources(root: Path) -> list[Path]:
    """Every file in which a class may be named: of the code only core writes any.

    Raises ``FileNotFoundError`` where one of the places is empty: everything would be left out.
    """
    found = []
    for place in ("templates/**/*.html", "static/js/*.js", "core/**/*.py"):
        there = sorted(root.glob(place))
        if not there:
            raise FileNotFoundError(place)
        found += there
    return found


def words(files: Iterable[Path]) -> set[str]:
    """Everything in files that may be the name of a class, or begin one."""
    found: set[str] = set()
    for path in files:
        found |= set(WORD.findall(path.read_text(encoding="utf-8")))
    return found


def slim(css: str, known: set[str]) -> str:
    """The style sheet without the rules that no page uses."""
    beginnings = tuple(sorted(word for word in known if word.endswith("-") and len(word) > 2))

    def used(name: str) -> bool:
        plain = name.replace("\\", "")
        return plain in known or plain.startswith(beginnings)

    # Whose work it is stays at its head.
    banner = NOTICE.search(css)
    lighter = _kept(COMMENT.sub("", css), used)
    return f"{banner.group()}\n{lighter}" if banner else lighter


def _kept(css: str, used: Callable[[str], bool]) -> str:
    kept = []
    for head, body in _rules(css):
        if head.startswith(NESTED):
            if inner := _kept(body, used):
                kept.append(f"{head}{{{inner}}}")
        elif head.startswith("@"):
            kept.append(f"{head}{{{body}}}")
        else:
            selectors = [
                one for one in BETWEEN.split(head) if all(used(name) for name in CLASS.findall(one))
            ]
            if selectors:
                kept.append(f"{','.join(selectors)}{{{body}}}")
    return "".join(kept)


def _rules(css: str) -> Iterator[tuple[str, str]]:
    """Head and body of every block at the outermost level."""
    depth, start, opened = 0, 0, 0
    for found in re.finditer(r"[{}]", css):
        if found.group() == "{":
            if depth == 0:
                opened = found.start()
            depth += 1
            continue
        depth -= 1
        if depth == 0:
            yield css[start:opened].strip(), css[opened + 1 : found.start()]
            start = found.end()
