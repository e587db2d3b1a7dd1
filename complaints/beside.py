"""What apps above know of a case: they register a teller here, as news travels up only."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from accounts.models import User
from complaints.models import Case


@dataclass(frozen=True)
class Block:
    """One more card on the page of a case: its title, and a template that shows ``entry``."""

    title: Any
    template: str
    entry: Any


Teller = Callable[[Case, User, datetime], Block | None]
_tellers: dict[str, Teller] = {}


def register(name: str, teller: Teller) -> None:
    """Let the page of a case ask ``teller(case, user, now)``; it tells what the user may see."""
    _tellers[name] = teller


def blocks(case: Case, user: User, *, now: datetime) -> list[Block]:
    """What all tellers have to say of a case that is in sight of the user."""
    told = [teller(case, user, now) for teller in _tellers.values()]
    return [one for one in told if one is not None]
