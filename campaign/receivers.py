"""News from below: a year got another working calendar, cases were closed."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.dispatch import receiver

from campaign.services import rectification_entering
from campaign.services.recomputing import impact
from campaign.services.rectification_checks import notice_cases
from complaints.signals import cases_closed
from core import outbox, workdays
from core.signals import calendar_changed

workdays.register_impact(impact)


@receiver(calendar_changed, dispatch_uid="campaign.recompute")
def recompute_later(
    sender: Any, *, year: int, days: frozenset[date], now: datetime, **_kwargs: Any
) -> None:
    """Post the work as a job: the transaction of the change does not wait for it."""
    outbox.post(
        key=f"campaign-recompute-{year}-{now.isoformat()}",
        channel="job",
        kind="campaign.recompute",
        now=now,
    )


@receiver(cases_closed, dispatch_uid="campaign.reopen_items")
def reopen_later(sender: Any, *, keys: list[int], now: datetime, **_kwargs: Any) -> None:
    """A new verified complaint opens written-off items of the same line or area again; where an
    office's rule says so, what was found true enters the ledger."""
    notice_cases(keys, now=now)
    rectification_entering.notice_cases(keys, now=now)
