"""The rules of shortage in force on a day, as values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core import sla, workdays
from reporting.models import ShortageRule


@dataclass(frozen=True)
class Grade:
    """A grade of the scheme: for a gap above so many per cent of the peak.

    ``reached``: exactly so many belong to it as well.
    """

    grade: str
    name: str
    colour: str
    tone: str
    above: Decimal
    reached: bool = True

    def holds(self, share: Decimal) -> bool:
        """Whether a gap of so many per cent reaches the grade."""
        return share > self.above or (self.reached and share == self.above)


def rule(code: str, *, on: date) -> ShortageRule:
    """Raises ``ShortageRule.DoesNotExist`` before the first one began."""
    return ShortageRule.objects.current(code, on=on)


def limit(code: str, name: str, *, on: date) -> Decimal:
    """A figure of a rule."""
    return Decimal(rule(code, on=on).content[name])


def due(code: str, start: datetime, *, on: date) -> sla.Due:
    """The deadline that a rule in force gives from an instant on, explained."""
    found = rule(code, on=on)
    allowance = sla.Allowance(found.content["value"], found.content["unit"], document=found.basis)
    return sla.due(start, allowance, calendar=workdays.calendar(now=start))


def grades(*, on: date) -> list[Grade]:
    """The scheme of warning grades in force, the gravest first."""
    return [
        Grade(**{**one, "above": Decimal(one["above"])})
        for one in rule("warning_grades", on=on).content
    ]


def grade_of(gap: Decimal, peak: Decimal, *, on: date) -> Grade | None:
    """The grade of a gap; None without one. 2011: Ⅰ from 20%, Ⅱ from 10%, Ⅲ over 5%, Ⅳ to 5%."""
    if gap <= 0:
        return None
    share = gap * 100 / peak
    return next((one for one in grades(on=on) if one.holds(share)), None)


def sections(*, on: date) -> list[dict[str, Any]]:
    """What an emergency plan must hold: code, title, and what belongs into it."""
    return list(rule("emergency_sections", on=on).content)
