"""Transformer areas, lines and accounts: registered, and laid into grids from a day on.

Source: the standard on grid integration, 3.1, 3.2 (S2-3.1, S2-3.2).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit, crypto
from core.errors import Refused
from grids.models import AccountPlace, Feeder, GridArea, GridFeeder, PowerGrid, TransformerArea
from grids.services.ground import DAY, ask, check_days, lock

# What the keyed hash of an account number is bound to.
ACCOUNT = "grids.account"


def account_index(number: str) -> str:
    """The keyed hash under which an account is known; the number itself is not kept."""
    return crypto.blind_index(number, context=ACCOUNT)


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
