"""Reminders of returns, in the manner of the campaign's ladder: rungs in working days, bundled.

Each form names its rungs as working days from the deadline's day; on a rung's day from nine o'clock
everybody who files gets one letter with all that is open, and after the deadline those who certify
as well. Missed and doubled rounds do no harm: a letter has one key per person and day.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from accounts.permissions import Permission
from campaign.people import Directory
from core import clock, outbox, workdays
from reporting.models import Return
from reporting.notifications import returns as wording
from reporting.returns import definition
from reporting.workflow.returns import UNFILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User
    from core.workdays import WorkCalendar

HOUR = 9
# Rungs lie within so many days of the deadline.
REACH = timedelta(days=45)


def remind(*, now: datetime) -> int:
    """Post the reminders of the day. Says how many people they are for."""
    local = now.astimezone(clock.ZONE)
    if local.hour < HOUR:
        return 0
    today, calendar = local.date(), workdays.calendar(now=now)
    entries = Return.objects.filter(
        state__in=[*UNFILED_STATES, State.RETURNED],
        due_at__gte=now - REACH,
        due_at__lte=now + REACH,
    ).select_related("form", "organisation", "recipient")
    due = [entry for entry in entries if _is_rung(entry, today, calendar)]
    if not due:
        return 0
    staff = Directory(entry.organisation_id for entry in due)
    bundles: dict[User, list[Return]] = defaultdict(list)
    for entry in due:
        people = staff.people(entry.organisation_id, Permission.FILING_DRAFT, on=today)
        if now > entry.due_at:
            people = [
                *people,
                *staff.people(entry.organisation_id, Permission.FILING_CERTIFY, on=today),
            ]
        for person in people:
            if entry not in bundles[person]:
                bundles[person].append(entry)
    for person, owed in bundles.items():
        outbox.post(**wording.reminder(person, owed, today=today, now=now), now=now)
    return len(bundles)


def _is_rung(entry: Return, today: date, calendar: WorkCalendar) -> bool:
    day = entry.due_at.astimezone(clock.ZONE).date()
    rungs = definition.of(entry.form).reminders
    return any(_rung(day, offset, calendar) == today for offset in rungs)


def _rung(day: date, offset: int, calendar: WorkCalendar) -> date:
    """The day of a rung: so many working days from the deadline's day."""
    return calendar.add_workdays(day, offset) if offset else day
