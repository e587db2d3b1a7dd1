"""What runs by the clock and in the background. Every process imports this at its start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from complaints import services
from complaints.services import escalating, matching_queue, proposing, supervising
from core import outbox
from core.models import Letter

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
