"""A table of the analysis as a workbook: the same lines as on the page, and what they count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from complaints.analysis import counting
from complaints.analysis.counting import Line, Table
from complaints.analysis.tables import Asked
from core import clock
from core.sheets.writer import Out, write

if TYPE_CHECKING:
    from accounts.models import User


def workbook(
    table: Table, asked: Asked, told: Sequence[str], user: User, *, now: datetime
) -> bytes:
    """One sheet; below the figures stand period, definition, and who took it out when."""
    columns = [Out("label", table.head, 28), Out("now", _("件数"), 12)]
    if table.shares:
        columns.append(Out("share", _("占比（%）"), 12))
    if table.changes:
        columns += [
            Out("previous", _("上期件数"), 12),
            Out("mom", _("环比"), 12),
            Out("year_before", _("上年同期件数"), 14),
            Out("yoy", _("同比"), 12),
        ]
    columns += [Out(f"more{place}", head, 12) for place, head in enumerate(table.columns)]
    rows = _rows(table, asked, told, user, now)
    return write(columns, rows, sheet=table.title, taken_by=user, now=now)


def _rows(
    table: Table, asked: Asked, told: Sequence[str], user: User, now: datetime
) -> Iterator[dict[str, Any]]:
    for line in table.lines:
        yield _row(line)
    if table.shares:
        yield _row(Line("", _("合计"), table.total))
    period = {"first": asked.period.first, "last": asked.period.last}
    yield {"label": _("统计期：%(first)s至%(last)s") % period}
    for words in (*told, table.definition):
        if words:
            yield {"label": words}
    who = {
        "name": user.name,
        "username": user.username,
        "time": clock.written(now),
    }
    yield {"label": _("由%(name)s（%(username)s）于%(time)s导出") % who}


def _row(line: Line) -> dict[str, Any]:
    return {
        "label": line.label,
        "now": line.counts.now,
        "share": float(line.share) if line.share is not None else None,
        "previous": line.counts.previous,
        "mom": counting.changed(line.counts.mom),
        "year_before": line.counts.year_before,
        "yoy": counting.changed(line.counts.yoy),
        **{f"more{place}": value for place, (value, _url) in enumerate(line.more)},
    }
