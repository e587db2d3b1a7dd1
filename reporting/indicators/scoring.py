"""Scores out of values: a line from nothing to everything, weighted means, ranks. Pure and exact.

What has no value is not scored, and its weight is left out: a unit is neither praised nor blamed
for what is not known, but it is said how much of the weight was known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core import arithmetic

PLACES = 1
FULL = Fraction(100)


@dataclass(frozen=True)
class Scored:
    """One indicator of one unit: its score (exact), its weight; None: no value."""

    code: str
    score: Fraction | None
    weight: Decimal


@dataclass(frozen=True)
class Mean:
    """A weighted mean, and how much of the weight was known (per cent)."""

    score: Fraction | None
    known: Decimal

    @property
    def shown(self) -> Decimal | None:
        return None if self.score is None else arithmetic.half_up(self.score, PLACES)


def score(value: Decimal | None, zero: Decimal | None, full: Decimal | None) -> Fraction | None:
    """0 to 100; None where there is no value or the indicator is not scored."""
    if value is None or zero is None or full is None:
        return None
    found = Fraction(value - zero) / Fraction(full - zero) * FULL
    return min(max(found, Fraction(0)), FULL)


def mean(parts: Sequence[Scored]) -> Mean:
    """The weighted mean of those that have a score."""
    whole = sum((Fraction(one.weight) for one in parts), Fraction(0))
    known = [(one.score, Fraction(one.weight)) for one in parts if one.score is not None]
    weight = sum((weight for _score, weight in known), Fraction(0))
    share = arithmetic.half_up(weight / whole * 100, 0) if whole else Decimal(0)
    if not weight:
        return Mean(None, share)
    return Mean(sum((s * w for s, w in known), Fraction(0)) / weight, share)


def ranks(scores: Mapping[str, Decimal | None]) -> dict[str, int]:
    """1 for the best; equals share a place and the next is passed over; without score no place."""
    known = [one for one in scores.values() if one is not None]
    return {
        key: 1 + sum(other > one for other in known)
        for key, one in scores.items()
        if one is not None
    }


def meets(value: Decimal | None, limit: Decimal | None, direction: str) -> bool | None:
    """Whether a value keeps to a limit; None where there is none to judge by."""
    if value is None or limit is None or direction == "none":
        return None
    return value >= limit if direction == "up" else value <= limit
