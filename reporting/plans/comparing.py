"""What changed from one plan to the next: users that came, went, or stand otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

COMPARED = (
    *("user_name", "line_code", "grade", "measure", "reducible_kw", "time_from", "time_to"),
    *("control_means", "user_class", "protected", "mixed_line", "cutoff_device"),
)
Row = Mapping[str, Any]


@dataclass
class Change:
    """A user in both plans that stands otherwise: (column, before, after) each."""

    user_no: str
    user_name: str
    fields: list[tuple[str, Any, Any]]


@dataclass
class Comparison:
    """Users by what became of them, and the kW that came and went."""

    came: list[Row] = field(default_factory=list)
    went: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    same: int = 0
    kw_before: int = 0
    kw_after: int = 0


def compare(before: Iterable[Row], after: Iterable[Row]) -> Comparison:
    """Hold two tables against each other by account, line and grade list."""
    found = Comparison()
    old = {_key(row): row for row in before}
    found.kw_before = sum(row["reducible_kw"] for row in old.values())
    for row in after:
        found.kw_after += row["reducible_kw"]
        standing = old.pop(_key(row), None)
        if standing is None:
            found.came.append(row)
            continue
        fields = [(key, standing[key], row[key]) for key in COMPARED if standing[key] != row[key]]
        if fields:
            found.changed.append(Change(row["user_no"], row["user_name"], fields))
        else:
            found.same += 1
    found.went = list(old.values())
    return found


def _key(row: Row) -> tuple[str, str]:
    return row["user_no"], row["line_code"] or row["line_name"]
