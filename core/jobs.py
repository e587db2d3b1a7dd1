"""Long work with progress: started by a person, carried by the outbox, watched on any page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from core import outbox
from core.errors import Refused
from core.models.job import Cancelled, Job
from core.models.letter import Letter

__all__ = ["Cancelled", "cancel", "register", "start"]

State = Job.State


def register(kind: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Jobs of this kind run ``fn(job, *, now)``; what it returns is where the result stands (URL).

    It may run twice (after a crash), so it must find what the first run left behind. It raises
    ``Refused`` with a text for the person when the work cannot be done; any other error is tried
    again. Register in the app's ``tasks.py``.
    """

    def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
        def carry(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
            _run(fn, letter=letter, now=now)

        outbox.register_job(kind)(carry)
        return fn

    return decorate


@transaction.atomic
def start(
    *,
    kind: str,
    by: Any,
    now: datetime,
    payload: dict[str, Any] | None = None,
    key: str,
    title: str = "",
) -> Job:
    """Start long work, once per key: started again, it gives the job that is there already."""
    job, new = Job.objects.get_or_create(
        key=key,
        defaults={
            "kind": kind,
            "title": title,
            "started_by_id": getattr(by, "pk", None),
            "payload": payload or {},
            "created_at": now,
            "updated_at": now,
        },
    )
    if new:
        outbox.post(key=job.letter_key, channel="job", kind=kind, payload=job.payload, now=now)
    return job


@transaction.atomic
def cancel(*, job: Job, by: Any, now: datetime) -> Job:
    """Give the work up: at once while it waits, at its next sign of progress while it runs.

    Raises ``Refused`` when it is over.
    """
    mine = Job.objects.filter(pk=job.pk)
    waiting = mine.filter(state=State.QUEUED)
    ended = {"state": State.CANCELLED, "finished_at": now}
    if not waiting.update(cancel_requested=True, updated_at=now, **ended):
        running = mine.filter(state=State.RUNNING)
        if not running.update(cancel_requested=True, updated_at=now):
            raise Refused(_("任务已经结束，不能取消。"))
    job.refresh_from_db()
    return job


def _run(fn: Callable[..., Any], *, letter: Letter, now: datetime) -> None:
    key = letter.key.removeprefix("job:")
    taken = {"state": State.RUNNING, "fence": letter.fence, "updated_at": now}
    if not Job.objects.unfinished().filter(key=key, fence__lt=letter.fence).update(**taken):
        return
    job = Job.objects.get(key=key)
    try:
        result = fn(job, now=now)
    except Cancelled:
        _finish(job, now=now, state=State.CANCELLED)
    except Refused as refused:
        _finish(job, now=now, state=State.FAILED, error=str(refused))
    else:
        _finish(job, now=now, state=State.DONE, result_url=str(result or ""), error="")


@transaction.atomic
def _finish(job: Job, *, now: datetime, **changes: Any) -> None:
    mine = Job.objects.filter(pk=job.pk, state=State.RUNNING, fence=job.fence)
    if mine.update(finished_at=now, updated_at=now, **changes):
        _tell(job, now=now)


def _tell(job: Job, *, now: datetime) -> None:
    """Leave the starter a notice: he may have left the page long ago."""
    job.refresh_from_db()
    if job.started_by_id is None or job.state == State.CANCELLED:
        return
    outbox.post(
        key=f"job-finished:{job.key}",
        channel="notice",
        kind="job.finished",
        recipient=job.started_by_id,
        subject=_("{title}：{state}").format(title=job, state=job.get_state_display()),
        body=job.error,
        url=job.result_url or reverse("core:job", args=[job.pk]),
        now=now,
    )


@outbox.register_parked_job
@transaction.atomic
def _fail(letter: Letter, reason: str, *, now: datetime) -> None:
    """The letter will not be tried again, so the job did not succeed; the person is told so."""
    job = Job.objects.unfinished().filter(key=letter.key.removeprefix("job:")).first()
    if job is None:
        return
    error = _("处理多次未成功，请联系系统管理员。")
    ended = {"state": State.FAILED, "error": error, "finished_at": now, "updated_at": now}
    if Job.objects.unfinished().filter(pk=job.pk).update(**ended):
        _tell(job, now=now)
