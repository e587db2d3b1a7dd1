"""What runs by the clock and in the background. Every process imports this at its start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from campaign import services
from campaign.services import (
    demonstrating,
    rectification_checks,
    rectification_entering,
    rectification_reminding,
    safeguarding,
)
from core import outbox
from core.models import Letter

outbox.register_tick("campaign.tick")(services.tick)
outbox.register_tick("campaign.rectification")(rectification_reminding.remind)
outbox.register_tick("campaign.dated")(safeguarding.dated)


@outbox.register_job("campaign.recompute")
def recompute(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Bring provisional deadlines in line with a calendar that arrived."""
    services.recompute(now=now)
    demonstrating.recompute_checks(now=now)


@outbox.register_job("campaign.reopen_items")
def reopen_items(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Open again the items that a verified complaint strikes."""
    rectification_checks.reopen_struck(payload["case"], now=now)


@outbox.register_job(rectification_entering.JOB)
def enter_by_rule(payload: dict[str, Any], *, letter: Letter, now: datetime) -> None:
    """Enter into the rectification ledger what a rule says enters by itself."""
    rectification_entering.enter_by_rule(payload["name"], payload["key"], now=now)
