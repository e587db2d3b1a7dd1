"""Hazards are reported, by an officer of a government grid or by people of the company, on site.

Source: grid standard 4.2.2 (S2-4.2.2a).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import ApiClient, Organisation, Region, User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import clock
from core.errors import Conflict, Refused
from core.files import Received
from grids import hazard_letters as letters
from grids.hazards.moves import Move, Side
from grids.models import GridPairing, Hazard, HazardTerm, Patrol, PowerGrid
from grids.queries import business, locating, standing
from grids.services import hazard_acts as acts
from grids.services import hazard_calls as calls
from grids.services.business_acts import person

# Who sends the same words again within so long sent the form twice.
HURRY = timedelta(minutes=2)
GOVERNMENT = Organisation.Kind.GOVERNMENT_DEPARTMENT


@dataclass(frozen=True)
class Seen:
    """What somebody saw; ``point``: longitude and latitude, degrees (WGS 84)."""

    kind: str
    content: str
    place: str = ""
    transformer_area: str = ""
    point: tuple[float, float] | None = None


@transaction.atomic
def report(
    seen: Seen,
    *,
    organisation: Organisation,
    photos: Sequence[Received],
    by: User | ApiClient,
    now: datetime,
    at: datetime | None = None,
    patrol: Patrol | None = None,
    grid: PowerGrid | None = None,
) -> Hazard:
    """Enter a hazard that somebody of either side saw, and ask the company to grade it.

    ``organisation``: for whom they work, a unit of the company or a department of the government.
    ``by``: a person on site, who takes a photo, or a system. ``at``: when it was seen, where a
    phone tells later. Raises ``Refused``.
    """
    if not works_for(by, Permission.HAZARD_HANDLE, organisation):  # type: ignore[arg-type]
        text = _("您没有以%(organisation)s名义上报隐患的权限。")
        raise Refused(text % {"organisation": organisation})
    who = person(by)
    at = min(at or now, now)
    on = clock.day_of(at)
    kind = HazardTerm.objects.kinds(on=on).filter(code=seen.kind).first()
    if kind is None:
        raise Refused(_("没有这种隐患类别，或者尚未启用。"))
    content = acts.reason(seen.content, _("请写明隐患情况。"))
    if not photos and who is not None:
        raise Refused(_("请拍摄现场照片。"))
    government = organisation.kind == GOVERNMENT
    if not (seen.place.strip() or seen.transformer_area.strip() or seen.point or grid):
        raise Refused(_("请填写地点、台区或者附上当前位置。"))
    if patrol is None and who is not None:
        _once(seen, content, by=who, at=at)
    found = locating.Located(grid) if grid else _located(seen, organisation, by=who, at=at)
    unit = found.grid.organisation if found.grid else _unit(organisation)
    hazard = Hazard.objects.create(
        number=_next_number(unit, on),
        kind=kind,
        content=content,
        place=seen.place.strip()[:200],
        transformer_area=acts.plain(seen.transformer_area)[:60],
        longitude=seen.point[0] if seen.point else None,
        latitude=seen.point[1] if seen.point else None,
        side=Side.GOVERNMENT if government else Side.COMPANY,
        reporter=who,
        source=patrol.plan.kind if patrol else Hazard.Source.REPORT,
        patrol=patrol,
        grid=found.grid,
        unlocated="" if found.grid else found.reason,
        organisation=unit,
        department=organisation if government else department_of(found.grid, on=on),
        reported_at=at,
        updated_at=now,
    )
    place = None if who else organisation
    event = acts.note(hazard, Move.REPORT, by=who, place=place, now=now, at=at)
    if who is not None:
        acts.add_photos(event, photos, proof=False, point=seen.point, by=who, now=now)
    calls.call(hazard, event, but=place, now=now)
    people = letters.managers(unit, now=now)
    letters.tell(hazard, "report", people, occasion=0, mail=True, now=now)
    return hazard


def _once(seen: Seen, content: str, *, by: User, at: datetime) -> None:
    """A form sent twice in a hurry is one report. Raises ``Conflict``."""
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    same = Hazard.objects.filter(
        reporter=by, kind__code=seen.kind, content=content, reported_at__gt=at - HURRY
    )
    if same.filter(reported_at__lte=at).exists():
        raise Conflict(_("相同的隐患刚刚已经上报。"))


def _located(
    seen: Seen, organisation: Organisation, *, by: User | None, at: datetime
) -> locating.Located:
    """By what is known of the place; where nothing is, the one grid that the person works at. Never
    a guess."""
    on = clock.day_of(at)
    found = locating.grid_for(
        transformer_area=seen.transformer_area.strip(),
        address=seen.place,
        region=organisation.region_id or "",
        point=seen.point,
        organisation=organisation,
        on=on,
    )
    if found.grid is not None or found.reason == locating.CONTRADICTION or by is None:
        return found
    own = standing.partners if organisation.kind == GOVERNMENT else standing.grids_managed_by
    grids = list(own(by, at=at).select_related("enterprise", "station")[:2])
    return locating.Located(grids[0], by=("person",)) if len(grids) == 1 else found


def _unit(organisation: Organisation) -> Organisation:
    """The unit of the company that it goes to where no grid is known."""
    if organisation.kind != GOVERNMENT:
        return organisation
    unit = business.unit_for(organisation)
    if unit is None:
        raise Refused(_("本网格所在的地区没有供电单位。"))
    return unit


def department_of(grid: PowerGrid | None, *, on: date) -> Organisation | None:
    """The department of the government grid that a power grid pairs with, the largest share
    first."""
    if grid is None:
        return None
    pairs = GridPairing.objects.on(on).filter(
        power_grid=grid, government_grid__department__isnull=False
    )
    pair = pairs.select_related("government_grid__department").order_by("-share", "pk").first()
    return pair.government_grid.department if pair else None


def _next_number(unit: Organisation, on: date) -> str:
    """Under the lock of the region: numbers follow each other."""
    region = unit.region_id or "000000"
    Region.objects.select_for_update(no_key=True).filter(pk=region).first()
    stem = f"YH{region}{on:%Y%m%d}"
    last = Hazard.objects.filter(number__startswith=stem).aggregate(n=Max("number"))["n"]
    return f"{stem}{int(last[len(stem) :]) + 1 if last else 1:04d}"
