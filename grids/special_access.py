"""Who may do what with special groups, and limits of a unit."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import clock
from grids import special_workflow as workflow
from grids.models import GovernmentGrid, GridRule, HelpPair, PowerGrid, SpecialHousehold
from grids.models.rules import nearest
from grids.models.special import own_grids
from grids.special_workflow import Move

KEEP, REVEAL = Permission.SPECIAL_KEEP, Permission.SPECIAL_REVEAL


def keeps(
    user: User,
    grid: PowerGrid,
    permission: Permission = KEEP,
    *,
    household: SpecialHousehold | None = None,
) -> bool:
    """Whether a person of the company answers for special groups of a grid: for all grids of the
    unit, for the own grids, or for the households that the person helps."""
    unit = household.organisation if household is not None else grid.organisation
    for place, role in user.stands:
        if permission not in role.permissions or not place.is_company:
            continue
        if not unit.path.startswith(place.path):
            continue
        if Permission.GRID_MANAGE in role.permissions:
            return True
        power, _government = own_grids(user)
        if PowerGrid.objects.filter(pk=grid.pk).filter(pk__in=power).exists():
            return True
        helped = HelpPair.objects.on(clock.today()).filter(helper__user=user)
        if household is not None and helped.filter(household=household).exists():
            return True
    return False


def refusal(move: Move, household: SpecialHousehold, *, by: User | None) -> str:
    """Why a person may not do something with a household now; empty: they may. None: the system
    may."""
    if why_not := workflow.refusal(move, household.state):
        return why_not
    if household.blanked_at is not None:
        return _("该户的个人信息已经清除。")
    if by is None or keeps(by, household.grid, household=household):
        return ""
    if move in workflow.OFFICER and shared_with(by, household):
        return ""
    return _("特殊群体台账由所在网格的供电单位维护。")


def shared_with(user: User, household: SpecialHousehold) -> bool:
    """Whether the household is of a government grid of the person and agreed to be shared."""
    if not household.shared or household.government_grid is None:
        return False
    return officer_of(user).filter(pk=household.government_grid_id).exists()


def officer_of(user: User) -> Any:
    """Government grids at which somebody works now, of the department for which they do."""
    departments = [
        place.pk
        for place in workplaces(user, KEEP)
        if place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT
    ]
    _power, government = own_grids(user)
    return GovernmentGrid.objects.filter(pk__in=government, department__in=departments)


def reveal_refusal(household: SpecialHousehold, *, by: User) -> str:
    """Why a person may not open the particulars; empty: they may."""
    if household.blanked_at is not None:
        return _("该户的个人信息已经清除。")
    if not keeps(by, household.grid, REVEAL, household=household):
        return _("个人信息只供所在网格的供电单位查看。")
    return ""


class Limits:
    """A limit of the standard, or the tighter one of a unit; the rules are asked for once."""

    def __init__(self, code: str, *, on: date) -> None:
        rules = GridRule.objects.filter(code=code, valid_from__lte=on)
        self.rules = list(rules.select_related("organisation"))
        self.code = code

    def of(self, unit: Organisation) -> timedelta:
        if (found := nearest(self.rules, unit)) is None:
            raise LookupError(self.code)
        return timedelta(days=found.value)


def limit(code: str, unit: Organisation, *, on: date) -> timedelta:
    """How many days the rule gives a unit."""
    return Limits(code, on=on).of(unit)
