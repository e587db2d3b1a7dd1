"""Bulletins of a replay: counted, approved by a second person, issued and published."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from datetime import date, datetime

from accounts.models import Organisation, User
from core.periods import Period
from reporting.bulletins import styles
from reporting.models import Bulletin
from reporting.services import bulletins as services

# Who makes a move: whoever writes, or whoever approves.
EDITOR, APPROVER = "regulator_officer", "regulator_lead"
MOVES: dict[str, tuple[str, Callable[..., object]]] = {
    "submit": (EDITOR, services.submit),
    "approve": (APPROVER, services.approve),
    "issue": (APPROVER, services.issue),
    "publish": (APPROVER, services.publish),
}


def move(
    office: Organisation,
    period: str,
    what: str,
    *,
    remarks: str = "",
    somebody: Callable[..., User],
    now: datetime,
) -> None:
    """Draft the bulletin of a period such as 2011-10 or 2011-Q3, or lead it on."""
    whole = period_of(period)
    if what == "draft":
        by = somebody(office.code, EDITOR)
        made = services.draft(
            organisation=office,
            period=whole,
            style=styles.style_in_force(whole.last),
            balance="none",
            occasion=period,
            by=by,
            now=now,
        )
        if remarks:
            services.edit(bulletin=made, seen=1, remarks=remarks, by=by, now=now)
        return
    role, service = MOVES[what]
    found = Bulletin.objects.get(organisation=office, first_day=whole.first, last_day=whole.last)
    service(bulletin=found, by=somebody(office.code, role), now=now)


def period_of(text: str) -> Period:
    """2011-10 is a month, 2011-Q3 a quarter. Raises ``ValueError``."""
    year, _dash, part = text.partition("-")
    first = (int(part[1:]) * 3 - 2, 3) if part.startswith("Q") else (int(part), 1)
    month, months = first
    last = month + months - 1
    return Period(date(int(year), month, 1), date(int(year), last, monthrange(int(year), last)[1]))
