"""Proving the audit trail in the background, and what the last proof said."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from core import audit, beats, jobs
from core.models import Heartbeat, Job

NAME = "check:audit-trail"
SHOWN = 50


@transaction.atomic
def start(*, by: Any, now: datetime, title: str, url: str) -> Job:
    """Prove the whole trail as a job; ``url`` is where the person reads the result."""
    audit.record("audit.verify", None, by=by, now=now)
    return jobs.start(
        kind="audit.verify",
        by=by,
        now=now,
        key=f"audit.verify:{now.isoformat()}:{by.pk}",
        title=title,
        payload={"url": url},
    )


def run(job: Job, *, now: datetime) -> str:
    """The job itself; registered in ``core.tasks``."""
    problems = audit.verify()
    beats.beat(NAME, now=now, error="\n".join(problems[:SHOWN]))
    return str(job.payload["url"])


def last() -> Heartbeat | None:
    """When the trail was last proved, and what was wrong with it (one line each)."""
    return Heartbeat.objects.filter(name=NAME).first()
