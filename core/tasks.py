"""What Celery carries. The same functions are called by the dispatcher where there is no broker."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from celery import shared_task
from django.conf import settings
from django.db import connection

from core import anchor, audit, beats, clock, file_cleanup, jobs, outbox, proving
from core.api import idempotency

logger = logging.getLogger(__name__)
SWEEP = 500
DAILY, WEEKLY = timedelta(days=1), timedelta(days=7)
LOOKED_AT = 400

jobs.register("audit.verify")(proving.run)


@outbox.register_tick("core.unused-files")
def remove_unused_files(*, now: datetime) -> None:
    """Once a day: files that nothing refers to any more."""
    if beats.is_time("round:unused-files", now=now, every=DAILY):
        file_cleanup.remove_unused(now=now)


@outbox.register_tick("core.keyed-requests")
def forget_keyed_requests(*, now: datetime) -> None:
    """Once a day: Idempotency-Keys that are not honoured any more (by the machine's own time)."""
    if beats.is_time("round:keyed-requests", now=now, every=DAILY):
        idempotency.forget_old(now=idempotency.machine_now())


@outbox.register_tick("core.statistics")
def know_the_tables(*, now: datetime) -> None:
    """Once a week, on the embedded database: how its rows are spread, so that it searches by what
    narrows most. PostgreSQL sees to it by itself."""
    if connection.vendor == "sqlite" and beats.is_time("round:statistics", now=now, every=WEEKLY):
        with connection.cursor() as cursor:
            # So many rows of each index are looked at: a moment's work however large it is.
            cursor.execute(f"PRAGMA analysis_limit = {LOOKED_AT}")
            cursor.execute("ANALYZE")


@shared_task(bind=True)
def tick(self: Any) -> None:
    """Every 30 seconds: periodic duties, then the due letters. Harmless when doubled."""
    now = clock.now()
    beats.beat(f"worker:{self.request.hostname or 'here'}"[:120], now=now)
    run_duties()
    for letter_id in outbox.due(now=now).values_list("pk", flat=True)[:SWEEP]:
        deliver.delay(letter_id)


@shared_task(acks_late=True)
def deliver(letter_id: int) -> None:
    """Carry one letter. Run twice, it has one effect: only one run can claim the row."""
    with audit.coming_from("dispatcher"):
        outbox.deliver(letter_id, now=clock.now())


@outbox.register_wake
def wake(letter_id: int) -> None:
    """Call a worker now. Without a broker the dispatcher looks every second anyway."""
    if settings.REDIS_URL:
        deliver.apply_async((letter_id,), retry=False)


def run_duties() -> None:
    """Every registered periodic duty once; one that fails is noted and stops no other."""
    now = clock.now()
    with audit.coming_from("dispatcher"), beats.turn("tick", now=now, seconds=600) as mine:
        if not mine:
            return
        outbox.expire_leases(now=now)
        for name, duty in {**outbox.ticks(), "core.audit-anchor": anchor.write}.items():
            _run(name, duty, now=now)


def _run(name: str, duty: Any, *, now: Any) -> None:
    error = ""
    try:
        duty(now=now)
    except Exception as fault:
        error = outbox.trace(fault)
        logger.error("duty_failed", extra={"duty": name, "fault": error})
    beats.beat(f"duty:{name}"[:120], now=now, error=error)
