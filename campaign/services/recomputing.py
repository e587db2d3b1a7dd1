"""Provisional deadlines are computed again when the working calendar of their year arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from campaign import notifications
from campaign.models import Duty
from campaign.services.duties import due_fields, locked, tell_party
from core import audit, sla, workdays
from core.workdays import WorkCalendar


def computed(duty: Duty, calendar: WorkCalendar) -> sla.Due | None:
    """The deadline that a calendar gives; None for dated ones, which no calendar moves.

    ``not_before`` in the basis is a deadline that was later anyway and is not taken away.
    """
    basis = duty.due_basis or {}
    if "start" not in basis:
        return None
    allowance = sla.Allowance(basis["value"], basis["unit"])
    due = sla.due(datetime.fromisoformat(basis["start"]), allowance, calendar=calendar)
    if floor := basis.get("not_before"):
        return replace(due, due_at=max(due.due_at, datetime.fromisoformat(floor)))
    return due


def movable() -> Iterator[Duty]:
    """Unfinished duties whose deadline stands on an allowance and is provisional."""
    duties = Duty.objects.unfinished().filter(due_provisional=True)
    return (duty for duty in duties.select_related("definition", "organisation") if duty.due_basis)


def recompute(*, now: datetime) -> int:
    """Bring every provisional deadline in line with the calendar that counts now; says how many."""
    calendar = workdays.calendar(now=now)
    return sum(
        _recompute(duty, due, now=now)
        for duty in movable()
        if (due := computed(duty, calendar)) is not None
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
    for duty in movable():
        before, after = computed(duty, old), computed(duty, new)
        if before and after and before.due_at != after.due_at:
            yield str(duty), notifications.duty_url(duty), before.due_at, after.due_at
