"""What runs by the clock. Every process imports this at its start."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core import outbox
from grids.services import (
    business_recomputing,
    forgetting,
    handing,
    hazard_clocks,
    hazard_reminding,
    quality,
    registers,
    sharing,
    special_clock,
)

outbox.register_tick("grids.hand-overs")(handing.carry_out)
outbox.register_tick("grids.registers")(registers.tell_of_stale)
outbox.register_tick("grids.special")(special_clock.tick)
outbox.register_tick("grids.hazards")(hazard_reminding.remind)
outbox.register_tick("grids.sharing")(sharing.warn_of_ends)
outbox.register_tick("grids.shared-records")(forgetting.forget)
outbox.register_tick("grids.archives")(quality.remind)
outbox.register_tick("grids.quality-rules")(quality.end_of_rules)


@outbox.register_job(business_recomputing.JOB)
def recompute_business(payload: dict[str, Any], *, letter: Any, now: datetime) -> None:
    """A year got another calendar. Running it twice changes nothing the second time."""
    business_recomputing.recompute(now=now)


@outbox.register_job(hazard_clocks.JOB)
def recompute_hazards(payload: dict[str, Any], *, letter: Any, now: datetime) -> None:
    """The same of hazards."""
    hazard_clocks.recompute(now=now)
