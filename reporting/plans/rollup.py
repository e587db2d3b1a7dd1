"""Adding plans up from county to city to province to regulator, and telling which are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Part(Generic[T]):
    """A unit with what its own plan adds up to, by name; None where it has none yet.

    ``parts`` are the units that file with it. A unit that only collects is not ``expected`` to
    have a plan of its own.
    """

    unit: T
    own: Mapping[str, int] | None
    parts: tuple[Part[T], ...] = ()
    expected: bool = True


def total(part: Part[T]) -> Counter[str]:
    """Its own and everything below."""
    found = Counter(part.own or {})
    for below in part.parts:
        found.update(total(below))
    return found


def flat(part: Part[T], depth: int = 0) -> Iterator[tuple[int, Part[T]]]:
    """The part and all below, each after the one above it, with its depth."""
    yield depth, part
    for below in part.parts:
        yield from flat(below, depth + 1)


def missing(part: Part[T]) -> list[T]:
    """Units that should have a plan and have none, from the top down."""
    return [one.unit for _depth, one in flat(part) if one.expected and one.own is None]


def complete(part: Part[T]) -> tuple[int, int]:
    """How many plans there are, of how many."""
    asked = [one for _depth, one in flat(part) if one.expected]
    return sum(one.own is not None for one in asked), len(asked)
