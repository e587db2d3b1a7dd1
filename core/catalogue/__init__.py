"""What the leaf brings as data: working-day calendars, formats and file rules."""

from datetime import datetime

from core.calendars import load_calendars


def load(*, now: datetime) -> None:
    """Enter the calendars that are not stored yet; may run at every start."""
    load_calendars(now=now)
