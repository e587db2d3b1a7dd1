"""The only source of time at the edges: views, tasks and commands. Everything below takes ``now=``.

The demo and the replay move the clock by an offset; a portal in any other form refuses to.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

from core.errors import Refused

ZONE = ZoneInfo("Asia/Shanghai")

# Seconds that the demo's clock stands away from the machine's; given to every process of the demo.
OFFSET_VARIABLE = "PORTAL_CLOCK_OFFSET"

_fixed: datetime | None = None


def now() -> datetime:
    """The present instant, aware, in the machine's time or in the demo's."""
    if _fixed is not None:
        return _fixed
    instant = timezone.now()  # noqa: TID251 (this is the one place)
    if settings.DEMO and (offset := os.environ.get(OFFSET_VARIABLE)):
        instant += timedelta(seconds=float(offset))
    return instant


def today() -> date:
    """The present day in Asia/Shanghai."""
    return now().astimezone(ZONE).date()


def day_of(instant: datetime) -> date:
    """The day of an instant in Asia/Shanghai."""
    return instant.astimezone(ZONE).date()


def told(instant: datetime | None) -> str | None:
    """An instant as programs read it, with the offset of Asia/Shanghai; None for none."""
    return None if instant is None else instant.astimezone(ZONE).isoformat()


def written(instant: datetime) -> str:
    """An instant as people read it: 2025-03-07 17:30, in Asia/Shanghai."""
    return f"{instant.astimezone(ZONE):%Y-%m-%d %H:%M}"


def is_moved() -> bool:
    """Whether the time shown is not the machine's (pages say so in a banner)."""
    return _fixed is not None or bool(settings.DEMO and os.environ.get(OFFSET_VARIABLE))


@contextmanager
def standing_at(instant: datetime) -> Iterator[None]:
    """Hold the clock at one instant: for the replay command and for tests.

    Raises ``Refused`` where the database is a production one.
    """
    global _fixed
    if not settings.CLOCK_MAY_MOVE:
        raise Refused("生产环境不允许改动时钟。")
    before, _fixed = _fixed, instant
    try:
        yield
    finally:
        _fixed = before


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """The instant of a wall-clock time in Asia/Shanghai."""
    return datetime(day.year, day.month, day.day, hour, minute, second, tzinfo=ZONE)
