"""A year got another working calendar: deadlines of running steps move with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.dispatch import receiver
from django.urls import reverse

from core import audit, outbox, workdays
from core.locking import held
from core.signals import calendar_changed
from grids.business.moves import OPEN, State
from grids.models import BusinessRequest, BusinessStep
from grids.services import business_clocks as clocks

JOB = "grids.business-recompute"
COLUMNS = ["due_at", "provisional", "explanation"]


def running() -> QuerySet[BusinessStep]:
    """Steps whose deadline may move."""
    steps = BusinessStep.objects.filter(
        started_at__isnull=False, done_at__isnull=True, request__state__in=OPEN
    )
    return steps.exclude(due_at=None).select_related("request__type").order_by("pk")


@workdays.register_impact
def impact(
    old: workdays.WorkCalendar, new: workdays.WorkCalendar
) -> Iterator[tuple[str, str, datetime, datetime]]:
    """What a new calendar would move."""
    for step in running():
        clocks.reckon(step.request, step, old)
        before = step.due_at
        clocks.reckon(step.request, step, new)
        if before is not None and step.due_at is not None and before != step.due_at:
            url = reverse("grids:business", args=[step.request_id])
            yield f"{step.request.number} {step.title}", url, before, step.due_at


@receiver(calendar_changed, dispatch_uid="grids.business-recompute")
def recompute_later(
    sender: Any, *, year: int, days: frozenset[date], now: datetime, **_kwargs: Any
) -> None:
    """Post the work as a job: the transaction of the change does not wait for it."""
    key = f"{JOB}-{year}-{now.isoformat()}"
    outbox.post(key=key, channel="job", kind=JOB, now=now)


def recompute(*, now: datetime) -> int:
    """Bring the deadlines of running steps in line with the calendar that counts now; how many."""
    calendar = workdays.calendar(now=now)
    return sum(_recompute(step.pk, step.request_id, calendar, now) for step in list(running()))


@transaction.atomic
def _recompute(pk: int, request_pk: int, calendar: workdays.WorkCalendar, now: datetime) -> bool:
    request = held(BusinessRequest.objects, request_pk, "type", "organisation")
    step = running().filter(pk=pk).first()
    if step is None:
        return False
    before = (step.due_at, step.provisional)
    clocks.reckon(request, step, calendar)
    if before == (step.due_at, step.provisional):
        return False
    step.save(update_fields=COLUMNS)
    if request.state != State.MATERIALS:
        request.due_at, request.updated_at = step.due_at, now
        request.save(update_fields=["due_at", "updated_at"])
    audit.record(
        "business.recompute",
        request,
        by=None,
        now=now,
        organisation=request.organisation,
        step=step.title,
        old_due_at=before[0].isoformat() if before[0] else "",
        new_due_at=step.due_at.isoformat() if step.due_at else "",
    )
    return True
