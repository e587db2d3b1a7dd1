"""How good forecasts of the gap were: errors of each band and of many. Pure and exact.

The error is forecast less actual: positive where more was expected to lack than did.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from core.arithmetic import half_up


@dataclass(frozen=True)
class Pair:
    """A forecast and what came true, in MW."""

    forecast: Decimal
    actual: Decimal

    @property
    def error(self) -> Decimal:
        return self.forecast - self.actual

    @property
    def rate(self) -> Decimal | None:
        """The error in per cent of the actual gap; None where nothing lacked."""
        if not self.actual:
            return None
        return half_up(Fraction(self.error) * 100 / Fraction(self.actual), 2)


@dataclass(frozen=True)
class Errors:
    """The errors of many pairs. ``missed``: a gap that nobody forecast; ``spurious``: the reverse.

    ``accuracy`` is 100 less the absolute errors in per cent of the actual gaps, at least 0; None
    where nothing lacked at all.
    """

    pairs: int
    mean: Decimal | None
    mean_absolute: Decimal | None
    largest: Decimal | None
    accuracy: Decimal | None
    missed: int
    spurious: int


def errors(pairs: Iterable[Pair]) -> Errors:
    """Error figures in MW with two decimals; a mean of nothing is None."""
    found = list(pairs)
    if not found:
        return Errors(0, None, None, None, None, 0, 0)
    off = [Fraction(one.error) for one in found]
    absolute, lacked = sum(map(abs, off)), sum(Fraction(one.actual) for one in found)
    return Errors(
        pairs=len(found),
        mean=half_up(Fraction(sum(off)) / len(off), 2),
        mean_absolute=half_up(Fraction(absolute) / len(off), 2),
        largest=max((one.error for one in found), key=abs),
        accuracy=half_up(max(Fraction(0), 100 - 100 * Fraction(absolute) / lacked), 2)
        if lacked
        else None,
        missed=sum(1 for one in found if one.actual and not one.forecast),
        spurious=sum(1 for one in found if one.forecast and not one.actual),
    )
