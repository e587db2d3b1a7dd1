"""What changed between two versions of a form's rows, row by row and cell by cell."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from core.sheets.definition import Form

Row = Mapping[str, Any]
State = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True)
class Cell:
    """One column of a row in both versions."""

    key: str
    label: str
    old: Any
    new: Any

    @property
    def changed(self) -> bool:
        return self.old != self.new


@dataclass(frozen=True)
class Line:
    """One row in both versions; ``old_number``/``new_number`` count from 1, 0 where absent."""

    state: State
    cells: list[Cell]
    old_number: int = 0
    new_number: int = 0

    @property
    def changes(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.changed]


@dataclass(frozen=True)
class Diff:
    """All rows in the order of the new version, removed ones where they stood."""

    lines: list[Line] = field(default_factory=list)

    def count(self, state: State) -> int:
        return sum(line.state == state for line in self.lines)

    @property
    def counts(self) -> dict[str, int]:
        return {state: self.count(state) for state in ("added", "removed", "changed", "same")}

    @property
    def is_empty(self) -> bool:
        return all(line.state == "same" for line in self.lines)


def compare(form: Form, old: Sequence[Row], new: Sequence[Row]) -> Diff:
    """Match rows by the form's key; without one, or where it repeats, by their likeness."""
    pairs = _by_key(form, old, new) or _by_likeness(form, old, new)
    return Diff([_line(form, old, new, pair) for pair in pairs])


Pair = tuple[int | None, int | None]


def _identity(form: Form, row: Row) -> tuple[Any, ...]:
    return tuple(row.get(key) for key in form.key)


def _by_key(form: Form, old: Sequence[Row], new: Sequence[Row]) -> list[Pair]:
    before = {_identity(form, row): index for index, row in enumerate(old)}
    after = {_identity(form, row): index for index, row in enumerate(new)}
    if not form.key or len(before) < len(old) or len(after) < len(new):
        return []
    pairs: list[Pair] = []
    gone = [index for identity, index in before.items() if identity not in after]
    for identity, index in after.items():
        then = before.get(identity)
        while then is not None and gone and gone[0] < then:
            pairs.append((gone.pop(0), None))
        pairs.append((then, index))
    return [*pairs, *((index, None) for index in gone)]


def _by_likeness(form: Form, old: Sequence[Row], new: Sequence[Row]) -> list[Pair]:
    def plain(rows: Sequence[Row]) -> list[tuple[str, ...]]:
        return [tuple(str(row.get(column.key)) for column in form.columns) for row in rows]

    pairs: list[Pair] = []
    matcher = difflib.SequenceMatcher(a=plain(old), b=plain(new), autojunk=False)
    for _tag, i1, i2, j1, j2 in matcher.get_opcodes():
        both = min(i2 - i1, j2 - j1)
        pairs.extend((i1 + step, j1 + step) for step in range(both))
        pairs.extend((index, None) for index in range(i1 + both, i2))
        pairs.extend((None, index) for index in range(j1 + both, j2))
    return pairs


def _line(form: Form, old: Sequence[Row], new: Sequence[Row], pair: Pair) -> Line:
    before = old[pair[0]] if pair[0] is not None else {}
    after = new[pair[1]] if pair[1] is not None else {}
    cells = [
        Cell(column.key, column.label, before.get(column.key), after.get(column.key))
        for column in form.columns
    ]
    if pair[0] is None:
        state: State = "added"
    elif pair[1] is None:
        state = "removed"
    else:
        state = "changed" if any(cell.changed for cell in cells) else "same"
    number = [index + 1 if index is not None else 0 for index in pair]
    return Line(state, cells, number[0], number[1])
