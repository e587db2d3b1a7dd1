"""Periodic work of the project as a whole."""

from datetime import datetime

from config import checkup
from core import outbox


@outbox.register_tick("config.checkup")
def weekly_checkup(*, now: datetime) -> None:
    checkup.run_if_due(now=now)
