"""Hazards that a system of a government department or of a company reports, each number once.

Source: grid standard 4.2.2, 4.3.1 (S2-4.2.2a, S2-4.3.1a).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import ApiClient, Organisation
from core import clock, crypto
from core.errors import Conflict, Refused
from grids.models import GovernmentGrid, GridPairing, Hazard, HazardReport, PowerGrid
from grids.services import hazard_reports as reports
from grids.services.business_acts import Faulty
from grids.services.hazard_reports import GOVERNMENT, Seen


@transaction.atomic
def take(
    seen: Seen, *, number: str, grid: str = "", by: ApiClient, now: datetime
) -> tuple[Hazard, bool]:
    """Enter what a system reports; whether it is new.

    ``grid``: of a department the code of its own government grid, of a company that of a power
    grid. Raises ``Refused``, ``Conflict``, ``Faulty``.
    """
    place = by.organisation
    if place.kind != GOVERNMENT and not place.is_company:
        raise Refused(_("隐患由政府网格或者供电企业上报。"))
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=place.pk)
    digest = _digest(seen, grid)
    known = HazardReport.objects.filter(organisation=place, number=number)
    if (standing := known.select_related("hazard").first()) is not None:
        if standing.digest != digest:
            raise Conflict(_("编号%(number)s已经上报，内容不同。") % {"number": number})
        return standing.hazard, False
    ground = _grid(grid, place, on=clock.day_of(now)) if grid else None
    if place.kind == GOVERNMENT and (seen.place or seen.transformer_area or seen.point):
        # What is known of the place itself says more than the cell that it was seen in.
        ground = None
    given = {"organisation": place, "photos": (), "by": by, "now": now}
    hazard = reports.report(seen, **given, grid=ground)
    HazardReport.objects.create(hazard=hazard, organisation=place, number=number, digest=digest)
    return hazard, True


def _digest(seen: Seen, grid: str) -> str:
    """The same content gives the same digest; addresses are not guessed from it."""
    text = json.dumps([asdict(seen), grid], ensure_ascii=False, sort_keys=True)
    return crypto.blind_index(hashlib.sha256(text.encode()).hexdigest(), context="hazard digest")


def _grid(code: str, place: Organisation, *, on: date) -> PowerGrid | None:
    """The power grid that a code stands for; a government grid that pairs with several says none.
    Raises ``Faulty``."""
    if place.kind != GOVERNMENT:
        mine = PowerGrid.objects.on(on).filter(enterprise__path__startswith=place.path, code=code)
        if len(found := list(mine.select_related("enterprise", "station")[:2])) == 1:
            return found[0]
        raise Faulty({"grid": _("不是您单位的电力网格。")})
    own = GovernmentGrid.objects.on(on).filter(department=place, code=code).first()
    if own is None:
        raise Faulty({"grid": _("不是您单位管理的网格。")})
    pairs = GridPairing.objects.on(on).filter(government_grid=own)
    grids = {
        one.power_grid
        for one in pairs.select_related("power_grid__enterprise", "power_grid__station")
    }
    return grids.pop() if len(grids) == 1 else None
