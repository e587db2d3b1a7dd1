"""Shape of what pages of filings send: grids and reasons. Rules live in the services."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils.translation import gettext as _

from core.sheets import Form, Problem
from core.sheets.definition import FIRST_DATA_ROW
from reporting import parts
from reporting.decision_forms import LONGEST_REASON
from reporting.examine import Warning
from reporting.parts import ROW_KEY

# Rows of a grid on one page; longer lists are turned over or come as a workbook.
PAGE_ROWS = 50
BLANK_ROWS = 1
MOST_BLANK_ROWS = 20


def posted_rows(data: QueryDict, form: Form) -> list[dict[str, Any]]:
    """Rows of a posted grid in their order: fields are named ``r-<row key>-<column>``."""
    keys = data.getlist("row")
    gone = data.get("remove", "")
    return [
        {
            ROW_KEY: key[:40],
            **{column.key: data.get(f"r-{key}-{column.key}") for column in form.columns},
        }
        for key in keys
        if key != gone
    ]


def merged_rows(
    standing: list[dict[str, Any]], posted: list[dict[str, Any]], shown: list[str]
) -> list[dict[str, Any]]:
    """The whole list after one page of it was posted: rows that were not on the page stay.

    ``shown`` are the keys of all rows that the page held; one that is not posted was removed.
    """
    by_key = {row[ROW_KEY]: row for row in posted}
    merged = []
    for row in standing:
        if row[ROW_KEY] not in shown:
            merged.append(row)
        elif row[ROW_KEY] in by_key:
            merged.append(by_key.pop(row[ROW_KEY]))
    return merged + [row for row in posted if row[ROW_KEY] in by_key]


class Field:
    """One cell of the grid as a form field."""

    def __init__(self, row_key: str, column: Any, value: Any, problems: list[Problem]) -> None:
        self.column = column
        self.name = f"r-{row_key}-{column.key}"
        self.problems = problems
        self.value = _shown(value)

    @property
    def kind(self) -> str:
        """select, date, area or input."""
        if self.column.type in ("choice", "bool"):
            return "select"
        if self.column.type == "date" and (not self.value or _is_iso_day(self.value)):
            return "date"
        return "area" if self.column.type == "text" and self.column.max_length > 200 else "input"

    @property
    def options(self) -> list[tuple[str, str]]:
        """Pairs of value and label."""
        if self.column.type == "bool":
            return [("是", _("是")), ("否", _("否"))]
        return [(choice, choice) for choice in self.column.choices]


class GridRow:
    """One row of the grid with its fields, its files and what is wrong with the row as such."""

    def __init__(
        self, form: Form, row: Mapping[str, Any], number: int, problems: list[Problem]
    ) -> None:
        self.key = str(row[ROW_KEY])
        self.number = number
        known = {column.key for column in form.columns}
        self.fields = [
            Field(self.key, c, row.get(c.key), [p for p in problems if p.key == c.key])
            for c in form.columns
        ]
        self.problems = [p for p in problems if p.key not in known]
        self.files: list[Any] = []


def grid(
    part: parts.Part,
    rows: list[dict[str, Any]],
    problems: list[Problem],
    attachments: list[Any],
    *,
    page: int,
    blank: int,
) -> list[GridRow]:
    """The rows of one page with blank ones at the end of the last."""
    assert part.form is not None
    first = (page - 1) * PAGE_ROWS
    shown = [
        GridRow(
            part.form,
            row,
            index + 1,
            [p for p in problems if p.row == FIRST_DATA_ROW + index],
        )
        for index, row in enumerate(rows)
    ][first : first + PAGE_ROWS]
    if page == page_count(rows):
        shown += [
            GridRow(part.form, {ROW_KEY: uuid4().hex[:12]}, len(rows) + n + 1, [])
            for n in range(min(blank, MOST_BLANK_ROWS))
        ]
    for row in shown:
        row.files = [a for a in attachments if a.row_key == row.key]
    return shown


def page_count(rows: list[Any]) -> int:
    return max(1, -(-len(rows) // PAGE_ROWS))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else str(value)


def _is_iso_day(value: str) -> bool:
    return len(value) == 10 and value[4] == value[7] == "-" and value.replace("-", "").isdigit()


def posted_reasons(data: QueryDict) -> dict[str, str]:
    """Reasons for soft warnings: fields named ``reason-<warning key>``."""
    return {
        name.removeprefix("reason-"): str(value)
        for name, value in data.items()
        if name.startswith("reason-")
    }


def wrong_reasons(
    reasons: Mapping[str, str], warnings: Sequence[Warning], *, all_of_them: bool
) -> dict[str, str]:
    """What is amiss with the reasons, by the key of their warning; empty where nothing is."""
    wrong = {
        key: _("最多%(most)d字，现有%(count)d字。请缩短后再提交。")
        % {"most": LONGEST_REASON, "count": len(text)}
        for key, text in reasons.items()
        if len(text) > LONGEST_REASON
    }
    for warning in warnings if all_of_them else ():
        if not reasons.get(warning.key, warning.reason).strip():
            wrong[warning.key] = _("提交复核前须说明理由，或者先按提示改正这一处。")
    return wrong
