"""What a period takes over from the one before: standing columns, and stocks. Pure.

Columns that a definition carries on (``prefill``) keep their value; a stock at the beginning is the
one at the end of the last period (the check ``carried``). Rows belong together by the form's key,
by their place where a sheet has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.sheets.definition import Form
from reporting.returns.definition import Definition

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Carried:
    """A cell that still holds what it took over, and what stands in its place there now."""

    sheet: str
    index: int
    column: str
    old: Any
    new: Any


def sources(meant: Definition) -> Iterator[tuple[str, str, str]]:
    """(sheet, column, column of the last period that it takes over)."""
    for sheet, columns in meant.prefill.items():
        key = meant.booklet.form(sheet).key
        for column in columns:
            if column not in key:
                yield sheet, column, column
    for check in meant.booklet.checks:
        if check.name == "carried":
            yield check.params["sheet"], check.params["column"], check.params["of"]


def by_key(form: Form, rows: Sequence[Mapping[str, Any]]) -> dict[Any, Mapping[str, Any]]:
    """Rows by what tells them apart."""
    if not form.key:
        return dict(enumerate(rows))
    return {tuple(row.get(name) for name in form.key): row for row in rows}


def moved(meant: Definition, rows: Rows, old: Rows, new: Rows) -> Iterator[Carried]:
    """Cells that equal what the last period said, where it says something else now."""
    for sheet, column, source in sources(meant):
        form = meant.booklet.form(sheet)
        before, after = by_key(form, old.get(sheet) or ()), by_key(form, new.get(sheet) or ())
        for index, (key, row) in enumerate(_keyed(form, rows.get(sheet) or ())):
            if key not in before or key not in after:
                continue
            was, now = before[key].get(source), after[key].get(source)
            if was is not None and was != now and row.get(column) == was:
                yield Carried(sheet, index, column, was, now)


def _keyed(
    form: Form, rows: Sequence[Mapping[str, Any]]
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for index, row in enumerate(rows):
        yield (tuple(row.get(name) for name in form.key) if form.key else index), row


def openings(meant: Definition, sheet: str, rows: Sequence[Mapping[str, Any]], last: Rows) -> None:
    """Put stocks of the last period's end where the new one begins, in rows just made."""
    form = meant.booklet.form(sheet)
    before = by_key(form, last.get(sheet) or ())
    for name, column, source in sources(meant):
        if name != sheet or column == source:
            continue
        for key, row in _keyed(form, rows):
            if key in before and isinstance(row, dict):
                row[column] = before[key].get(source)
