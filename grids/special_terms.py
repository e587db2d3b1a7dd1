"""Words of the special-group ledger as data: kinds, consents, purposes, items, outcomes.

Source: grid standard 5.8 (S2-5.8a to S2-5.8d).
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import redis
from django.apps import apps
from django.core.cache import cache as kept

from core import catalogue_files

# Kinds that an administrator laid down are read again after so many seconds, and at once where they
# were; versions begin with a day, so a moment later changes nothing.
KEPT, PLACE = 60, "grids.special_kinds"
FILE = Path(__file__).parent / "catalogue" / "special.yaml"


@dataclass(frozen=True)
class Term:
    """One entry. ``guardian``: a kind whose guardian has to agree; a giver who is one."""

    code: str
    title: str
    guardian: bool = False
    valid_from: date = date.min
    valid_until: date = date.max


@cache
def _groups() -> dict[str, tuple[Term, ...]]:
    groups = dict(catalogue_files.read(FILE))
    since = groups.pop("valid_from")
    return {
        name: tuple(Term(**{"valid_from": since, **one}) for one in rows)
        for name, rows in groups.items()
    }


def entries(group: str) -> tuple[Term, ...]:
    """All versions of a group, in order; kinds that were laid down on a page take the place of what
    the catalogue says of the same code."""
    written = _groups()[group]
    laid = _laid_down() if group == "kinds" else []
    if not laid:
        return written
    first: dict[str, date] = {}
    for one in laid:
        first[one.code] = min(one.valid_from, first.get(one.code, date.max))
    before = [
        replace(one, valid_until=min(one.valid_until, first[one.code] - timedelta(days=1)))
        if one.code in first
        else one
        for one in written
    ]
    return (*before, *laid)


def _laid_down() -> list[Term]:
    rows: Any = None
    with suppress(redis.RedisError):
        rows = kept.get(PLACE)
    if rows is None:
        model: Any = apps.get_model("grids", "SpecialKind")
        columns = ("code", "title", "guardian", "valid_from", "valid_until")
        rows = list(model.objects.order_by("valid_from", "pk").values_list(*columns))
        with suppress(redis.RedisError):
            kept.set(PLACE, rows, KEPT)
    return [_term(row) for row in rows]


def _term(row: tuple[str, str, bool, date, date | None]) -> Term:
    return Term(*row[:4], valid_until=row[4] or date.max)


def forget() -> None:
    """Read the kinds again that were laid down."""
    with suppress(redis.RedisError):
        kept.delete(PLACE)


def terms(group: str, *, on: date) -> list[Term]:
    """Entries of a group in force on a day, in order."""
    return [one for one in entries(group) if one.valid_from <= on <= one.valid_until]


def term(group: str, code: str, *, on: date) -> Term | None:
    """The entry in force on a day; None where there is none."""
    return next((one for one in terms(group, on=on) if one.code == code), None)


def choices(group: str, *, on: date) -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in terms(group, on=on)]


def title(group: str, code: str) -> str:
    """How an entry is called, in force or not any more."""
    return next((one.title for one in reversed(entries(group)) if one.code == code), code)
