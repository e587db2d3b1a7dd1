"""What Celery carries. The same functions are called by the dispatcher where there is no broker."""

from __future__ import annotations

import logging

from celery import shared_task

from core import anchor, audit, beats, clock, outbox

logger = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Every 30 seconds: periodic duties, then the due letters. Harmless when doubled."""
    run_duties()
    for letter_id in outbox.due(now=clock.now()).values_list("pk", flat=True)[:500]:
        deliver.delay(letter_id)


@shared_task(acks_late=True)
def deliver(letter_id: int) -> None:
    """Carry one letter. Run twice, it has one effect: only one run can claim the row."""
    with audit.coming_from("dispatcher"):
        outbox.deliver(letter_id, now=clock.now())


def run_duties() -> None:
    """Every registered periodic duty once; one that fails is noted and stops no other."""
    now = clock.now()
    with audit.coming_from("dispatcher"), beats.turn("tick", now=now, seconds=600) as mine:
        if not mine:
            return
        outbox.expire_leases(now=now)
        for name, duty in {**outbox.ticks(), "audit.anchor": anchor.write}.items():
            error = ""
            try:
                duty(now=now)
            except Exception as fault:
                error = outbox.trace(fault)
                logger.exception("duty_failed", extra={"duty": name})
            beats.beat(f"duty:{name}", now=now, error=error)
