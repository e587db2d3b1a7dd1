"""What runs by the clock. Every process imports this at its start."""

from __future__ import annotations

from complaints import services
from core import outbox

outbox.register_tick("complaints.tick")(services.tick)
