"""Columns of the workbooks that lists of filings are exported to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import clock
from core.sheets import Column, writer

if TYPE_CHECKING:
    from reporting.queries.filings import Row


def desk_columns() -> list[Column]:
    return [
        Column("organisation", _("报送单位"), width=24),
        Column("title", _("报送事项"), width=30),
        Column("recipient", _("受理单位"), width=20),
        Column("copy_to", _("抄送单位"), width=20),
        Column("due_at", _("截止时间"), width=20),
        Column("state", _("状态"), width=14),
        Column("version", _("版本"), type="int", width=8),
        Column("submitted_at", _("报送时间"), width=20),
        Column("late", _("是否逾期"), width=10),
        Column("number", _("回执编号"), width=26),
        Column("returns", _("退回次数"), type="int", width=10),
    ]


def desk_workbook(rows: Iterable[Row]) -> bytes:
    """The review desk's list, in its order; text never becomes a formula."""
    return writer.write(desk_columns(), _lines(rows))


def _lines(rows: Iterable[Row]) -> Iterator[dict[str, Any]]:
    for row in rows:
        duty, filed = row.duty, row.filed
        yield {
            "organisation": duty.organisation.name,
            "title": duty.definition.title,
            "recipient": duty.recipient.name,
            "copy_to": duty.copy_to.name if duty.copy_to else "",
            "due_at": _instant(duty.due_at),
            "state": str(row.state),
            "version": filed.number if filed else None,
            "submitted_at": _instant(filed.submitted_at) if filed else "",
            "late": (_("是") if filed.is_late else _("否")) if filed else "",
            "number": row.receipt.number if filed else "",
            "returns": duty.return_count,
        }


def _instant(value: Any) -> str:
    return f"{value.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}"
