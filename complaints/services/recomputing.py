"""Provisional deadlines of cases are computed again when the calendar of their year arrives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from complaints.models import Case, CaseClock
from complaints.procedures import definition_of
from complaints.services import clocks
from complaints.services.acting import locked
from complaints.workflow import TICKING, ClockState
from core import audit, workdays
from core.workdays import WorkCalendar


def movable() -> Iterator[CaseClock]:
    """Clocks that still tick and whose deadline stands on a calendar that may change."""
    found = CaseClock.objects.filter(state__in=TICKING, provisional=True)
    return found.select_related("case__procedure").iterator(chunk_size=500)


def impact(old: WorkCalendar, new: WorkCalendar) -> Iterator[tuple[str, str, datetime, datetime]]:
    """Which stored deadlines would move between two calendars, for the calendar's preview page."""
    for clock in movable():
        clocks.reckon(clock, old)
        before = clock.due_at
        clocks.reckon(clock, new)
        if before != clock.due_at:
            rule = definition_of(clock.case.procedure).clocks[clock.code]
            url = reverse("complaints:case", args=[clock.case_id])
            yield f"{clock.case.number} · {rule.shown}", url, before, clock.due_at


def recompute(*, now: datetime) -> int:
    """Bring every provisional deadline in line with the calendar that counts now; how many."""
    calendar = workdays.calendar(now=now)
    return sum(_recompute(clock.pk, clock.case_id, calendar, now) for clock in list(movable()))


@transaction.atomic
def _recompute(pk: int, case_pk: int, calendar: WorkCalendar, now: datetime) -> bool:
    case = locked(Case(pk=case_pk))
    clock = CaseClock.objects.get(pk=pk)
    before = (clock.due_at, clock.provisional)
    if clock.state not in TICKING:
        return False
    clocks.reckon(clock, calendar)
    if before == (clock.due_at, clock.provisional):
        return False
    if clock.state == ClockState.RUNNING:
        rule = definition_of(case.procedure).clocks[clock.code]
        clock.next_step_at = clocks.next_step(rule, clock, after=now, calendar=calendar)
    clock.save()
    clocks.refresh(case)
    Case.objects.filter(pk=case.pk).update(due_at=case.due_at, updated_at=now)
    audit.record(
        "case.recompute",
        case,
        by=None,
        now=now,
        organisation=case.owner,
        clock=clock.code,
        old_due_at=before[0].isoformat(),
        new_due_at=clock.due_at.isoformat(),
        provisional=clock.provisional,
    )
    return True
