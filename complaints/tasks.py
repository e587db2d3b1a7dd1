"""What runs by the clock and in the background. Every process imports this at its start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from complaints import services
from core import outbox
from core.models import Letter

outbox.register_tick("complaints.tick")(services.tick)


@outbox.register_job("complaints.recompute")
def recompute(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Bring provisional deadlines in line with a calendar that arrived."""
    services.recompute(now=now)
