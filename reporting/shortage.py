"""The rules of shortage in force on a day, as values."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import sla, workdays
from reporting.models import OrderedUseRule, ShortageRule
from reporting.plans.rules import Grade, Rules

if TYPE_CHECKING:
    from accounts.models import Organisation

MW = 1000


def rule(code: str, *, on: date) -> ShortageRule:
    """Raises ``ShortageRule.DoesNotExist`` before the first one began."""
    return ShortageRule.objects.current(code, on=on)


def due(code: str, start: datetime, *, on: date) -> sla.Due:
    """The deadline that a rule in force gives from an instant on, explained."""
    found = rule(code, on=on)
    allowance = sla.Allowance(found.content["value"], found.content["unit"], document=found.basis)
    return sla.due(start, allowance, calendar=workdays.calendar(now=start))


def plan_rules(organisation: Organisation, *, on: date) -> Rules:
    """The rules of ordered use where a unit is: grades, limits, whom to protect.

    Raises ``OrderedUseRule.DoesNotExist`` before the first one began.
    """
    region = organisation.region_id or ""
    found = OrderedUseRule.objects.in_force(on=on, region_code=region).first()
    if found is None:
        raise OrderedUseRule.DoesNotExist(region)
    return Rules(found.source, found.content)


def grade_of(gap: Decimal, peak: Decimal, rules: Rules) -> Grade | None:
    """The grade of a gap (MW); the graver one where bands meet, None without a gap."""
    return rules.grade_of_gap(int(gap * MW), int(peak * MW))


def graded(grade: str, colour: str) -> str:
    """A grade with its colour, where it has one: Ⅱ级（橙色）."""
    if not colour:
        return _("%(grade)s级") % {"grade": grade}
    return _("%(grade)s级（%(colour)s色）") % {"grade": grade, "colour": colour}


def label(grade: Grade | None) -> str:
    return graded(grade.grade, grade.colour) if grade else ""


def sections(*, on: date) -> list[dict[str, Any]]:
    """What an emergency plan must hold: code, title, and what belongs into it."""
    return list(rule("emergency_sections", on=on).content)
