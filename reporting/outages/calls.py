"""What is known of an outage: who called, what was made known, how far the rule looks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from complaints.matching.plain import local, place_name

VOLTS = re.compile(r"^\d+(?:\.\d+)?(?:kv|千伏)", re.IGNORECASE)
STREET = re.compile(r"[\u4e00-\u9fff]{2,}?(?:路|街|大道|巷|村|小区|花园|苑|新城|社区|屯|寨|组)")


@dataclass(frozen=True)
class Call:
    """Somebody without power. ``unit``: path of the company in the tree; ``caller``: who it is."""

    key: int
    at: datetime
    unit: str
    caller: str
    feeder: str = ""
    area: str = ""
    street: str = ""


@dataclass(frozen=True)
class Notice:
    """What a company made known. ``fault``: it may be made known afterwards."""

    key: int
    unit: str
    start: datetime
    end: datetime
    published_at: datetime | None
    lines: frozenset[str] = frozenset()
    areas: frozenset[str] = frozenset()
    text: str = ""
    fault: bool = False
    cancelled: bool = False


@dataclass(frozen=True)
class Near:
    """A notice near a lead and why it does not cover it: time, place, late, cancelled."""

    key: int
    why: str


@dataclass(frozen=True)
class Lead:
    """Calls that may be one outage of which nobody was told."""

    unit: str
    level: str
    place: str
    calls: tuple[Call, ...]
    callers: int
    nearest: tuple[Near, ...] = ()

    @property
    def first(self) -> datetime:
        return self.calls[0].at

    @property
    def last(self) -> datetime:
        return self.calls[-1].at


@dataclass(frozen=True)
class Settings:
    """The rule: minutes, hours and numbers of callers, see the catalogue."""

    gap: timedelta
    # The same of one transformer area, where strangers seldom call.
    area_gap: timedelta
    before: timedelta
    after: timedelta
    fault: timedelta
    callers: Mapping[str, int] = field(default_factory=dict)
    # So likely it may be by chance at most.
    chance: float = 0
    # By chance within as long as the calls took, but no shorter than this; without it within the
    # whole time that is looked at around them.
    span: timedelta | None = None
    words: tuple[str, ...] = ()
    past: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> Settings:
        return cls(
            gap=timedelta(minutes=content["gap"]),
            area_gap=timedelta(minutes=content["area_gap"]),
            before=timedelta(minutes=content["before"]),
            after=timedelta(minutes=content["after"]),
            fault=timedelta(hours=content["fault"]),
            callers=dict(content["callers"]),
            chance=float(content["chance"]),
            span=timedelta(minutes=content["span"]) if "span" in content else None,
            words=tuple(content.get("words", ())),
            past=tuple(content.get("past", ())),
            faults=tuple(content.get("faults", ())),
            others=tuple(content.get("others", ())),
        )

    def says_no_power(self, text: str, category: str) -> bool:
        """Whether somebody speaks of being without power now, not of some time before.

        What was filed as a fault of the net is one, unless its words are of another matter.
        """
        if any(word in text for word in self.past):
            return False
        if any(word in text for word in self.words):
            return True
        return category in self.faults and not any(word in text for word in self.others)


def line_name(text: str) -> str:
    """A line as it is compared: 10kV 城东线, 10千伏城东线 and 城东 are one."""
    return place_name(VOLTS.sub("", text.strip()))


def area_name(text: str) -> str:
    """A transformer area as it is compared."""
    return place_name(VOLTS.sub("", text.strip()))


def street_of(address: str) -> str:
    """The street, village or estate of an address, without the house."""
    found = STREET.search(local(address).replace("|", ""))
    return found[0] if found else ""


def akin(unit: str, other: str) -> bool:
    """Whether one of two units stands above the other, or they are one."""
    return unit.startswith(other) or other.startswith(unit)
