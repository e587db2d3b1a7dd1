"""Hours that residents went without power in a year, by unit and area, against the yearly limit.

Source: 2013 project 人民群众用电满意工程 (24 hours in town, 80 in the country). Counted by what
happened: notices whose residents were off and are back on; arrears concern single customers and
are left out. Each number is an input of an indicator, so it opens the list that it counts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from accounts.permissions import Permission
from core import arithmetic
from core.periods import Period
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope, Unit
from reporting.models.indicator import MEASURED
from reporting.queries import notice_inputs, return_inputs  # noqa: F401 (register sources)
from reporting.queries.outages import Rulebook

if TYPE_CHECKING:
    from accounts.models import User

PLACES = 2
NOUGHT = Decimal("0.00")
# Area of the rule → its label, the area types of notices, the area of returns.
AREAS: dict[str, tuple[Any, str, str]] = {
    "urban": (gettext_lazy("城市"), "urban", "城市"),
    "rural": (gettext_lazy("农村"), "rural,remote", "农村"),
}
GROUPS: dict[str, tuple[Any, str]] = {
    "works": (gettext_lazy("计划、临时检修"), "planned,temporary"),
    "ordered": (gettext_lazy("有序用电、超供电能力"), "ordered_use,shortage"),
    "fault": (gettext_lazy("故障"), "fault"),
}
# Residents by area; where no such return was accepted, all users by the return on reliability.
OWN = {"source": "returns", "own": True}
HOUSEHOLDS = {**OWN, "form": "capacity", "sheet": "capacity", "last": "households"}
USERS = {**OWN, "form": "reliability", "sheet": "reliability", "last": "users"}
LOST = {"source": "notices", "restored": "1", "measure": "household_hours"}


@dataclass(frozen=True)
class Line:
    """One area of one unit: household hours by group, households, and the limit of the year."""

    unit: Organisation
    area: Any
    households: Input
    # Whether these are all users, for want of households.
    of_users: bool
    lost: Mapping[str, Input]
    limit: int | None

    @property
    def each(self) -> dict[str, Decimal | None]:
        """Hours per household by group."""
        return {name: self._each(one.value) for name, one in self.lost.items()}

    @property
    def total(self) -> Decimal | None:
        return self._each(self.total_lost)

    @property
    def total_lost(self) -> Decimal:
        return sum((one.value or NOUGHT for one in self.lost.values()), NOUGHT)

    def _each(self, lost: Decimal | None) -> Decimal | None:
        if lost is None or not self.households.value:
            return None
        return arithmetic.half_up(Fraction(lost) / Fraction(self.households.value), PLACES)

    @property
    def lamp(self) -> str:
        """Against the limit, exactly: what is printed may be rounded."""
        if self.limit is None or not self.households.value:
            return ""
        return "late" if self.total_lost > self.limit * self.households.value else "ok"


def period_of(year: int, today: date) -> Period:
    """The year, or what is over of it."""
    return Period(date(year, 1, 1), min(date(year, 12, 31), max(today, date(year, 1, 1))))


def limits(on: date) -> dict[str, int]:
    """Hours by area, where a rule says so."""
    rules = Rulebook().on(on).of("yearly")
    return {rule.content["area_type"]: rule.value for rule in rules}


def lines(user: User, period: Period, *, now: datetime) -> list[Line]:
    """Every area of every unit in sight of which anything is known, in the order of the tree."""
    seen = Organisation.objects.visible_to(user, Permission.OUTAGE_VIEW).in_force()
    units = list(seen.filter(kind__in=MEASURED).order_by("path"))
    scope = Scope([Unit(one.pk, one.code, one.path) for one in units], period, now)
    allowed = limits(period.last)
    found = {area: _area(area, scope) for area in AREAS}
    made = [
        Line(
            unit,
            AREAS[area][0],
            *found[area][0][unit.pk],
            {name: numbers[unit.pk] for name, numbers in found[area][1].items()},
            allowed.get(area),
        )
        for unit in units
        for area in AREAS
    ]
    return [one for one in made if one.total_lost or one.households.value]


def _area(
    area: str, scope: Scope
) -> tuple[Mapping[int, tuple[Input, bool]], dict[str, Mapping[int, Input]]]:
    _label, of_notices, of_returns = AREAS[area]
    where = {"where": {"area": of_returns}}
    households = sources.read({**HOUSEHOLDS, **where}, scope)
    users = sources.read({**USERS, **where}, scope)
    base = {
        unit.pk: (households[unit.pk], False)
        if households[unit.pk].value
        else (users[unit.pk], bool(users[unit.pk].value))
        for unit in scope.units
    }
    lost = {
        name: sources.read({**LOST, "area_type": of_notices, "kind": kinds}, scope)
        for name, (_name, kinds) in GROUPS.items()
    }
    return base, _noughts(lost, scope)


def _noughts(lost: dict[str, Mapping[int, Input]], scope: Scope) -> dict[str, Mapping[int, Input]]:
    """Who told of outages of one kind had none of the others; who told of none stays unknown."""
    known = {
        pk for numbers in lost.values() for pk, one in numbers.items() if one.value is not None
    }
    return {
        name: {
            unit.pk: replace(one, value=NOUGHT) if unit.pk in known and one.value is None else one
            for unit in scope.units
            for one in (numbers[unit.pk],)
        }
        for name, numbers in lost.items()
    }


def told(line: Line) -> Iterator[tuple[str, Decimal | None, Decimal | None, str]]:
    """Group by group: hours per household, household hours, and the list that they count."""
    each = line.each
    for name, one in line.lost.items():
        yield name, each[name], one.value, one.url
