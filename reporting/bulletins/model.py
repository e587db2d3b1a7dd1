"""The bulletin as a value: figures by path, tables, rankings, conflicts, and its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from core.arithmetic import Place
from core.periods import Period

# Dimensions that the contract names; they stand in the JSON even when they are empty.
DIMENSIONS = ("nature", "channel", "industry", "business", "target", "outcome")


@dataclass(frozen=True)
class Moved:
    """A change against a base period, as it is printed."""

    word: str
    pct: str

    def json(self) -> dict[str, str]:
        return {"word": self.word, "pct": self.pct}


@dataclass(frozen=True)
class Figure:
    """One stated figure. ``of`` is the path of the whole that ``share`` is a part of."""

    count: int
    label: str = ""
    share: str | None = None
    of: str = ""
    mom: Moved | None = None
    yoy: Moved | None = None
    delta: int | None = None
    extra: dict[str, int] = field(default_factory=dict)

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"count": self.count}
        if self.share is not None:
            found["share_pct"] = self.share
        for name in ("mom", "yoy"):
            if (moved := getattr(self, name)) is not None:
                found[name] = moved.json()
        if self.delta is not None:
            found["delta_vs_previous_period"] = self.delta
        return {**found, **self.extra}


@dataclass(frozen=True)
class Sheet:
    """One table of the bulletin; a cell is a number, a text such as 66.7%, or empty."""

    no: str
    title: str
    row_header: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Any, ...]], ...]
    unit: str = "件"
    has_total: bool = False

    def json(self) -> dict[str, Any]:
        return {
            "no": self.no,
            "title": self.title,
            "unit": self.unit,
            "row_header": self.row_header,
            "columns": list(self.columns),
            "rows": [{"label": label, "values": list(values)} for label, values in self.rows],
        }


@dataclass(frozen=True)
class Ranked:
    """A ranking by some count, largest first; ``top`` is how many places were asked for."""

    by: str
    places: tuple[Place, ...]
    top: int

    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "by": self.by,
            "order": [place.name for place in self.places],
            "top": self.top,
        }
        if ties := [[place.name, *place.tied] for place in self.places if place.tied]:
            found["ties"] = ties
        return found


@dataclass(frozen=True)
class Conflict:
    """Where a printed figure is not what plain arithmetic gives, or the cases do not add up."""

    kind: str
    path: str
    message: str
    published: str = ""
    recomputed: str = ""

    def json(self) -> dict[str, str]:
        found = {"kind": self.kind, "path": self.path, "message": self.message}
        if self.published or self.recomputed:
            found |= {"published": self.published, "recomputed": self.recomputed}
        return found


@dataclass(frozen=True)
class Bulletin:
    """Everything that a bulletin says. ``figures`` maps a dotted path to its figure."""

    title: str
    style: str
    issuer: str
    period: Period
    figures: dict[str, Figure]
    tables: tuple[Sheet, ...] = ()
    rankings: tuple[Ranked, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    def json(self) -> dict[str, Any]:
        """The contract's shape: a path part.part is a key inside a key."""
        found: dict[str, Any] = {
            "title": self.title,
            "issuer": self.issuer,
            "style": self.style,
            "period": {"from": str(self.period.first), "to": str(self.period.last)},
            "total": {},
            **{name: {} for name in DIMENSIONS},
        }
        for path, figure in self.figures.items():
            place = found
            for part in path.split("."):
                place = place.setdefault(part, {})
            place |= figure.json()
        found["tables"] = [table.json() for table in self.tables]
        found["rankings"] = [ranking.json() for ranking in self.rankings]
        found["conflicts"] = [conflict.json() for conflict in self.conflicts]
        return found
