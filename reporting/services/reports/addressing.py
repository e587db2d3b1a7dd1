"""Whom a report goes to, as templates name them.

Source: campaign plan 五(一)5, 五(三), 五(四)2: upwards to the national leading group.
"""

from __future__ import annotations

from datetime import date

from accounts.models import Organisation, TerritoryRule
from accounts.models.people import territory_codes
from accounts.territory import national_regulator
from reporting.models import FigureSnapshot

UPWARD = ("national", "national_group")
RULES = (*UPWARD, "offices", "companies")
GROUP = "专项行动领导小组"


def named(rule: str, snapshot: FigureSnapshot, day: date) -> list[str]:
    """The names of whom a rule means: the national regulator, its leading group for the campaign,
    the offices of the provinces, the companies."""
    match rule:
        case "national":
            return [national_regulator().name_on(day)]
        case "national_group":
            return [f"{national_regulator().name_on(day)}{GROUP}"]
        case "offices":
            return [one.name_on(day) for one in offices(snapshot.organisation, on=day)]
        case "companies":
            return [name for _code, name in snapshot.facts["organisations"]]
    return []


def offices(organisation: Organisation, *, on: date) -> list[Organisation]:
    """The other offices whose provinces the office gets copies of."""
    here = territory_codes(organisation, on=on)
    rules = TerritoryRule.objects.in_force(on=on).filter(region__in=here)
    found = {rule.regulator for rule in rules.select_related("regulator")}
    return sorted(found - {organisation}, key=lambda one: one.code)
