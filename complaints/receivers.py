"""News from below: a year got another working calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from complaints.services.recomputing import impact
from core import outbox, workdays
from core.signals import calendar_changed

workdays.register_impact(impact)


@receiver(calendar_changed, dispatch_uid="complaints.recompute")
def recompute_later(
    sender: Any, *, year: int, days: frozenset[date], now: datetime, **_kwargs: Any
) -> None:
    """Post the work as a job: the transaction of the change does not wait for it."""
    outbox.post(
        key=f"complaints-recompute-{year}-{now.isoformat()}",
        channel="job",
        kind="complaints.recompute",
        now=now,
    )
