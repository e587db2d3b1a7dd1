"""Adding returns up the tree of units: county, prefecture, province. Pure.

A unit that has units owing the form below it counts what they handed in; its own figures stand
beside for comparison. A unit without such units counts its own. So every total is the sum of its
parts, and what is missing is listed by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.sheets import values
from reporting.returns.definition import Sum

# (sheet, column, values of the columns by which it is told apart)
Key = tuple[str, str, tuple[str, ...]]
Figures = Mapping[Key, Decimal]


@dataclass(frozen=True)
class Unit:
    """A unit of the tree: whether it owes the form, and its accepted figures if there are any."""

    key: Any
    name: str
    owes: bool = False
    own: Figures | None = None
    children: tuple[Unit, ...] = ()


@dataclass(frozen=True)
class Rolled:
    """A unit with its total and how complete it is."""

    unit: Unit
    total: Figures
    owed: int
    filed: int
    missing: tuple[str, ...]
    children: tuple[Rolled, ...] = field(default_factory=tuple)

    @property
    def is_complete(self) -> bool:
        return self.owed == self.filed

    @property
    def differs(self) -> bool:
        """Whether the unit's own figures are not the sum of what came from below."""
        own = self.unit.own
        return bool(self.children) and own is not None and dict(own) != dict(self.total)


def figures(sums: Iterable[Sum], rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figures:
    """The sums of one return's rows."""
    found: dict[Key, Decimal] = {}
    for one in sums:
        for row in rows.get(one.sheet) or ():
            if (value := row.get(one.column)) is None:
                continue
            key = (one.sheet, one.column, tuple(str(row.get(name)) for name in one.by))
            found[key] = found.get(key, Decimal(0)) + values.decimal(value)
    return found


def added(parts: Iterable[Figures]) -> Figures:
    """The sum of several, key by key."""
    found: dict[Key, Decimal] = {}
    for part in parts:
        for key, value in part.items():
            found[key] = found.get(key, Decimal(0)) + value
    return found


def roll(unit: Unit) -> Rolled:
    """The unit with everything below it added up."""
    below = tuple(roll(child) for child in unit.children)
    counting = tuple(child for child in below if child.owed)
    total = added(child.total for child in counting) if counting else (unit.own or {})
    here = unit.owes and unit.own is None
    return Rolled(
        unit=unit,
        total=total,
        owed=sum(child.owed for child in counting) + unit.owes,
        filed=sum(child.filed for child in counting) + (unit.owes and unit.own is not None),
        missing=((unit.name,) if here else ())
        + tuple(name for child in counting for name in child.missing),
        children=counting,
    )


def flat(rolled: Rolled, depth: int = 0) -> list[tuple[int, Rolled]]:
    """The tree as lines, each with its depth."""
    return [(depth, rolled)] + [line for c in rolled.children for line in flat(c, depth + 1)]


def tree(units: Iterable[Any], make: Callable[[Any, tuple[Unit, ...]], Unit]) -> list[Unit]:
    """Units in the order of their paths (materialised) as trees; ``make`` gives each its facts."""
    ordered = list(units)

    def children_of(path: str) -> tuple[Unit, ...]:
        below = [u for u in ordered if u.path.startswith(path) and u.path != path]
        direct = [
            u for u in below if not any(o is not u and u.path.startswith(o.path) for o in below)
        ]
        return tuple(make(u, children_of(u.path)) for u in direct)

    return list(children_of(""))
