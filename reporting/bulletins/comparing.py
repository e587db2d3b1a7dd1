"""A published bulletin beside one that was counted from cases: every figure that is not the same.

Both are read as they are stored: the published one by ``checking``, the built one as the JSON of
the contract. What the published one does not state is not compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from reporting.bulletins.checking import Finding
from reporting.bulletins.checking_tables import number

PLAIN = ("count", "share_pct", "delta_vs_previous_period")
MOVED = ("mom", "yoy")


def compare(published: Mapping[str, Any], built: Mapping[str, Any]) -> list[Finding]:
    """Figures, cells and places that differ, in the order of the published text."""
    return [*_figures(published, built), *_tables(published, built), *_rankings(published, built)]


def _figures(published: Mapping[str, Any], built: Mapping[str, Any]) -> Iterable[Finding]:
    for entry in published["stated"]:
        mine = _at(built, entry["path"])
        for name in PLAIN:
            if name in entry:
                yield from _differs(f"{entry['path']}.{name}", entry[name], mine.get(name))
        for name in MOVED:
            for part, said in entry.get(name, {}).items():
                got = (mine.get(name) or {}).get(part)
                yield from _differs(f"{entry['path']}.{name}.{part}", said, got)


def _at(built: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    place: Any = built
    for part in path.split("."):
        place = place.get(part, {}) if isinstance(place, Mapping) else {}
    return place if isinstance(place, Mapping) else {}


def _tables(published: Mapping[str, Any], built: Mapping[str, Any]) -> Iterable[Finding]:
    known = {table["no"]: table for table in built.get("tables", ())}
    for table in published.get("tables", ()):
        mine = known.get(table["no"], {"columns": (), "rows": ()})
        lines = {row["label"]: row["values"] for row in mine["rows"]}
        for row in table["rows"]:
            got = dict(zip(mine["columns"], lines.get(row["label"], ()), strict=False))
            for column, said in zip(table["columns"], row["values"], strict=False):
                path = f"tables.{table['no']}.{row['label']}.{column}"
                yield from _differs(path, said, got.get(column))


def _rankings(published: Mapping[str, Any], built: Mapping[str, Any]) -> Iterable[Finding]:
    known = {ranking["by"]: ranking for ranking in built.get("rankings", ())}
    for ranking in published.get("rankings", ()):
        mine = known.get(ranking["by"], {})
        said, path = ranking["order"], f"rankings.{ranking['by']}"
        yield from _differs(path, "、".join(said), "、".join(mine.get("order", ())[: len(said)]))
        named = {name for name in said if isinstance(name, str)}
        ties = [tie for tie in mine.get("ties", ()) if tie[0] in named]
        yield from _differs(f"{path}.ties", _tied(ranking.get("ties", ())), _tied(ties))


def _tied(groups: Iterable[Iterable[str]]) -> str:
    return "；".join("、".join(group) for group in groups)


def _differs(path: str, said: Any, got: Any) -> Iterable[Finding]:
    """Nothing where both are the same number: 28.7 and 28.70 are one figure."""
    one, other = number(str(said).rstrip("%")), number(str(got).rstrip("%"))
    if said == got or (one is not None and one == other):
        return
    message = _("%(path)s：公布为%(said)s，按诉求计算为%(got)s。")
    shown = "—" if got is None or got == "" else got
    words = {"path": path, "said": said or "—", "got": shown}
    yield Finding("differs", path, message % words, str(said), "" if got is None else str(got))
