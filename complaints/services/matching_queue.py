"""Cases that wait to be compared with the others: posted with the receipt, done after it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from complaints.models import Case
from core import outbox

JOB = "complaints.match"
# Older ones are history that is imported: no case of today is compared with them.
RECENT = timedelta(days=90)


def later(cases: Iterable[Case], *, now: datetime) -> None:
    """Have new cases compared after the commit: the receipt itself waits for nothing."""
    pks = sorted(case.pk for case in cases if now - case.received_at < RECENT)
    if pks:
        outbox.post(
            key=f"complaints-match-{pks[0]}-{pks[-1]}-{len(pks)}",
            channel="job",
            kind=JOB,
            payload={"cases": pks},
            fresh=True,
            now=now,
        )
