"""Where the numbers of a formula come from: each kind of source registers who reads it.

A source answers for all units at once, so that a round over a territory asks each thing once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import quote_plus

from core.periods import Period


@dataclass(frozen=True)
class Row:
    """One cell or number that went into an input: where it stands, what it says, what opens it."""

    place: str
    value: str
    url: str = ""


@dataclass(frozen=True)
class Input:
    """One number of one unit, with what opens it: a list (``url``), or cells (``rows``)."""

    value: Decimal | None
    url: str = ""
    rows: tuple[Row, ...] = ()
    # Of a sum over units: how many are in it, and how many should be.
    told: int = 0
    owed: int = 0

    @property
    def is_partial(self) -> bool:
        """Whether some of the units that should be in a sum are missing."""
        return self.value is not None and self.told < self.owed

    def kept(self, label: str) -> dict[str, Any]:
        """As plain JSON, with the words that say what is counted."""
        value = None if self.value is None else format(self.value, "f")
        rows = [asdict(row) for row in self.rows]
        partial = {"told": self.told, "owed": self.owed} if self.is_partial else {}
        return {"label": label, "value": value, "url": self.url, "rows": rows, **partial}


@dataclass(frozen=True)
class Unit:
    """An organisation as the sources know it."""

    pk: int
    code: str
    path: str


@dataclass(frozen=True)
class Scope:
    """For whom and for when numbers are asked."""

    units: Sequence[Unit]
    period: Period
    now: datetime
    # What sources read once for many inputs.
    cache: dict[str, Any] = field(default_factory=dict)


# (what is asked, for whom and when) → unit's pk → number.
Reader = Callable[[Mapping[str, Any], Scope], Mapping[int, Input]]
_readers: dict[str, Reader] = {}


def register(kind: str) -> Callable[[Reader], Reader]:
    """The decorated function reads inputs of this kind."""

    def keep(reader: Reader) -> Reader:
        _readers[kind] = reader
        return reader

    return keep


def kinds() -> frozenset[str]:
    return frozenset(_readers)


def read(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Every unit's number of one input; a unit that is not in it has none."""
    return _readers[spec["source"]](spec, scope)


# Stands in an address where the code of a unit belongs; urlencode leaves it as it is.
PLACE = "~unit~"


def addressed(url: Callable[[str], str], units: Iterable[Unit]) -> dict[int, str]:
    """The address of each unit's list: made once, for they differ in the unit's code alone."""
    made = url(PLACE)
    return {unit.pk: made.replace(PLACE, quote_plus(unit.code)) for unit in units}


def rolled_up(own: Mapping[str, int], units: Sequence[Unit]) -> dict[int, int]:
    """Counts by path, added up to every unit above: the sum of a unit is that of its parts."""
    found: dict[int, int] = {}
    for unit in units:
        found[unit.pk] = sum(n for path, n in own.items() if path.startswith(unit.path))
    return found
