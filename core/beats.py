"""Signs of life, and turns: work that only one process at a time should do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db.models import Q

from core import processes
from core.models.heartbeat import Heartbeat


def beat(name: str, *, now: datetime, error: str = "") -> None:
    """Note that a process or a duty did its round, and what went wrong in it."""
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now, "error": error})


def is_time(name: str, *, now: datetime, every: timedelta) -> bool:
    """Whether a round of work is due that ticks ask for far more often; only one asker hears yes.

    A clock that was set back (the demo) makes it due as well.
    """
    row, new = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    if now - every < row.at <= now:
        return new
    due = Heartbeat.objects.filter(Q(at__lte=now - every) | Q(at__gt=now), pk=row.pk)
    return new or bool(due.update(at=now))


@contextmanager
def turn(name: str, *, now: datetime, seconds: int) -> Iterator[bool]:
    """Whether it is this process's turn; the turn ends with the block, or after ``seconds``."""
    Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    me = processes.me()
    row = Heartbeat.objects.filter(name=name)
    standing = row.values_list("holder", flat=True).first() or ""
    free = Q(turn_until__isnull=True) | Q(turn_until__lt=now)
    if standing and processes.is_gone(standing):
        free |= Q(holder=standing)
    until = now + timedelta(seconds=seconds)
    if not row.filter(free).update(turn_until=until, holder=me, at=now):
        yield False
        return
    try:
        yield True
    finally:
        row.filter(holder=me, turn_until=until).update(turn_until=None, holder="")
