"""The double random draw of a round: made, sealed with its inputs, entered (S1-5.3a)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.territory import regulator_for
from campaign import drawing, inspection_letters
from campaign.models import Inspection, InspectionDraw, InspectionRound, Inspector, TeamMember
from campaign.services.inspecting import Kind, hold_round, still_open
from campaign.services.inspectors import MANAGE, barred, manager
from core import audit, clock, outbox
from core.errors import Refused


def pool(
    round: InspectionRound,
    *,
    units: Iterable[Organisation],
    inspectors: Iterable[Inspector],
    unit_count: int,
    team_size: int,
    cross_region: bool = False,
    excluded: Mapping[str, str] | None = None,
) -> drawing.Pool:
    """What a draw of the round is made from; units that it holds already are left out."""
    there = set(round.inspections.values_list("organisation", flat=True))
    units = [one for one in units if one.pk not in there and one.code not in (excluded or {})]
    inspectors = list(inspectors)
    conflicts = barred(inspectors, units, on=round.first_day)
    return drawing.Pool(
        units={one.code: one.name for one in units},
        offices={one.code: regulator_for(one, round.first_day)[0].code for one in units},
        inspectors=tuple(
            drawing.Candidate(
                one.certificate, one.person.name, one.office.code, frozenset(conflicts[one.pk])
            )
            for one in inspectors
        ),
        unit_count=unit_count,
        team_size=team_size,
        cross_region=cross_region,
        excluded=dict(excluded or {}),
    )


def draw_refusal(round: InspectionRound, *, now: datetime) -> str:
    """Why nothing is drawn for the round (any more); empty when it may be."""
    if round.kind != Kind.CONCENTRATED:
        return _("专项稽查的对象由事由确定，不作抽取。")
    if round.last_day < clock.day_of(now):
        return _("检查计划已于%(day)s到期，不再抽取，请另行制定检查计划。") % {
            "day": round.last_day.isoformat()
        }
    return ""


@transaction.atomic
def draw_units(
    *,
    round: InspectionRound,
    units: Iterable[Organisation],
    inspectors: Iterable[Inspector],
    unit_count: int,
    team_size: int,
    by: User,
    now: datetime,
    cross_region: bool = False,
    excluded: Mapping[str, str] | None = None,
    seed: str = "",
    reason: str = "",
) -> InspectionDraw:
    """Draw units and their teams, and seal the draw with its inputs (S1-5.3a).

    Without a ``seed`` a random one is taken. What was drawn stands: a further draw adds units and
    says why. Raises ``Refused``; then nothing is drawn.
    """
    round = hold_round(round)
    manager(round.lead, by)
    still_open(round)
    if why_not := draw_refusal(round, now=now):
        raise Refused(why_not)
    units = list(units)
    if any(not one.is_company or not by.may(MANAGE, one) for one in units):
        raise Refused(_("抽取范围内有不在您辖区的单位。"))
    if any(not why.strip() for why in (excluded or {}).values()):
        raise Refused(_("请写明不列入抽取的理由。"))
    number = round.draws.count() + 1
    if number > 1 and not reason.strip():
        raise Refused(_("再次抽取须写明理由，前次抽取结果仍然有效。"))
    inspectors = list(inspectors)
    drum = pool(
        round,
        units=units,
        inspectors=inspectors,
        unit_count=unit_count,
        team_size=team_size,
        cross_region=cross_region,
        excluded=excluded,
    )
    seed = seed.strip() or secrets.token_hex(16)
    result = drawing.draw(drum, seed)
    made = InspectionDraw.objects.create(
        round=round,
        number=number,
        seed=seed,
        inputs=drum.as_json(),
        result=[[code, list(team)] for code, team in result],
        seal=drawing.seal(drum, seed, result),
        reason=reason.strip(),
        drawn_at=now,
        drawn_by=by,
    )
    _enter_drawn(round, made, result, {one.code: one for one in units}, inspectors, now=now)
    audit.record(
        "inspection.draw",
        made,
        by=by,
        now=now,
        organisation=round.lead,
        reason=made.reason,
        seal=made.seal,
        units=len(result),
        of=len(drum.units),
    )
    return made


def _enter_drawn(
    round: InspectionRound,
    made: InspectionDraw,
    result: Iterable[drawing.Drawn],
    units: Mapping[str, Organisation],
    inspectors: Iterable[Inspector],
    *,
    now: datetime,
) -> None:
    by_certificate = {one.certificate: one for one in inspectors}
    for code, team in result:
        inspection = Inspection.objects.create(round=round, organisation=units[code], draw=made)
        for place, certificate in enumerate(team):
            member = by_certificate[certificate]
            TeamMember.objects.create(inspection=inspection, inspector=member, leads=place == 0)
            outbox.post_all(inspection_letters.seated(inspection, member.person), now=now)
