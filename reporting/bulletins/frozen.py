"""A bulletin as plain JSON that is kept, and back again, without loss."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import Any

from core.arithmetic import Place
from core.periods import Period
from reporting.bulletins.model import Bulletin, Conflict, Figure, Moved, Ranked, Sheet


def freeze(bulletin: Bulletin) -> dict[str, Any]:
    """Everything that the bulletin says. Order is kept by lists, which databases do not sort."""
    return {
        "title": bulletin.title,
        "style": bulletin.style,
        "issuer": bulletin.issuer,
        "from": str(bulletin.period.first),
        "to": str(bulletin.period.last),
        "figures": [[path, asdict(figure)] for path, figure in bulletin.figures.items()],
        "tables": [
            {**asdict(t), "columns": list(t.columns), "rows": [[n, list(v)] for n, v in t.rows]}
            for t in bulletin.tables
        ],
        "rankings": [
            {"by": r.by, "top": r.top, "places": [[p.name, *p.tied] for p in r.places]}
            for r in bulletin.rankings
        ],
        "conflicts": [asdict(conflict) for conflict in bulletin.conflicts],
    }


def thaw(kept: dict[str, Any]) -> Bulletin:
    """The bulletin that was frozen."""
    first, last = date.fromisoformat(kept["from"]), date.fromisoformat(kept["to"])
    return Bulletin(
        title=kept["title"],
        style=kept["style"],
        issuer=kept["issuer"],
        period=Period(first, last),
        figures={path: _figure(fields) for path, fields in kept["figures"]},
        tables=tuple(_sheet(fields) for fields in kept["tables"]),
        rankings=tuple(
            Ranked(r["by"], tuple(Place(p[0], tuple(p[1:])) for p in r["places"]), r["top"])
            for r in kept["rankings"]
        ),
        conflicts=tuple(Conflict(**fields) for fields in kept["conflicts"]),
    )


def _figure(fields: dict[str, Any]) -> Figure:
    moved = {n: Moved(**fields[n]) if fields[n] else None for n in ("mom", "yoy")}
    return Figure(**{**fields, **moved})


def _sheet(fields: dict[str, Any]) -> Sheet:
    rows = tuple((label, tuple(values)) for label, values in fields["rows"])
    return Sheet(**{**fields, "columns": tuple(fields["columns"]), "rows": rows})
