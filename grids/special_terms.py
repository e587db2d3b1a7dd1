"""Words of the special-group ledger as data: kinds, consents, purposes, items, outcomes.

Source: grid standard 5.8 (S2-5.8a to S2-5.8d).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from core import catalogue_files

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


def terms(group: str, *, on: date) -> list[Term]:
    """Entries of a group in force on a day, in order."""
    return [one for one in _groups()[group] if one.valid_from <= on <= one.valid_until]


def term(group: str, code: str, *, on: date) -> Term | None:
    """The entry in force on a day; None where there is none."""
    return next((one for one in terms(group, on=on) if one.code == code), None)


def choices(group: str, *, on: date) -> list[tuple[str, str]]:
    return [(one.code, one.title) for one in terms(group, on=on)]


def title(group: str, code: str) -> str:
    """How an entry is called, in force or not any more."""
    return next((one.title for one in reversed(_groups()[group]) if one.code == code), code)
