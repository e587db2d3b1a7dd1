"""Workbooks of the campaign pages: exactly what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from campaign.models import DutyDefinition
from campaign.queries import Matrix
from core.clock import day_of
from core.sheets.writer import Out, write


def board(matrix: Matrix) -> bytes:
    """The duty board as one sheet: a row for each organisation, a column for each duty."""
    columns = [Out("group", _("地区")), Out("organisation", _("单位"), 28)]
    columns += [
        Out(
            f"d{definition.pk}",
            _heading(definition),
            28,
        )
        for definition in matrix.definitions
    ]
    columns += [Out(column.key, column.label, 22) for column in matrix.inside]
    return write(columns, _rows(matrix), sheet=_("任务看板"))


def _heading(definition: DutyDefinition) -> str:
    words = {"title": definition.title, "day": f"{definition.due_on:%Y-%m-%d}"}
    if definition.livelihood:
        return _("%(title)s（民生，%(day)s）") % words
    return _("%(title)s（%(day)s）") % words


def _rows(matrix: Matrix) -> Iterator[dict[str, Any]]:
    for label, organisation, cells in matrix.rows():
        row: dict[str, Any] = {"group": label, "organisation": organisation.name}
        for definition, cell in zip(matrix.definitions, cells, strict=True):
            row[f"d{definition.pk}"] = _text(cell)
        for column, found in zip(matrix.inside, matrix.inside_of(organisation), strict=True):
            row[column.key] = _inside(found)
        yield row


def _inside(found: Any) -> str:
    """A part of a report: the same words as on the page."""
    return "；".join(text for text in (found[1].text, found[1].note) if text) if found else "—"


def _text(cell: Any) -> str:
    if cell is None:
        return "—"
    duty, shown = cell
    parts = [shown.text, shown.note, _("截止%(day)s") % {"day": f"{day_of(duty.due_at):%Y-%m-%d}"}]
    return "；".join(part for part in parts if part)
