"""Doors in a tree by the first word of their address, so that finding one asks few others.

Django asks the patterns of a list one after the other; with a thousand of them that took a tenth of
a request. Apps write their doors as plain lists; what begins with the same word is asked together.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import URLPattern, include, path
from django.urls.resolvers import RoutePattern


def by_first_word(patterns: Iterable[Any]) -> list[Any]:
    """The same doors, those of one first word under one prefix.

    What begins with an argument, or is no plain route, stays by itself. Two different words never
    fit the same address, so that the order between them says nothing; within a word it is kept.
    """
    found: dict[Any, list[Any]] = {}
    for pattern in patterns:
        word, rest = _parted(pattern)
        if word:
            moved = path(rest, pattern.callback, pattern.default_args, pattern.name)
            found.setdefault(word, []).append(moved)
        else:
            found[id(pattern)] = [pattern]
    tree: list[Any] = []
    for word, doors in found.items():
        tree += [path(f"{word}/", include(doors))] if isinstance(word, str) else doors
    return tree


def _parted(pattern: Any) -> tuple[str, str]:
    """First word and rest of a door's route; nothing where there is no such word."""
    if not isinstance(pattern, URLPattern) or not isinstance(pattern.pattern, RoutePattern):
        return "", ""
    word, slash, rest = str(pattern.pattern).partition("/")
    return ("", "") if "<" in word or not slash else (word, rest)
