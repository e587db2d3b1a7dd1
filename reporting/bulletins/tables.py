"""Tables and rankings of a bulletin, from the same cells as its figures."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import arithmetic
from reporting.bulletins import styles
from reporting.bulletins.model import Ranked, Sheet
from reporting.bulletins.tally import SUBSTANTIATED, Cell

if TYPE_CHECKING:
    from reporting.bulletins.counting import Builder

WORDS: dict[str, Callable[[Cell], str]] = {
    "channel": lambda cell: cell.channel,
    "business": lambda cell: cell.business,
    "new_energy": lambda cell: cell.business,
    "target": lambda cell: cell.target,
}


def tables(builder: Builder, rankings: list[Ranked]) -> Iterable[Sheet]:
    """The tables of the style. One whose rows no case carries is left out."""
    for definition in builder.style.tables:
        match definition.get("kind", "cross"):
            case "units":
                yield _units(builder, definition)
            case "places":
                if any(ranking.places for ranking in rankings):
                    yield _places(builder, definition, rankings)
            case _:
                sheet = _cross(builder, definition)
                if sheet is not None:
                    yield sheet


def _title(builder: Builder, definition: Mapping[str, Any]) -> str:
    period = builder.period
    longer = f"{period.text}份" if period.kind == "month" else period.text
    names = {"period": period.text, "period_long": longer, "issuer": builder.issuer}
    return definition["title"].format(**names)


def _cross(builder: Builder, definition: Mapping[str, Any]) -> Sheet | None:
    """Rows of a dimension against natures, with sums both ways and perhaps shares."""
    cells = [c for c in builder.cells if definition.get("of") in (None, c.industry)]
    rows, placed = builder.placed(definition["rows"], cells, WORDS[definition["rows"]])
    natures = builder.rows("nature")
    if rows is None or natures is None or not any(path for path, _nature in placed):
        return None
    spellings = natures.spellings()
    rest = next((row.key for row in natures.rows if row.rest), "")
    values: dict[str, Counter[str]] = {}
    columns = list(definition["columns"])
    for (path, nature), n in placed.items():
        column = spellings.get(styles.plain(nature), (rest,))[0]
        counted = values.setdefault(path[-1] if path else "", Counter())
        counted[column if column in columns else rest] += n
    lines = []
    unnamed = [("", _("未分类"))] if "" in values else []
    for key, label in [*_leaves(rows), *unnamed]:
        counted = values.get(key, Counter())
        lines.append((label, [counted[column] for column in columns]))
    lines = [(label, [*found, sum(found)]) for label, found in lines]
    sums = [sum(column) for column in zip(*(found for _label, found in lines), strict=True)]
    lines.append((definition["total_row"], sums))
    heads = [*definition["columns"].values(), definition["total_col"]]
    if "share_col" in definition:
        heads.append(definition["share_col"])
        lines = [(label, [*f, _share(builder, f[-1], sums[-1])]) for label, f in lines]
    return Sheet(
        no=definition["number"],
        title=_title(builder, definition),
        row_header=definition["row_header"],
        columns=tuple(heads),
        rows=tuple((label, tuple(found)) for label, found in lines),
        has_total=True,
    )


def _leaves(rows: styles.Dimension) -> list[tuple[str, str]]:
    """(key, label) of what stands in a table: children instead of their parent."""
    found = []
    for row in rows.rows:
        found += [(child.key, child.label) for child in row.children]
        if not row.children:
            found.append((row.key, row.label))
    return found


def _share(builder: Builder, part: int, whole: int) -> str:
    value = arithmetic.share(part, whole, builder.style.decimals)
    return arithmetic.NOTHING if value is None else f"{builder.text(value)}%"


def _units(builder: Builder, definition: Mapping[str, Any]) -> Sheet:
    """How many complaints each enterprise had to close, and how many it closed in time."""
    units = sorted(
        (one for one in builder.tally.due if one.due),
        key=lambda one: (-one.due, arithmetic.spoken(one.unit)),
    )
    return Sheet(
        no=definition["number"],
        title=_title(builder, definition),
        row_header=definition["row_header"],
        columns=tuple(definition["columns"]),
        rows=tuple(
            (one.unit, (one.due, one.in_time, _share(builder, one.in_time, one.due)))
            for one in units
        ),
    )


def _places(builder: Builder, definition: Mapping[str, Any], rankings: list[Ranked]) -> Sheet:
    """Rankings side by side, one line per place."""
    shown = [r for r in rankings if r.by in definition["rankings"]]
    longest = max(len(ranking.places) for ranking in shown)
    rows = [
        (str(n + 1), tuple(str(r.places[n]) if n < len(r.places) else "" for r in shown))
        for n in range(longest)
    ]
    return Sheet(
        no=definition["number"],
        title=_title(builder, definition),
        row_header=definition["row_header"],
        columns=tuple(ranking.by for ranking in shown),
        rows=tuple(rows),
        unit="",
    )


# -- rankings --------------------------------------------------------------------------------------


def rankings(builder: Builder) -> list[Ranked]:
    """The rankings of the style. Without places there is nothing to rank."""
    first = builder.period.first
    chosen = [one for one in builder.style.rankings if one.get("from", first) <= first]
    return [_ranking(builder, definition) for definition in chosen]


def _ranking(builder: Builder, definition: Mapping[str, Any]) -> Ranked:
    counts: Mapping[str, Any] = _counts(builder, definition["count"])
    if definition.get("per") == "million":
        people = styles.population(builder.period.last)
        counts, unknown = arithmetic.per_million(counts, people)
        if unknown:
            message = _("没有%(names)s的人口数，未列入百万人均排名。")
            names = "、".join(sorted(unknown, key=arithmetic.spoken))
            builder.conflict(
                "population", f"rankings.{definition['by']}", message % {"names": names}
            )
    top = definition["top"] or len(counts)
    if builder.period.kind == "year":
        top = definition.get("top_year", top)
    ties = definition.get("ties", builder.style.ties)
    places = arithmetic.ranking(counts, top=top, ties=ties)
    return Ranked(definition["by"], tuple(places), top)


def _counts(builder: Builder, what: str) -> Counter[str]:
    if what == "due":
        return Counter({one.unit: one.due for one in builder.tally.due})
    found: Counter[str] = Counter()
    cells: Iterable[Cell] = builder.tally.received
    if what == "substantiated":
        both = [cell for cell in builder.tally.closed if cell.is_complaint_or_report]
        cells = [cell for cell in both if cell.outcome in SUBSTANTIATED]
    elif what == "complaints_and_reports":
        cells = builder.both
    elif what != "all":
        cells = [cell for cell in builder.tally.received if cell.nature == what]
    for cell in cells:
        if cell.place:
            found[cell.place] += cell.n
    return found
