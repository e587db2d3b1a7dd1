"""Global search: apps register what they can find; the search page asks them all.

Each finder starts from ``visible_to(user)``, so that the search shows nothing that a list
would not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

PER_KIND = 20


@dataclass(frozen=True)
class Result:
    """One thing found: its title, a line about it, and where it opens."""

    title: Any
    url: str
    detail: Any = ""


Finder = Callable[[Any, str], Iterable[Result]]

_finders: dict[str, tuple[Any, Finder]] = {}


def register(name: str, finder: Finder, *, label: Any = None) -> None:
    """Let the search page ask ``finder(user, q)``; ``label`` heads its results (default: name).

    Called from ``AppConfig.ready``. A second registration under the same name replaces the first.
    """
    _finders[name] = (label or name, finder)


def run(user: Any, query: str) -> list[tuple[Any, list[Result]]]:
    """Ask every finder; kinds without a result are left out, each kind is cut at ``PER_KIND``."""
    found = []
    for label, finder in _finders.values():
        if results := list(finder(user, query))[:PER_KIND]:
            found.append((label, results))
    return found
