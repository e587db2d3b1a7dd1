"""The list of cases as a workbook: exactly what the page shows, personal data masked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from complaints.models import Case
from complaints.privacy import PERSONAL, masked, reveal_refusal
from complaints.queries import Labels
from complaints.workflow import Source, State
from core import clock
from core.sheets.writer import Out, write


def workbook(cases: Iterable[Case], user: User, *, now: datetime, in_full: bool = False) -> bytes:
    """One row for each case; who took it out and when stands in the last row and on every page.

    ``in_full``: the complainant as far as the person may see it for a stated purpose.
    """
    columns = [
        Out("number", _("编号"), 22),
        Out("source", _("来源")),
        Out("received_at", _("受理时间"), 18),
        Out("nature", _("诉求性质")),
        Out("category", _("业务类别"), 18),
        Out("organisation", _("被反映单位"), 24),
        Out("region", _("地区")),
        Out("complainant_name", _("诉求人")),
        Out("complainant_phone", _("联系电话"), 16),
        Out("address", _("用电地址"), 28),
        Out("account_no", _("户号"), 18),
        Out("content", _("诉求内容"), 50),
        Out("state", _("状态")),
        Out("holder", _("承办单位"), 24),
        Out("due_at", _("最近时限"), 18),
        Out("closed_at", _("办结时间"), 18),
        Out("outcome", _("办理结论")),
        Out("satisfaction", _("满意度")),
    ]
    rows = _rows(cases, user, now, in_full=in_full)
    return write(columns, rows, sheet=_("诉求"), taken_by=user, now=now)


def _rows(
    cases: Iterable[Case], user: User, now: datetime, *, in_full: bool
) -> Iterator[dict[str, Any]]:
    labels = Labels()
    for case in cases:
        shown = masked(case, user)
        if in_full and not reveal_refusal(case, user):
            shown = {name: getattr(case, name) for name in PERSONAL}
        yield {
            "number": case.number,
            "source": Source(case.source).label,
            "received_at": _instant(case.received_at),
            "organisation": str(case.organisation or ""),
            "region": str(case.region or ""),
            "content": case.content,
            "state": State(case.state).label,
            "holder": case.holder.name,
            "due_at": _instant(case.due_at),
            "closed_at": _instant(case.closed_at),
            **{
                kind: labels.of(kind, getattr(case, kind), at=case.received_at)
                for kind in ("nature", "category", "outcome", "satisfaction")
            },
            **{name: value for name, value in shown.items() if name != "content_full"},
        }
    words = {"name": user.name, "username": user.username, "time": _instant(now)}
    yield {"number": _("由%(name)s（%(username)s）于%(time)s导出") % words}


def _instant(moment: datetime | None) -> str:
    return clock.written(moment) if moment else ""
