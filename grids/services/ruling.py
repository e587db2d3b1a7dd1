"""Local limits of grid work: an enterprise may set tighter ones, never looser (S2-1c)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core import audit, clock
from core.errors import Refused
from grids import access
from grids.models import GridRule


@transaction.atomic
def tighten(
    rule: GridRule,
    *,
    organisation: Organisation,
    value: int,
    basis: str,
    valid_from: date,
    by: User | None,
    now: datetime,
) -> GridRule:
    """Set a limit for a unit and those below it. Raises ``Refused`` where it is looser than the
    limit of the standard or of a unit above."""
    if why_not := access.refusal(organisation, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if valid_from < clock.day_of(now):
        raise Refused(_("启用日期不能早于今天。"))
    above = GridRule.objects.filter(code=rule.code, valid_from__lte=valid_from)
    for one in above.select_related("organisation"):
        place = one.organisation
        if place is not None and not organisation.path.startswith(place.path):
            continue
        if place is not None and place.pk == organisation.pk:
            continue
        if value > one.value if one.most else value < one.value:
            text = _("细则不得低于上级规定的要求：%(title)s %(value)d%(unit)s（%(basis)s）。")
            raise Refused(
                text
                % {
                    "title": one.title,
                    "value": one.value,
                    "unit": one.unit,
                    "basis": one.basis,
                }
            )
    same = {"code": rule.code, "organisation": organisation, "valid_from": valid_from}
    if GridRule.objects.filter(**same).exists():
        raise Refused(_("该单位自同一日起的细则已经设定。"))
    made = GridRule.objects.create(
        **same, title=rule.title, value=value, unit=rule.unit, most=rule.most, basis=basis
    )
    audit.record(
        "grid_rule.tighten",
        made,
        by=by,
        now=now,
        organisation=organisation,
        code=rule.code,
        value=value,
    )
    return made
