"""Ground: grids founded, bounded, changed and closed; what lies in them: ``areas``.

Source: the standard on grid integration, 3.1, 3.2, 3.6, 4.1.2 (S2-3.1, S2-3.2, S2-3.6, S2-4.1.2e).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region, User
from core import audit, clock
from core.errors import Refused
from core.locking import held
from grids import access, geometry
from grids.models import (
    Assignment,
    GovernmentGrid,
    PowerGrid,
)

DAY = timedelta(days=1)
SIDES = ("west", "south", "east", "north")
SHORTEST_PLACE = 2


@transaction.atomic
def found_grid(
    *,
    enterprise: Organisation,
    code: str,
    name: str,
    region: Region,
    station: Organisation | None = None,
    business_area: str = "",
    places: Sequence[str] = (),
    households: int = 0,
    duty_phone: str = "",
    note: str = "",
    boundary: Any = None,
    valid_from: date,
    by: User | None,
    now: datetime,
) -> PowerGrid:
    """Enter a power grid. Raises ``Refused``."""
    ask(enterprise, by)
    Organisation.objects.select_for_update(of=("self",)).get(pk=enterprise.pk)
    _check_units(enterprise, station, region)
    if PowerGrid.objects.filter(enterprise=enterprise, code=code).exists():
        raise Refused(_("%(enterprise)s已有编号为%(code)s的网格。") % _named(enterprise, code))
    made = PowerGrid(
        enterprise=enterprise,
        code=code.strip(),
        name=name.strip(),
        region=region,
        station=station,
        business_area=business_area,
        places=_places(places),
        households=households,
        duty_phone=duty_phone,
        note=note,
        valid_from=valid_from,
        created_by=by,
        created_at=now,
        updated_at=now,
    )
    made.words = _words(made)
    _bound(made, boundary)
    made.save(force_insert=True)
    audit.record("grid.found", made, by=by, now=now, organisation=made.organisation, code=made.code)
    return made


CHANGEABLE = ("name", "station", "region", "business_area", "households", "duty_phone", "note")


@transaction.atomic
def change_grid(
    grid: PowerGrid,
    *,
    places: Sequence[str] | None = None,
    by: User | None,
    now: datetime,
    **to: Any,
) -> PowerGrid:
    """Change what is said of a grid; its code and its days stay. Raises ``Refused``."""
    grid = lock(grid, by=by)
    changed = [name for name in CHANGEABLE if name in to and to[name] != getattr(grid, name)]
    for name in changed:
        setattr(grid, name, to[name])
    if places is not None and _places(places) != grid.places:
        grid.places = _places(places)
        changed.append("places")
    if not changed:
        return grid
    _check_units(grid.enterprise, grid.station, grid.region)
    grid.words, grid.updated_at = _words(grid), now
    grid.save(update_fields=[*changed, "words", "updated_at"])
    audit.record(
        "grid.change", grid, by=by, now=now, organisation=grid.organisation, changed=changed
    )
    return grid


@transaction.atomic
def bound_grid(
    grid: PowerGrid | GovernmentGrid, *, boundary: Any, by: User | None, now: datetime
) -> None:
    """Give a grid its border, a GeoJSON geometry; None takes it away. Raises ``Refused``."""
    if isinstance(grid, PowerGrid):
        grid = lock(grid, by=by)
        organisation = grid.organisation
    else:
        grid = held(GovernmentGrid.objects.all(), grid.pk, "keeper")
        organisation = grid.keeper
        ask(organisation, by)
    _bound(grid, boundary)
    grid.updated_at = now
    grid.save(update_fields=["boundary", *SIDES, "updated_at"])
    audit.record("grid.bound", grid, by=by, now=now, organisation=organisation, code=grid.code)


def _bound(grid: PowerGrid | GovernmentGrid, boundary: Any) -> None:
    try:
        around = geometry.box(boundary) if boundary is not None else (None,) * len(SIDES)
    except geometry.Malformed as why_not:
        raise Refused(_("边界有误：%(reason)s。") % {"reason": why_not}) from None
    grid.boundary = boundary
    for side, degrees in zip(SIDES, around, strict=True):
        setattr(grid, side, degrees)


@transaction.atomic
def close_grid(
    grid: PowerGrid, *, last_day: date, reason: str, by: User | None, now: datetime
) -> PowerGrid:
    """The grid exists for the last time on a day; ground, pairings and people end with it.

    Raises ``Refused``.
    """
    grid = lock(grid, by=by)
    if last_day < max(grid.valid_from, clock.day_of(now) - DAY):
        raise Refused(_("停用日期不能早于启用日期和今天的前一日。"))
    if not reason.strip():
        raise Refused(_("请写明停用原因。"))
    for rows in (grid.areas.all(), grid.feeders.all(), grid.pairings.all()):
        _end(rows, last_day)
    end = clock.at(last_day + DAY)
    people = Assignment.objects.filter(power_grid=grid)
    people.filter(starts_at__gte=end).delete()
    people.from_instant(end).update(ends_at=end)
    grid.hand_overs.proposed().update(state="withdrawn", decided_at=now)
    grid.valid_until, grid.updated_at = last_day, now
    grid.save(update_fields=["valid_until", "updated_at"])
    audit.record(
        "grid.close",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        reason=reason.strip()[:200],
        last_day=last_day,
    )
    return grid


def lock(grid: PowerGrid, *, by: User | None) -> PowerGrid:
    """The grid until the end of the transaction, where the person may change it.

    Raises ``Refused``.
    """
    found = held(PowerGrid.objects.all(), grid.pk, "enterprise", "station", "region")
    ask(found.organisation, by)
    return found


def ask(organisation: Organisation, by: User | None) -> None:
    """Raise ``Refused`` where a person may not keep the grids of a unit."""
    if why_not := access.refusal(organisation, by=by):
        raise Refused(why_not)


def check_days(grid: PowerGrid, valid_from: date) -> None:
    """Raise ``Refused`` where nothing can begin in the grid on a day."""
    if not grid.stands_on(valid_from):
        raise Refused(_("网格在%(day)s不在使用期内。") % {"day": valid_from})
    if grid.valid_until is not None:
        raise Refused(_("网格已确定停用，不能再划入。"))


def _check_units(enterprise: Organisation, station: Organisation | None, region: Region) -> None:
    if not enterprise.is_company or enterprise.kind == Organisation.Kind.SUPPLY_STATION:
        raise Refused(_("网格应当登记在供电企业名下。"))
    if station is not None and (
        station.kind != Organisation.Kind.SUPPLY_STATION
        or not station.path.startswith(enterprise.path)
    ):
        raise Refused(_("供电所应当是本企业下属的供电所。"))
    if enterprise.region_id and not access.in_region(region.code, enterprise.region_id):
        raise Refused(_("网格所在区划应当在本企业的供电区域内。"))


def _named(enterprise: Organisation, code: str) -> dict[str, str]:
    return {"enterprise": enterprise.short_name, "code": code}


def _places(given: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(one.strip() for one in given if one.strip()))
    if short := [one for one in found if len(one) < SHORTEST_PLACE]:
        raise Refused(_("地名“%(place)s”太短，不能用来确定网格。") % {"place": short[0]})
    return found


def _words(grid: PowerGrid) -> str:
    return "\n".join(filter(None, (grid.code, grid.name, grid.business_area, *grid.places)))


def _end(rows: Any, last_day: date) -> None:
    """Let dated rows end on a day; what would have begun later does not come to be."""
    rows.filter(valid_from__gt=last_day).delete()
    rows.from_day(last_day + DAY).update(valid_until=last_day)
