"""Numbers beside the menu, counted again only when something has happened.

Each page shows how much waits behind each entry: a dozen questions, a fifth of the time that a page
takes. Every act writes its audit event in the same transaction, so as long as the newest event is
the same, nobody has done anything; what changes by the hour alone waits ``KEPT`` at most.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import redis
from django.core.cache import cache
from django.db import connection

from core.models import AuditEvent

KEPT = 30  # seconds

Count = Callable[..., int]


def of(user: Any, asked: Mapping[str, Count], *, now: datetime) -> dict[str, int]:
    """What each of the named questions gives for a person; each is called with ``user, now=``."""
    if not asked:
        return {}
    place = _place(user, now)
    known = _kept(place) or {}
    if missing := {name: count for name, count in asked.items() if name not in known}:
        known = {**known, **{name: count(user, now=now) for name, count in missing.items()}}
        _keep(place, known)
    return {name: known[name] for name in asked}


def _place(user: Any, now: datetime) -> str:
    """Under which name a person's numbers are kept: other events or another time, another name."""
    last = AuditEvent.objects.order_by("-pk").values_list("pk", "seal").first()
    number, seal = last or (0, "")
    parts = (connection.settings_dict["NAME"], user.pk, number, seal[-24:])
    return ":".join(map(str, ("menu", *parts, int(now.timestamp()) // KEPT))).replace(" ", "_")


def _kept(place: str) -> dict[str, int] | None:
    try:
        found: dict[str, int] | None = cache.get(place)
    except redis.RedisError:
        return None
    return found


def _keep(place: str, known: dict[str, int]) -> None:
    """Without a cache the numbers are counted each time, and the page comes all the same."""
    try:
        cache.set(place, known, 2 * KEPT)
    except redis.RedisError:
        return
