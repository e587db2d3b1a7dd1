"""The seasons that phases are combined with, and what happened in one, as apps above tell it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from accounts.models import User
from campaign.evidence import Evidence
from campaign.models import Phase, PhaseSeason
from core import catalogue_files

CATALOGUE = Path(__file__).parent / "catalogue" / "seasons" / "seasons.yaml"


@dataclass(frozen=True)
class Happening:
    """One event of the season: what, where it is read, its lamp and word."""

    label: Any
    url: str
    note: Any
    lamp: str
    word: Any


@dataclass(frozen=True)
class Told:
    """Figures that open their lists, and the last events."""

    figures: tuple[Evidence, ...] = ()
    events: tuple[Happening, ...] = ()


# Asked with the season, the person who looks, and today.
Teller = Callable[[PhaseSeason, User, date], Told]
_tellers: dict[str, Teller] = {}


def register(name: str, teller: Teller) -> None:
    """Let the page of a phase ask a teller; it tells only what the user may see."""
    _tellers[name] = teller


def told(season: PhaseSeason, *, user: User, today: date) -> Told:
    """What all tellers know together."""
    found = [teller(season, user, today) for teller in _tellers.values()]
    return Told(
        tuple(one for part in found for one in part.figures),
        tuple(one for part in found for one in part.events),
    )


@cache
def _seasons() -> tuple[dict[str, Any], ...]:
    return tuple(catalogue_files.read(CATALOGUE))


def proposed(phase: Phase) -> dict[str, Any]:
    """The usual season that shares most days with a phase, as the form begins with it."""
    best: dict[str, Any] = {}
    most = timedelta(0)
    for one in _seasons():
        for year in range(phase.starts_on.year - 1, phase.ends_on.year + 1):
            starts, ends = days_of(one, year)
            shared = min(ends, phase.ends_on) - max(starts, phase.starts_on)
            if one["valid_from"] <= phase.starts_on and shared > most:
                most = shared
                best = {"name": one["name"], "starts_on": starts, "ends_on": ends}
                best["focus"] = one["focus"]
    return best


def days_of(one: dict[str, Any], year: int) -> tuple[date, date]:
    """First and last day of a season that begins in a year; it may end in the next."""
    first, last = (tuple(int(part) for part in one[key].split("-")) for key in ("starts", "ends"))
    return date(year, *first), date(year + (last < first), *last)
