"""What runs by the clock and in the background. Every process imports this at its start."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.urls import reverse

from complaints import services
from complaints.models import CaseImport, ViewSubscription
from complaints.services import (
    escalating,
    inspections,
    matching_queue,
    proposing,
    saved_views,
    supervising,
    uploading,
)
from core import beats, jobs, outbox
from core.errors import Refused
from core.jobs import Cancelled
from core.models import Job, Letter

outbox.register_tick("complaints.tick")(services.tick)
outbox.register_tick("complaints.supervision")(supervising.tick)


@outbox.register_job("complaints.recompute")
def recompute(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Bring provisional deadlines in line with a calendar that arrived."""
    services.recompute(now=now)


@outbox.register_job(escalating.AGAIN)
def climb_again(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Speak of the rungs of a clock that failed at its tick."""
    escalating.climb(payload["clock"], since=datetime.fromisoformat(payload["since"]), now=now)


@outbox.register_job(matching_queue.JOB)
def match(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Compare cases that came in with all others."""
    proposing.propose(payload["cases"], now=now)


outbox.register_tick("complaints.imports.clear")(uploading.clear)


@jobs.register(uploading.JOB)
def import_file(job: Job, *, now: datetime) -> str:
    """Check and enter a file that a person handed in."""
    made = CaseImport.objects.get(pk=job.payload["import"])
    try:
        uploading.work_off(made, progress=job.progress, now=now)
    except Refused:
        uploading.give_up(made, now=now)
        raise
    except Cancelled:
        # Also raised where another worker took the job over: then that one goes on.
        if Job.objects.filter(pk=job.pk, cancel_requested=True).exists():
            uploading.give_up(made, now=now)
        raise
    return reverse("complaints:imported", args=[made.pk])


@outbox.register_parked_job
def give_up(letter: Letter, reason: str, *, now: datetime) -> None:
    """A file that was tried in vain says so itself."""
    if letter.kind == uploading.JOB:
        made = CaseImport.objects.filter(pk=letter.payload["import"]).first()
        if made is not None:
            uploading.give_up(made, now=now)


@outbox.register_tick("complaints.inspections")
def inspect_clusters(*, now: datetime) -> None:
    """Once a day: where cases gather, an inspection is proposed."""
    if beats.is_time("round:inspections", now=now, every=timedelta(days=1)):
        inspections.detect(now=now)


@outbox.register_tick("complaints.saved-views")
def subscribe(*, now: datetime) -> None:
    """Post a job for every subscription of a saved view whose time has come."""
    saved_views.tick(now=now)


@outbox.register_tick("complaints.views-of-leavers")
def hand_views_on(*, now: datetime) -> None:
    """Once a day: shared views whose owner left the office."""
    if beats.is_time("round:views-of-leavers", now=now, every=timedelta(days=1)):
        saved_views.hand_on(now=now)


@outbox.register_job(saved_views.JOB)
def send_count(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Tell one subscriber how many cases a view has; one that is gone, never."""
    if subscription := _subscription(payload):
        saved_views.run(subscription=subscription, occasion=payload["occasion"], now=now)


@outbox.register_parked_job
def not_counted(letter: Letter, reason: str, *, now: datetime) -> None:
    """A subscription that was tried in vain says so itself."""
    if letter.kind == saved_views.JOB and (subscription := _subscription(letter.payload)):
        told = {"subscription": subscription, "occasion": letter.payload["occasion"]}
        saved_views.note_failure(**told, reason=reason, now=now)


def _subscription(payload: dict[str, Any]) -> ViewSubscription | None:
    rows = ViewSubscription.objects.select_related("view__organisation", "user")
    return rows.filter(pk=payload["subscription"]).first()
