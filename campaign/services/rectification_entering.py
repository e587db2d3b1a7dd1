"""What stands elsewhere in the portal enters the rectification ledger: by a press, or by rule.

Source: campaign plan 三(六)1, 五(四) (S1-3.3.6(1)b, S1-5.4c).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign import rectification_cases as cases
from campaign import rectification_sources as sources
from campaign.models import Campaign, Participant, RectificationItem
from campaign.rectification_sources import Origin
from campaign.services.rectification import open_item, supervisor_of
from complaints import naming
from core import clock, outbox
from core.errors import Refused

JOB = "campaign.enter_by_rule"


@transaction.atomic
def enter(
    *,
    origin: Origin,
    campaign: Campaign | None,
    problem: str,
    requirement: str = "",
    basis: str = "",
    feeder: str = "",
    transformer_area: str = "",
    due_on: date | None = None,
    by: User | None,
    now: datetime,
) -> RectificationItem:
    """Enter the problem of a source; a second time the item that stands is returned.

    What it is, whom it concerns and where it stands is the source's word, not the writer's. No
    complainant may be named. ``by=None`` is the system. Raises ``Refused``.
    """
    # Two presses at once: the second waits here and finds the item of the first.
    Organisation.objects.select_for_update(of=("self",)).only("pk").get(pk=origin.unit.pk)
    if (found := sources.standing(origin)) is not None:
        return found
    if origin.why_not:
        raise Refused(origin.why_not)
    told = {
        "problem": problem,
        "requirement": requirement,
        "basis": basis,
        "feeder": feeder,
        "transformer_area": transformer_area,
    }
    text = "\n".join(told.values())
    if not origin.ref and any(case.number in text for case in origin.cases):
        raise Refused(_("整改单位不得知悉该诉求，台账内容中不得写入其编号。"))
    # In a crowd of cases short names and places are words, too.
    search = naming.named if len(origin.cases) == 1 else naming.named_in_crowd
    if named := search(text, origin.cases):
        words = {"what": "、".join(named)}
        raise Refused(_("台账内容中有诉求人的个人信息（%(what)s），请删除或改为某某。") % words)
    return open_item(
        campaign=campaign,
        source_kind=origin.kind,
        source_ref=origin.ref,
        source_key=origin.source_key,
        unit=origin.unit,
        due_on=due_on,
        articles=origin.articles,
        by=by,
        now=now,
        **told,
    )


def campaign_of(unit: Organisation, first: date, last: date) -> Campaign | None:
    """The running campaign of these days in which the unit, or one above it, takes part."""
    campaigns = Campaign.objects.running().filter(starts_on__lte=last, ends_on__gte=first)
    parts = Participant.objects.filter(campaign__in=campaigns, part=Participant.Part.EXECUTOR)
    for part in parts.select_related("organisation", "campaign").order_by("-campaign__starts_on"):
        if unit.path.startswith(part.organisation.path):
            return part.campaign
    return None


# -- by rule ---------------------------------------------------------------------------------------


def offer(origin: Origin | None, *, now: datetime) -> bool:
    """Post a job that enters it, where the rule of the unit's office says so; says whether.

    In the caller's transaction: what brought it about never fails because of the ledger.
    """
    if origin is None or not origin.rule or origin.why_not:
        return False
    today = clock.day_of(now)
    office = supervisor_of(origin.unit, None, on=today)
    if not sources.automatic(origin.rule, office, on=today):
        return False
    outbox.post(
        key=f"rectification-enter-{origin.source_key}",
        channel="job",
        kind=JOB,
        payload={"name": origin.name, "key": origin.key},
        now=now,
    )
    return True


def enter_by_rule(name: str, key: str, *, now: datetime) -> RectificationItem | None:
    """The job: the source is asked again; None where it is no problem any more."""
    with translation.override(settings.LANGUAGE_CODE):
        origin = sources.find(name, key, None)
        if origin is None or not origin.rule or origin.why_not:
            return None
        today = clock.day_of(now)
        ahead = origin.due_on if origin.due_on and origin.due_on >= today else None
        return enter(
            origin=origin,
            campaign=campaign_of(origin.unit, today, today),
            problem=origin.problem,
            requirement=origin.requirement,
            basis=origin.basis,
            feeder=origin.feeder,
            transformer_area=origin.transformer_area,
            due_on=ahead,
            by=None,
            now=now,
        )


def notice_cases(keys: Sequence[int], *, now: datetime) -> None:
    """Cases were closed: what was found true is offered to the ledger."""
    if sources.anywhere(cases.RULE, on=clock.day_of(now)):
        for case in cases.proven(keys):
            offer(cases.origin_of(case), now=now)
