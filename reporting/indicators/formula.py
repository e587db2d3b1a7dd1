"""Formulas of indicators as data: a small language that computes and can do nothing else. Pure.

Numbers, names, ``+ - * /``, brackets, ``mean(…)`` (of those that have a value) and ``sum(…)``.
Everything is exact until the last step. What is missing stays missing; a base of nothing is never
divided by: both give no value.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from core import arithmetic

SIGNS = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_][A-Za-z0-9_]*)|(.))")
FUNCTIONS = ("mean", "sum")
# No formula of ours comes near; a text made to exhaust the reader does.
LONGEST, DEEPEST = 400, 30

Number = Fraction | None


class Faulty(ValueError):
    """A formula that cannot be read; says where."""


@dataclass(frozen=True)
class Node:
    """One step: a number, a name, a sign between two parts, or a function of some."""

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()


@lru_cache(maxsize=512)
def read(text: str) -> Node:
    """The formula as steps. Raises ``Faulty``."""
    if len(text) > LONGEST:
        raise Faulty(f"longer than {LONGEST} signs")
    return _Reader(text).whole()


def names(text: str) -> frozenset[str]:
    """The numbers that a formula asks for. Raises ``Faulty``."""
    return frozenset(_names(read(text)))


def _names(node: Node) -> Iterator[str]:
    if node.kind == "name":
        yield node.text
    for part in node.parts:
        yield from _names(part)


def compute(text: str, given: Mapping[str, Decimal | None], *, decimals: int) -> Decimal | None:
    """The value, rounded half up; None where something is missing or the base is nothing."""
    exact = {name: None if one is None else Fraction(one) for name, one in given.items()}
    found = _value(read(text), exact)
    return None if found is None else arithmetic.half_up(found, decimals)


def _value(node: Node, given: Mapping[str, Number]) -> Number:
    if node.kind == "number":
        return Fraction(node.text)
    if node.kind == "name":
        return given.get(node.text)
    parts = [_value(part, given) for part in node.parts]
    if node.kind == "mean":
        known = [one for one in parts if one is not None]
        return sum(known, Fraction(0)) / len(known) if known else None
    whole = [one for one in parts if one is not None]
    if len(whole) < len(parts):
        return None
    return _joined(node.kind, whole)


def _joined(kind: str, parts: list[Fraction]) -> Number:
    match kind:
        case "sum":
            return sum(parts, Fraction(0))
        case "-1":
            return -parts[0]
        case "+":
            return parts[0] + parts[1]
        case "-":
            return parts[0] - parts[1]
        case "*":
            return parts[0] * parts[1]
    return parts[0] / parts[1] if parts[1] else None


class _Reader:
    """Reads from left to right; multiplication before addition."""

    def __init__(self, text: str) -> None:
        self._signs = [match.groups() for match in SIGNS.finditer(text.rstrip())]
        self._at = 0
        self._depth = 0

    def whole(self) -> Node:
        found = self._sum()
        if self._at < len(self._signs):
            raise Faulty(f"not expected: {self._sign() or self._signs[self._at]}")
        return found

    def _sign(self) -> str:
        """The sign that stands next; empty for a number, a name, or the end."""
        return (self._signs[self._at][2] or "") if self._at < len(self._signs) else ""

    def _take(self, sign: str) -> None:
        if self._sign() != sign:
            raise Faulty(f"expected {sign}")
        self._at += 1

    def _sum(self) -> Node:
        return self._chain(self._product, "+-")

    def _product(self) -> Node:
        return self._chain(self._one, "*/")

    def _chain(self, part, signs: str) -> Node:  # type: ignore[no-untyped-def]
        found = part()
        while (sign := self._sign()) and sign in signs:
            self._at += 1
            found = Node(sign, parts=(found, part()))
        return found

    def _one(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise Faulty(f"nested deeper than {DEEPEST}")
        try:
            return self._alone()
        finally:
            self._depth -= 1

    def _alone(self) -> Node:
        if self._at >= len(self._signs):
            raise Faulty("ends too early")
        number, name, sign = self._signs[self._at]
        if sign == "-":
            self._at += 1
            return Node("-1", parts=(self._one(),))
        if sign == "(":
            self._at += 1
            found = self._sum()
            self._take(")")
            return found
        if sign:
            raise Faulty(f"not expected: {sign}")
        self._at += 1
        if number:
            return Node("number", number)
        if self._sign() == "(":
            return self._function(name)
        return Node("name", name)

    def _function(self, name: str) -> Node:
        if name not in FUNCTIONS:
            raise Faulty(f"no function: {name}")
        self._take("(")
        parts = [self._sum()]
        while self._sign() == ",":
            self._at += 1
            parts.append(self._sum())
        self._take(")")
        return Node(name, parts=tuple(parts))
