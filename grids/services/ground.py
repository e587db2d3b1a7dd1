"""Ground: grids founded, changed and closed, transformer areas and lines in them, pairings.

Source: the standard on grid integration, 3.1, 3.2, 3.6, 4.1.2 (S2-3.1, S2-3.2, S2-3.6, S2-4.1.2e).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region, User
from core import audit, clock, crypto
from core.errors import Refused
from core.locking import held
from grids import access, geometry
from grids.models import (
    AccountPlace,
    Assignment,
    Feeder,
    GovernmentGrid,
    GridArea,
    GridFeeder,
    PowerGrid,
    TransformerArea,
)

DAY = timedelta(days=1)
SIDES = ("west", "south", "east", "north")
SHORTEST_PLACE = 2
# What the keyed hash of an account number is bound to.
ACCOUNT = "grids.account"


def account_index(number: str) -> str:
    """The keyed hash under which an account is known; the number itself is not kept."""
    return crypto.blind_index(number, context=ACCOUNT)


# --- Power grids ----------------------------------------------------------------------------------


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
    if last_day < max(grid.valid_from, _day(now) - DAY):
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


def _day(now: datetime) -> date:
    return now.astimezone(clock.ZONE).date()


def _end(rows: Any, last_day: date) -> None:
    """Let dated rows end on a day; what would have begun later does not come to be."""
    rows.filter(valid_from__gt=last_day).delete()
    rows.from_day(last_day + DAY).update(valid_until=last_day)


# --- Transformer areas and lines ------------------------------------------------------------------


@transaction.atomic
def register_feeder(
    *,
    enterprise: Organisation,
    code: str,
    name: str,
    substation: str = "",
    voltage: str = "",
    by: User | None,
    now: datetime,
) -> Feeder:
    """Enter a line, or bring what is known of it up to date. Raises ``Refused``."""
    ask(enterprise, by)
    said = {"name": name, "substation": substation, "voltage": voltage}
    made, new = Feeder.objects.update_or_create(enterprise=enterprise, code=code, defaults=said)
    kind = "feeder.register" if new else "feeder.change"
    audit.record(kind, made, by=by, now=now, organisation=enterprise, code=code)
    return made


@transaction.atomic
def register_area(
    *,
    enterprise: Organisation,
    code: str,
    name: str,
    feeder: Feeder | None = None,
    kind: str = TransformerArea.Kind.PUBLIC,
    capacity_kva: int | None = None,
    households: int = 0,
    by: User | None,
    now: datetime,
) -> TransformerArea:
    """Enter a transformer area, or bring what is known of it up to date. Raises ``Refused``."""
    ask(enterprise, by)
    if feeder is not None and feeder.enterprise_id != enterprise.pk:
        raise Refused(_("线路不属于本企业。"))
    said = {"name": name, "feeder": feeder, "kind": kind}
    said |= {"capacity_kva": capacity_kva, "households": households}
    made, new = TransformerArea.objects.update_or_create(
        enterprise=enterprise, code=code, defaults=said
    )
    act = "area.register" if new else "area.change"
    audit.record(act, made, by=by, now=now, organisation=enterprise, code=code)
    return made


@transaction.atomic
def assign_areas(
    grid: PowerGrid,
    areas: Iterable[TransformerArea],
    *,
    valid_from: date,
    by: User | None,
    now: datetime,
) -> list[GridArea]:
    """Let transformer areas lie in a grid from a day on; where they lay before ends the day before.

    What is assigned already stays as it is. Raises ``Refused``.
    """
    grid = lock(grid, by=by)
    check_days(grid, valid_from)
    wanted = sorted({one.pk for one in areas})
    locked = TransformerArea.objects.select_for_update(of=("self",)).order_by("pk")
    made, moved = [], []
    for area in locked.filter(pk__in=wanted):
        if area.enterprise_id != grid.enterprise_id:
            raise Refused(_("台区%(area)s不属于本企业。") % {"area": area})
        standing = area.in_grids.from_day(valid_from)
        if standing.filter(grid=grid, valid_from__lte=valid_from, valid_until=None).exists():
            continue
        if standing.filter(valid_from__gte=valid_from).exists():
            text = _("台区%(area)s在%(day)s及以后已有划分，请先核对。")
            raise Refused(text % {"area": area, "day": valid_from})
        moved += [one.grid_id for one in standing]
        standing.update(valid_until=valid_from - DAY)
        made.append(GridArea.objects.create(grid=grid, area=area, valid_from=valid_from))
    if made:
        audit.record(
            "grid.assign_areas",
            grid,
            by=by,
            now=now,
            organisation=grid.organisation,
            areas=[one.area_id for one in made],
            moved_from=sorted(set(moved)),
            valid_from=valid_from,
        )
    return made


@transaction.atomic
def release_area(row: GridArea, *, last_day: date, by: User | None, now: datetime) -> None:
    """A transformer area lies in a grid for the last time on a day. Raises ``Refused``."""
    grid = lock(row.grid, by=by)
    row = GridArea.objects.get(pk=row.pk)
    if last_day < row.valid_from or (row.valid_until and row.valid_until < last_day):
        raise Refused(_("停用日期不在该台区划入网格的期间内。"))
    row.valid_until = last_day
    row.save(update_fields=["valid_until"])
    audit.record(
        "grid.release_area",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        area=row.area_id,
        last_day=last_day,
    )


@transaction.atomic
def assign_feeders(
    grid: PowerGrid,
    feeders: Iterable[Feeder],
    *,
    valid_from: date,
    by: User | None,
    now: datetime,
) -> list[GridFeeder]:
    """Let lines run through a grid from a day on; other grids keep them. Raises ``Refused``."""
    grid = lock(grid, by=by)
    check_days(grid, valid_from)
    made = []
    for feeder in sorted(set(feeders), key=lambda one: one.pk):
        if feeder.enterprise_id != grid.enterprise_id:
            raise Refused(_("线路%(feeder)s不属于本企业。") % {"feeder": feeder})
        if not grid.feeders.from_day(valid_from).filter(feeder=feeder).exists():
            made.append(GridFeeder.objects.create(grid=grid, feeder=feeder, valid_from=valid_from))
    if made:
        audit.record(
            "grid.assign_feeders",
            grid,
            by=by,
            now=now,
            organisation=grid.organisation,
            feeders=[one.feeder_id for one in made],
            valid_from=valid_from,
        )
    return made


def check_days(grid: PowerGrid, valid_from: date) -> None:
    """Raise ``Refused`` where nothing can begin in the grid on a day."""
    if not grid.stands_on(valid_from):
        raise Refused(_("网格在%(day)s不在使用期内。") % {"day": valid_from})
    if grid.valid_until is not None:
        raise Refused(_("网格已确定停用，不能再划入。"))


@transaction.atomic
def place_accounts(
    enterprise: Organisation,
    accounts: Iterable[tuple[str, TransformerArea]],
    *,
    by: User | None,
    now: datetime,
) -> int:
    """Say on which transformer area accounts lie; says how many. Raises ``Refused``."""
    ask(enterprise, by)
    rows = {
        index: AccountPlace(enterprise=enterprise, account_index=index, area=area, updated_at=now)
        for number, area in accounts
        if (index := account_index(number)) and area.enterprise_id == enterprise.pk
    }
    AccountPlace.objects.bulk_create(
        rows.values(),
        update_conflicts=True,
        unique_fields=["enterprise", "account_index"],
        update_fields=["area", "updated_at"],
        batch_size=500,
    )
    audit.record(
        "grid.place_accounts", enterprise, by=by, now=now, organisation=enterprise, count=len(rows)
    )
    return len(rows)
