"""Number rules of the bulletins: shares, balancing, changes, rankings. Pure and exact.

Rules found by recomputing published bulletins: shares have two decimals, half up; some issues force
a group to add up to 100; since 2023 a parent's share is the sum of its children's printed shares;
a change against a base of nothing is never divided.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal, TypeVar

Balance = Literal["none", "last", "largest"]
BALANCES: tuple[Balance, ...] = ("none", "last", "largest")
HUNDRED = Decimal(100)
NOTHING = "—"

Key = TypeVar("Key", bound=Hashable)


def unit(decimals: int) -> Decimal:
    """The smallest step with so many decimals: 2 → 0.01."""
    return Decimal(1).scaleb(-decimals)


def half_up(value: Fraction, decimals: int) -> Decimal:
    """A fraction rounded half up, away from zero, without an inexact step in between."""
    scaled = abs(value) * 10**decimals
    whole = floor(scaled + Fraction(1, 2))
    rounded = Decimal(whole).scaleb(-decimals)
    return -rounded if value < 0 and whole else rounded


def share(part: int, whole: int, decimals: int = 2) -> Decimal | None:
    """Part of a whole in per cent; None where there is nothing to divide by."""
    return half_up(Fraction(100 * part, whole), decimals) if whole else None


def shares(
    counts: Mapping[Key, int], whole: int, *, decimals: int = 2, balance: Balance = "none"
) -> dict[Key, Decimal]:
    """The share of every part, in the order of the parts; empty where the whole is nothing.

    ``balance`` says who bears what rounding leaves over when the parts make up the whole: the
    last part that has a count, or the largest (the first of equals). A part that would fall below
    zero hands the rest to the largest. Parts that do not make up the whole are never balanced.
    """
    if not whole:
        return {}
    found = {key: half_up(Fraction(100 * n, whole), decimals) for key, n in counts.items()}
    borne = residual(found, counts, whole, balance=balance)
    if borne[0] is not None:
        found[borne[0]] += borne[1]
    return found


def residual(
    found: Mapping[Key, Decimal], counts: Mapping[Key, int], whole: int, *, balance: Balance
) -> tuple[Key | None, Decimal]:
    """Who bears how much so that the shares add up to 100; (None, 0) where nothing is moved."""
    rest = HUNDRED - sum_of(list(found.values()))
    if balance == "none" or not rest or sum(counts.values()) != whole:
        return None, Decimal(0)
    bearer = _bearer(counts, balance)
    if found[bearer] + rest < 0:
        bearer = _bearer(counts, "largest")
    return bearer, rest


def _bearer(counts: Mapping[Key, int], balance: Balance) -> Key:
    if balance == "last":
        return [key for key, count in counts.items() if count][-1]
    return max(counts, key=lambda key: counts[key])


def printed(value: Decimal | None, *, decimals: int = 2, strip_zeros: bool = False) -> str:
    """As it stands in the text, without the sign %: 6.50, or 6.5 where zeros are dropped."""
    if value is None:
        return NOTHING
    text = f"{value.quantize(unit(decimals), ROUND_HALF_UP):f}"
    if strip_zeros and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text


# A figure as it is printed, perhaps behind a sign of comparison; nothing else is a figure.
_FIGURE = re.compile(r"([≥≤]?[-−+]?)(0|[1-9]\d*)((?:\.\d+)?%?)")


def grouped(value: object) -> str:
    """A figure with a comma between thousands: 1,234,567.80; any other text as it is."""
    text = str(value)
    found = _FIGURE.fullmatch(text)
    return f"{found[1]}{int(found[2]):,}{found[3]}" if found else text


@dataclass(frozen=True)
class Change:
    """How a count moved against a base: ``sign`` -1, 0 or 1, and by how many per cent."""

    sign: int
    pct: Decimal
    difference: int


def change(now: int, base: int | None, decimals: int = 2) -> Change | None:
    """(now - base) / base; None where the base is missing or nothing, never divided."""
    if not base:
        return None
    difference = now - base
    pct = half_up(Fraction(100 * abs(difference), base), decimals)
    return Change((difference > 0) - (difference < 0), pct, difference)


def bases(now: int, signed_pct: Decimal, decimals: int) -> range:
    """All whole bases from which ``now`` is a change of the printed, signed percentage.

    An empty range means that the printed change is impossible.
    """
    half = Fraction(unit(decimals)) / 2
    low, high = abs(Fraction(signed_pct)) - half, abs(Fraction(signed_pct)) + half
    if signed_pct < 0 and low >= 100:
        return range(0)
    if signed_pct < 0:
        return _between(now, 1 - low / 100, 1 - high / 100, open_end="high")
    return _between(now, 1 + low / 100, 1 + high / 100, open_end="low")


def _between(now: int, near: Fraction, far: Fraction, *, open_end: str) -> range:
    """Bases b with low <= |now - b| / b < high, where now = b * factor."""
    if open_end == "low":
        # now/far < b <= now/near
        low = Fraction(now) / far
        return range(max(floor(low) + 1, 1), floor(Fraction(now) / near) + 1)
    # now/near <= b < now/far; at 100 % everything went away and the base is not known
    start = max(ceil(Fraction(now) / near), 1) if near > 0 else 1
    stop = ceil(Fraction(now) / far) if far > 0 else UNKNOWN
    return range(start, max(start, stop))


# More than any hotline will ever count: stands for "no upper bound".
UNKNOWN = 10**12


@dataclass(frozen=True)
class Place:
    """One place of a ranking: ``name`` is printed first, ``tied`` in brackets behind it."""

    name: str
    tied: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}({'、'.join(self.tied)}并列)" if self.tied else self.name


def ranking(values: Mapping[str, Fraction | int], *, top: int, ties: str = "dense") -> list[Place]:
    """The first ``top`` places, largest first; who has nothing is not ranked.

    Equals stand in the order of their pronunciation, the first before the brackets. ``dense``
    gives ``top`` places however many are tied; ``competition`` stops when ``top`` names stand;
    ``listed`` gives each of them a place of its own.
    """
    grouped: dict[Fraction | int, list[str]] = {}
    for name, value in values.items():
        if value > 0:
            grouped.setdefault(value, []).append(name)
    places: list[Place] = []
    names = 0
    for value in sorted(grouped, reverse=True):
        if len(places) >= top or (ties == "competition" and names >= top):
            break
        equal = sorted(grouped[value], key=spoken)
        if ties == "listed":
            places += [Place(name) for name in equal]
        else:
            places.append(Place(equal[0], tuple(equal[1:])))
        names += len(equal)
    return places[:top]


def spoken(name: str) -> tuple[bytes, str]:
    """A key that sorts by pronunciation: GB 2312 holds the common characters in that order."""
    return name.encode("gb18030"), name


def per_million(
    counts: Mapping[str, int], people: Mapping[str, int]
) -> tuple[dict[str, Fraction], list[str]]:
    """Counts per million people, exact, and the names whose population is not known."""
    known = {n: Fraction(c * 1_000_000, people[n]) for n, c in counts.items() if people.get(n)}
    return known, [name for name, count in counts.items() if count and name not in known]


def sum_of(parts: Sequence[Decimal]) -> Decimal:
    """The sum of shares as they are printed."""
    return sum(parts, Decimal(0))
