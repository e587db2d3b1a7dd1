"""Government grids, how power grids pair with them, and the channels of a grid.

Source: the standard on grid integration, 3.1, 3.6, 4.1.2 (S2-3.1, S2-3.6, S2-4.1.2e).
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import Organisation, Region, User
from core import audit, clock
from core.errors import Refused
from grids import access
from grids.models import GovernmentGrid, GridChannel, GridPairing, PowerGrid
from grids.services.ground import ask, check_days, lock

HUNDRED = Decimal(100)


@transaction.atomic
def found_government_grid(
    *,
    keeper: Organisation,
    code: str,
    name: str,
    level: str,
    type: str,
    region: Region,
    parent: GovernmentGrid | None = None,
    department: Organisation | None = None,
    address: str = "",
    households: int = 0,
    phone: str = "",
    valid_from: date,
    by: User | None,
    now: datetime,
) -> GovernmentGrid:
    """Enter a government grid in the register of an enterprise. Raises ``Refused``."""
    ask(keeper, by)
    if keeper.region_id and not access.in_region(region.code, keeper.region_id):
        raise Refused(_("网格所在区划应当在本企业的供电区域内。"))
    if department is not None and department.kind != Organisation.Kind.GOVERNMENT_DEPARTMENT:
        raise Refused(_("主管部门应当是政府网格主管部门。"))
    levels = list(GovernmentGrid.Level.values)
    if parent is not None and levels.index(parent.level) >= levels.index(level):
        raise Refused(_("上级网格的层级应当高于本网格。"))
    if GovernmentGrid.objects.filter(code=code).exists():
        raise Refused(_("编码为%(code)s的政府网格已经登记。") % {"code": code})
    made = GovernmentGrid.objects.create(
        keeper=keeper,
        code=code,
        name=name,
        level=level,
        type=type,
        region=region,
        parent=parent,
        department=department,
        address=address,
        households=households,
        phone=phone,
        valid_from=valid_from,
        created_at=now,
        updated_at=now,
    )
    audit.record("grid.found_government", made, by=by, now=now, organisation=keeper, code=code)
    return made


@transaction.atomic
def pair(
    power_grid: PowerGrid,
    government_grid: GovernmentGrid,
    *,
    share: Decimal = HUNDRED,
    agreement: str = "",
    government_contact: str = "",
    power_contact: str = "",
    valid_from: date,
    by: User | None,
    now: datetime,
) -> GridPairing:
    """Let a power grid and a government grid work together from a day on.

    The shares of a power grid add up to at most 100 %. Raises ``Refused``.
    """
    grid = lock(power_grid, by=by)
    check_days(grid, valid_from)
    if not access.related(grid.region_id, government_grid.region_id):
        raise Refused(_("两个网格不在同一区划。"))
    standing = grid.pairings.from_day(valid_from)
    if standing.filter(government_grid=government_grid).exists():
        raise Refused(_("与%(grid)s的对接已经登记。") % {"grid": government_grid})
    already = standing.aggregate(sum=Sum("share"))["sum"] or Decimal(0)
    if not 0 < share <= HUNDRED - already:
        text = _("占比合计不能超过100%%，目前已登记%(sum)s%%。")
        raise Refused(text % {"sum": f"{already.normalize():f}"})
    made = GridPairing.objects.create(
        power_grid=grid,
        government_grid=government_grid,
        share=share,
        agreement=agreement,
        government_contact=government_contact,
        power_contact=power_contact,
        valid_from=valid_from,
    )
    audit.record(
        "grid.pair",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        government_grid=government_grid.code,
        share=str(share),
    )
    return made


@transaction.atomic
def end_pairing(pairing: GridPairing, *, last_day: date, by: User | None, now: datetime) -> None:
    """Two grids work together for the last time on a day. Raises ``Refused``."""
    grid = lock(pairing.power_grid, by=by)
    pairing = GridPairing.objects.get(pk=pairing.pk)
    if pairing.valid_until is not None or last_day < pairing.valid_from:
        raise Refused(_("对接已经终止，或者终止日期早于开始日期。"))
    pairing.valid_until = last_day
    pairing.save(update_fields=["valid_until"])
    audit.record(
        "grid.end_pairing",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        pairing=pairing.pk,
        last_day=last_day,
    )


# --- Channels -------------------------------------------------------------------------------------


@transaction.atomic
def open_channel(
    grid: PowerGrid,
    *,
    kind: str,
    name: str,
    owner: str,
    opened_on: date,
    place: str = "",
    hours: str = "",
    by: User | None,
    now: datetime,
) -> GridChannel:
    """Enter a channel of a grid with whoever looks after it. Raises ``Refused``."""
    grid = lock(grid, by=by)
    if opened_on > clock.day_of(now):
        raise Refused(_("开通日期不能晚于今天。"))
    made = GridChannel.objects.create(
        grid=grid, kind=kind, name=name, owner=owner, opened_on=opened_on, place=place, hours=hours
    )
    audit.record(
        "grid.open_channel", grid, by=by, now=now, organisation=grid.organisation, channel=made.pk
    )
    return made


@transaction.atomic
def close_channel(channel: GridChannel, *, closed_on: date, by: User | None, now: datetime) -> None:
    """A channel is not served any more. Raises ``Refused``."""
    grid = lock(channel.grid, by=by)
    if channel.closed_on is not None or not channel.opened_on <= closed_on <= clock.day_of(now):
        raise Refused(_("停用日期须在开通日期之后，不晚于今天。"))
    channel.closed_on = closed_on
    channel.save(update_fields=["closed_on"])
    audit.record(
        "grid.close_channel",
        grid,
        by=by,
        now=now,
        organisation=grid.organisation,
        channel=channel.pk,
    )
