"""Rules on outages as values: which hold for a kind of outage at a unit on a day.

Source: Measures on Supervision of Power Supply (供电监管办法) art. 13 and what the catalogue names.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from core.clock import ZONE, day_of

HOURS, DAYS = "hours", "calendar_days"


@dataclass(frozen=True)
class Rule:
    """One rule of the catalogue."""

    code: str
    family: str
    title: str
    version: int = 1
    kinds: tuple[str, ...] = ()
    value: int = 0
    unit: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    basis: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    pk: int | None = None

    @property
    def named(self) -> str:
        """Its name and version, as an explanation cites it."""
        return f"{self.title}（v{self.version}，{self.basis}）"

    def keeps(self, begin: datetime, end: datetime) -> bool:
        """Whether at least so long lies between two instants; days count by dates."""
        if self.unit == DAYS:
            return (_day(end) - _day(begin)).days >= self.value
        return end - begin >= timedelta(hours=self.value)

    def latest(self, end: datetime) -> datetime:
        """The last instant at which somebody who has so long before ``end`` may act."""
        if self.unit == DAYS:
            midnight = datetime(*_day(end).timetuple()[:3], tzinfo=ZONE)
            return midnight - timedelta(days=self.value - 1) - timedelta(seconds=1)
        return end - timedelta(hours=self.value)

    def due(self, begin: datetime) -> datetime:
        """The last instant of so long after ``begin``; days end at midnight."""
        if self.unit == DAYS:
            midnight = datetime(*_day(begin).timetuple()[:3], tzinfo=ZONE)
            return midnight + timedelta(days=self.value + 1) - timedelta(seconds=1)
        return begin + timedelta(hours=self.value)


def _day(instant: datetime) -> date:
    return day_of(instant)


class Rules:
    """The rules of one day."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rules)
        self._by_code = {rule.code: rule for rule in self._rules}

    @classmethod
    def on(cls, rules: Iterable[Rule], day: date) -> Rules:
        """Per code the rule that began last by the day, unless it ended before."""
        latest: dict[str, Rule] = {}
        for rule in rules:
            begun = rule.valid_from is None or rule.valid_from <= day
            before = latest.get(rule.code)
            if begun and (before is None or _start(before) <= _start(rule)):
                latest[rule.code] = rule
        return cls(
            rule for rule in latest.values() if rule.valid_until is None or rule.valid_until >= day
        )

    def get(self, code: str) -> Rule | None:
        return self._by_code.get(code)

    def kind(self, kind: str) -> Rule | None:
        """What a kind of outage asks for."""
        return next(self.of("kind", kind), None)

    def of(
        self, family: str, kind: str = "", *, unit: str = "", residents: bool = True
    ) -> Iterator[Rule]:
        """Rules of a family for a kind at a unit (by its code), in the order of the catalogue."""
        for rule in self._rules:
            if rule.family != family or (rule.kinds and kind not in rule.kinds):
                continue
            if rule.content.get("residents") and not residents:
                continue
            if not unit.startswith(rule.content.get("scope", "")):
                continue
            yield rule

    def reasons(self, kind: str) -> dict[str, str]:
        """Lawful reasons of a kind: code → label."""
        return {_short(rule.code): rule.title for rule in self.of("reason", kind)}


def _start(rule: Rule) -> date:
    return rule.valid_from or date.min


def _short(code: str) -> str:
    return code.partition(".")[2]
