"""Reading a snapshot: values as text, rows of a figure, tables and charts made from the rows.

Page, .docx, PDF and workbook all read through this, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core import charts
from reporting import chapters, figures

if TYPE_CHECKING:
    from reporting.models import FigureSnapshot

# What a rate says when there is nothing to divide by.
NO_BASE = "—"
# In an address: the rows that belong to none of the groups.
OTHERS = "-"


@dataclass(frozen=True)
class Cell:
    """One cell of a table: its value, and the figure and filter whose list it counts."""

    value: Any
    figure: str = ""
    by: str = ""
    code: str = ""

    @property
    def query(self) -> str:
        """The query string that narrows the figure's list down to this cell."""
        return f"?{self.by}={self.code}" if self.by and self.code else ""


@dataclass(frozen=True)
class Grid:
    """A table of the report before it is set: columns and rows of cells, the last may be a sum."""

    title: str
    unit: str
    columns: list[str]
    rows: list[list[Cell]]
    has_total: bool = False

    @property
    def values(self) -> list[list[Any]]:
        return [[cell.value for cell in row] for row in self.rows]


class Reading:
    """A frozen snapshot together with the template that it was taken for."""

    def __init__(self, snapshot: FigureSnapshot) -> None:
        self.snapshot = snapshot
        self.template: Mapping[str, Any] = snapshot.template.content

    def value(self, key: str, rows: Iterable[dict[str, Any]]) -> int | str:
        """What a figure says of some of its rows: their number, or the sum of its column."""
        return figures.added(rows, self._counted(key).get("total"))

    def summed_column(self, key: str) -> int | None:
        """The column whose sum a figure is; None where it is the number of its rows."""
        return self._counted(key).get("total")

    @property
    def keys(self) -> list[str]:
        """The figures of the report, and those of other stages that it is compared with."""
        asked = self.template["figures"]
        return [*asked, *(key for key in self.snapshot.figures if "@" in key)]

    @property
    def tables(self) -> list[str]:
        """The tables that have their place in this report."""
        listed = self.template["tables"].items()
        return [key for key, table in listed if chapters.holds(table, self.snapshot.figures)]

    def _counted(self, key: str) -> dict[str, Any]:
        """The count behind a figure: itself, or the part of a rate."""
        figure = self.snapshot.figures[key]
        return self.snapshot.figures[figure["part"]] if "part" in figure else figure

    def text(self, key: str) -> str:
        """The value of a figure as it is printed."""
        figure = self.snapshot.figures[key]
        if "part" in figure:
            return f"{figure['value']}%" if figure["value"] is not None else NO_BASE
        return str(figure["value"])

    @cached_property
    def values(self) -> dict[str, str]:
        """What placeholders stand for: ``figure:key`` and ``fact:key``."""
        found = {f"figure:{key}": self.text(key) for key in self.snapshot.figures}
        return found | {f"fact:{key}": text for key, text in self.snapshot.facts["text"].items()}

    def rows(self, key: str, **only: str) -> list[dict[str, Any]]:
        """The rows that a figure counts (of a rate: those of its part), narrowed down.

        ``only`` may name an ``organisation``, a ``unit`` (a company of the territory, for which
        count those below it) or a ``province`` by code.
        """
        found = [self.snapshot.rows[row] for row in self._counted(key)["rows"]]
        for by, code in only.items():
            column = "organisation" if by == "unit" else by
            if code == OTHERS:
                named = {one for one, _name in self.groups(by)}
                found = [row for row in found if row[column] not in named]
            elif code:
                found = [row for row in found if row[column] == code]
        return found

    def columns(self, key: str) -> list[str]:
        """The headings over the cells of a figure's rows."""
        return self._counted(key)["columns"]

    def groups(self, by: str) -> list[tuple[str, str]]:
        """(code, name) of the companies or provinces that tables go over."""
        return [(code, name) for code, name in self.snapshot.facts.get(f"{by}s", ())]

    def grid(self, key: str) -> Grid:
        """A table of the template."""
        table = self.template["tables"][key]
        if "stages" in table:
            return self._stages(table)
        return self._list(table) if "list" in table else self._counts(table)

    def _counts(self, table: Mapping[str, Any]) -> Grid:
        by, columns = table["by"], table["columns"]

        def line(code: str, name: str) -> list[Cell]:
            cells = [Cell(name)]
            for key in (column["figure"] for column in columns):
                cells.append(Cell(self.value(key, self.rows(key, **{by: code})), key, by, code))
            return cells

        rows = [line(code, name) for code, name in self.groups(by)]
        if any(self.rows(column["figure"], **{by: OTHERS}) for column in columns):
            rows.append(line(OTHERS, "其他"))
        keys = [column["figure"] for column in columns]
        rows.append([Cell("合计"), *(Cell(self.value(k, self.rows(k)), k) for k in keys)])
        head = "省（区）" if by == "province" else "单位"
        labels = [head, *(c["label"] for c in columns)]
        return Grid(table["title"], table.get("unit", ""), labels, rows, has_total=True)

    def _stages(self, table: Mapping[str, Any]) -> Grid:
        """Figures stage by stage; of two stages also what changed."""
        stages = self.snapshot.facts.get("stages") or []
        numbers = [number for number, _name in stages]
        rows = []
        for key in table["stages"]:
            figure = self.snapshot.figures[key]
            unit = "" if "part" in figure else f"（{figure['unit']}）"
            keys = [f"{key}@{number}" for number in numbers[:-1]] + [key]
            cells = [Cell(f"{figure['label']}{unit}")]
            cells += [Cell(self.shown(one), one) for one in keys]
            if len(keys) == 2:
                cells.append(Cell(self._change(*keys)))
            rows.append(cells)
        columns = ["指标", *(name for _number, name in stages)]
        columns += ["增减"] if len(stages) == 2 else []
        return Grid(table["title"], table.get("unit", ""), columns, rows)

    def shown(self, key: str) -> int | str:
        """The value of a figure in a table: a number as a number, a rate as it is printed."""
        figure = self.snapshot.figures[key]
        return self.text(key) if "part" in figure else figure["value"]

    def _change(self, before: str, now: str) -> int | str:
        """How much more or less it is; rates differ by percentage points."""
        one, other = (self.snapshot.figures[key] for key in (before, now))
        if one["value"] is None or other["value"] is None:
            return NO_BASE
        change = Decimal(str(other["value"])) - Decimal(str(one["value"]))
        if "part" in one:
            return f"{change}个百分点"
        return int(change) if change == change.to_integral_value() else format(change, "f")

    def _list(self, table: Mapping[str, Any]) -> Grid:
        key, named = table["list"], table.get("organisations", True)
        rows = [
            [
                Cell(place),
                *([Cell(row["name"])] if named else []),
                *(Cell(value) for value in row["cells"]),
            ]
            for place, row in enumerate(self.rows(key), start=1)
        ]
        columns = ["序号", *(["单位"] if named else []), *self.columns(key)]
        return Grid(table["title"], table.get("unit", ""), columns, rows)

    def gap_grid(self) -> Grid:
        """What is missing, one line each."""
        rows = [
            [Cell(place), Cell(gap["name"]), Cell(gap["what"]), Cell(gap["why"])]
            for place, gap in enumerate(self.snapshot.gaps, start=1)
        ]
        return Grid("缺项清单", "", ["序号", "单位", "缺项", "说明"], rows)

    def chart(self, key: str) -> tuple[dict[str, Any], str, str]:
        """Option, title and spoken description of a chart of the template."""
        chart = self.template["charts"][key]
        series, names = self.series(key), [name for _code, name in self.groups(chart["by"])]
        colours = [charts.LAMP_COLOURS[one["lamp"]] for one in chart["series"]]
        option = charts.stacked(names, series, unit=chart["unit"], colours=colours)
        return option, chart["title"], self._spoken(names, series, chart["unit"])

    def series(self, key: str) -> dict[str, list[Any]]:
        """The counts that a chart draws, per label."""
        chart = self.template["charts"][key]
        by = chart["by"]
        return {
            one["label"]: [
                self.value(one["figure"], self.rows(one["figure"], **{by: code}))
                for code, _name in self.groups(by)
            ]
            for one in chart["series"]
        }

    def chart_places(self, key: str) -> dict[tuple[int, int], tuple[Cell, str]]:
        """Which list each mark of a chart counts, and its name; marks of nothing have none."""
        chart = self.template["charts"][key]
        by, unit = chart["by"], chart["unit"]
        counts = self.series(key)
        return {
            (s, p): (
                Cell(count, one["figure"], by, code),
                f"{name}{one['label']}{count}{unit}",
            )
            for s, one in enumerate(chart["series"])
            for p, (code, name) in enumerate(self.groups(by))
            if (count := counts[one["label"]][p])
        }

    @staticmethod
    def _spoken(names: list[str], series: Mapping[str, list[int]], unit: str) -> str:
        parts = []
        for place, name in enumerate(names):
            counts = "、".join(f"{label}{values[place]}{unit}" for label, values in series.items())
            parts.append(f"{name}：{counts}")
        return "；".join(parts) + "。"
