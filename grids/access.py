"""Who may change what about grids."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for


def refusal(organisation: Organisation, *, by: User | None) -> str:
    """Why a person may not keep the grids of a unit; empty: they may. None: the system may."""
    if by is None or (
        organisation.is_company and works_for(by, Permission.GRID_MANAGE, organisation)
    ):
        return ""
    return _("网格由%(organisation)s或者其上级供电单位维护。") % {"organisation": organisation}


def refusal_for_people(organisation: Organisation, *, by: User | None) -> str:
    """Why a person may not register people of a unit; those of a government department are
    registered by the power enterprise of the place."""
    if organisation.kind != Organisation.Kind.GOVERNMENT_DEPARTMENT:
        return refusal(organisation, by=by)
    if by is None or any(
        place.is_company and in_region(organisation.region_id, place.region_id)
        for place in workplaces(by, Permission.GRID_MANAGE)
    ):
        return ""
    return _("政府网格人员由所在地供电企业登记。")


def in_region(code: str | None, region: str | None) -> bool:
    """Whether a region lies in another (or is it): 441284 in 441200 in 440000."""
    if not code or not region:
        return False
    return code.startswith(stem(region))


def stem(region: str) -> str:
    """What the codes of all regions in a region begin with."""
    return region.removesuffix("00").removesuffix("00")


def related(one: str | None, other: str | None) -> bool:
    """Whether one region lies in the other, either way."""
    return in_region(one, other) or in_region(other, one)
