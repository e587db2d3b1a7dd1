"""Counts the figures of stage reports again, from nothing but the tables in a replay's folder.

Written from the campaign plan, the grid standard and the contract of the folder, without the code
that made the figures. ``differences`` says which figures come to something else, and which the
recount does not know: there must be none of either.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

from tests.recount import cases, filings, ground, matters, outages, results
from tests.recount.place import Place
from tests.recount.tables import Tables, at

__all__ = ["Recount", "differences", "unknown"]

# Reports that tell of the campaign from its first day.
WHOLE = ("upward-4", "regulatory-4", "summary-4")
GROUPS = (filings, cases, outages, matters, results, ground)
RATES = {
    "company.filed_rate": ("company.filed", "company.expected"),
    "filings.filed_rate": ("filings.filed", "filings.expected"),
    "cases.done_rate": ("cases.done", "cases.total"),
    "ledger.rate": ("ledger.closed", "ledger.items"),
    "inspected.rate": ("inspected.rectified", "inspected.confirmed"),
    "checks.rate": ("checks.corrected", "checks.problems"),
    "returns.filed_rate": ("returns.filed", "returns.owed"),
    "claims.response": ("claims.responded", "claims.due"),
    "claims.solution": ("claims.solved", "claims.visited"),
    "claims.satisfaction": ("claims.content", "claims.visited"),
    "windows.rate_12398": ("windows.shows_12398", "windows.total"),
    "windows.rate_95598": ("windows.shows_95598", "windows.total"),
    "windows.rate_both_with_photo": ("windows.both_with_photo", "windows.total"),
}


class Recount(Place):
    """The figures of one office over the days of a stage, as they stood at an instant."""

    @cached_property
    def counts(self) -> dict[str, Callable[[], int | Decimal]]:
        found: dict[str, Callable[[], int | Decimal]] = {}
        for group in GROUPS:
            found |= group.counts(self)
        return found

    def figure(self, key: str) -> str:
        """The figure as the report prints it; nothing where nothing is to divide by."""
        if key in RATES:
            part, whole = (Decimal(self.counts[one]()) for one in RATES[key])
            return str((part * 100 / whole).quantize(CENT, ROUND_HALF_UP)) if whole else ""
        return str(self.counts[key]())

    def knows(self, key: str) -> bool:
        return key in RATES or key in self.counts


CENT = Decimal("0.01")


def differences(folder: Path) -> tuple[int, int, list[str]]:
    """How many figures were counted again, how many there are, and which come to something else."""
    tables = Tables(folder)
    again, wrong = 0, []
    for row, key, place in _told(tables):
        if not place.knows(key):
            continue
        again += 1
        counted = place.figure(key)
        if counted != row["value"] and not _equal(counted, row["value"]):
            wrong.append(f"{row['report']} {row['figure']}: {counted}, told {row['value']}")
    return again, len(tables["figures"]), wrong


def unknown(folder: Path) -> set[str]:
    """Figures that the recount does not know."""
    return {key for _row, key, place in _told(Tables(folder)) if not place.knows(key)}


def _told(tables: Tables):
    """Every figure of every report, with the place that counts it."""
    made: dict[tuple[str, str, int, bool], Recount] = {}
    for row in tables["figures"]:
        key, _mark, stage = row["figure"].partition("@")
        whole = not stage and row["report"] in WHOLE
        number = int(stage or row["phase"])
        place = (row["office"], row["taken_at"], number, whole)
        if place not in made:
            taken: datetime = at(row["taken_at"])
            made[place] = Recount(tables, row["office"], number, taken, whole)
        yield row, key, made[place]


def _equal(one: str, other: str) -> bool:
    return bool(one and other) and Decimal(one) == Decimal(other)
