"""Provisional deadlines are computed again when the working calendar of their year arrives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from campaign import notifications
from campaign.models import Duty
from campaign.services.duties import due_fields, locked, tell_party
from core import audit, sla, workdays
from core.workdays import WorkCalendar


def allowance_of(duty: Duty) -> tuple[datetime, sla.Allowance] | None:
    """What a deadline was computed from; None for dated ones, which no calendar moves."""
    basis = duty.due_basis or {}
    if "start" not in basis:
        return None
    return datetime.fromisoformat(basis["start"]), sla.Allowance(basis["value"], basis["unit"])


def movable() -> Iterator[tuple[Duty, datetime, sla.Allowance]]:
    """Unfinished duties whose deadline stands on an allowance and is provisional."""
    duties = Duty.objects.unfinished().filter(due_provisional=True)
    for duty in duties.select_related("definition", "organisation"):
        if (found := allowance_of(duty)) is not None:
            yield duty, *found


def recompute(*, now: datetime) -> int:
    """Bring every provisional deadline in line with the calendar that counts now; says how many."""
    calendar = workdays.calendar(now=now)
    return sum(
        _recompute(duty, sla.due(start, allowance, calendar=calendar), now=now)
        for duty, start, allowance in movable()
    )


@transaction.atomic
def _recompute(duty: Duty, due: sla.Due, *, now: datetime) -> bool:
    duty = locked(duty)
    if duty.is_finished or (duty.due_at, duty.due_provisional) == (due.due_at, due.provisional):
        return False
    old, moves = duty.due_at, duty.due_at != due.due_at
    changes = due_fields(due, now=now if moves else duty.due_set_at, basis=duty.due_basis)
    for field, value in changes.items():
        setattr(duty, field, value)
    duty.save(update_fields=list(changes))
    audit.record(
        "duty.recompute",
        duty,
        by=None,
        now=now,
        organisation=duty.organisation,
        old_due_at=old.isoformat(),
        new_due_at=due.due_at.isoformat(),
        provisional=due.provisional,
    )
    if moves:
        tell_party(duty, notifications.moved, now=now)
    return True


def impact(old: WorkCalendar, new: WorkCalendar) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Which stored deadlines would move between two calendars, for the calendar's preview page."""
    for duty, start, allowance in movable():
        before = sla.due(start, allowance, calendar=old).due_at
        after = sla.due(start, allowance, calendar=new).due_at
        if before != after:
            yield str(duty), notifications.duty_url(duty), before, after
