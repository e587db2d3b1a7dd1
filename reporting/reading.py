"""Reading a snapshot: values as text, rows of a figure, tables and charts made from the rows.

Page, .docx, PDF and workbook all read through this, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from core import charts

if TYPE_CHECKING:
    from reporting.models import FigureSnapshot

# What a rate says when there is nothing to divide by.
NO_BASE = "—"


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

    def rows(self, key: str, *, organisation: str = "", province: str = "") -> list[dict[str, Any]]:
        """The rows that a figure counts (of a rate: those of its part), narrowed down."""
        figure = self.snapshot.figures[key]
        ids = self.snapshot.figures[figure["part"]]["rows"] if "part" in figure else figure["rows"]
        found = [self.snapshot.rows[row] for row in ids]
        if organisation:
            found = [row for row in found if row["organisation"] == organisation]
        if province:
            found = [row for row in found if row["province"] == province]
        return found

    def columns(self, key: str) -> list[str]:
        """The headings over the cells of a figure's rows."""
        figure = self.snapshot.figures[key]
        return (
            self.snapshot.figures[figure["part"]]["columns"]
            if "part" in figure
            else (figure["columns"])
        )

    def groups(self, by: str) -> list[tuple[str, str]]:
        """(code, name) of the companies or provinces that tables go over."""
        kind = "organisations" if by == "organisation" else "provinces"
        return [(code, name) for code, name in self.snapshot.facts[kind]]

    def grid(self, key: str) -> Grid:
        """A table of the template."""
        table = self.template["tables"][key]
        return self._list(table) if "list" in table else self._counts(table)

    def _counts(self, table: Mapping[str, Any]) -> Grid:
        by, columns = table["by"], table["columns"]
        rows = [
            [
                Cell(name),
                *(
                    Cell(len(self.rows(c["figure"], **{by: code})), c["figure"], by, code)
                    for c in columns
                ),
            ]
            for code, name in self.groups(by)
        ]
        totals = [Cell(len(self.rows(c["figure"])), c["figure"]) for c in columns]
        rows.append([Cell("合计"), *totals])
        head = "单位" if by == "organisation" else "省（区）"
        labels = [head, *(c["label"] for c in columns)]
        return Grid(table["title"], table.get("unit", ""), labels, rows, has_total=True)

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

    def series(self, key: str) -> dict[str, list[int]]:
        """The counts that a chart draws, per label."""
        chart = self.template["charts"][key]
        by = chart["by"]
        return {
            one["label"]: [
                len(self.rows(one["figure"], **{by: code})) for code, _name in self.groups(by)
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
