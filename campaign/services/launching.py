"""From a draft to a running campaign: choose organisations, set dates, launch, close."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign import notifications, scheduling, workflow
from campaign.models import (
    Campaign,
    Duty,
    Participant,
)
from campaign.people import people_of
from campaign.services.creating import write_executors
from campaign.services.phases import advance
from campaign.unfolding import Planned, places, supervisors, unfold
from campaign.workflow import CampaignState
from core import audit, clock, outbox, workdays
from core.errors import Conflict, Refused

Dates = tuple[date, date]


@transaction.atomic
def choose_organisations(
    *, campaign: Campaign, executors: Iterable[Organisation], by: User, now: datetime
) -> Campaign:
    """Set the executing companies of a draft anew. Raises ``Refused``."""
    campaign = locked_draft(campaign, by=by)
    campaign.participants.filter(part=Participant.Part.EXECUTOR).delete()
    write_executors(campaign, executors)
    codes = list(campaign.participants.values_list("organisation__code", flat=True))
    audit.record(
        "campaign.choose_organisations",
        campaign,
        by=by,
        now=now,
        organisation=campaign.issuing_organisation,
        executors=codes,
    )
    return campaign


@transaction.atomic
def reschedule(
    *,
    campaign: Campaign,
    phases: Mapping[int, Dates],
    duties: Mapping[str, Dates],
    by: User,
    now: datetime,
) -> Campaign:
    """Change dates of a draft: phases by number, duties by code, each (first day, last day).

    Raises ``Refused`` for dates that are turned round, overlap, leave their campaign, or
    lie further from today than the rules allow.
    """
    campaign = locked_draft(campaign, by=by)
    on = clock.day_of(now)
    scheduling.check(scheduling.spans(campaign, phases=phases, duties=duties), on=on)
    for phase in campaign.phases.all():
        if phase.number in phases:
            phase.starts_on, phase.ends_on = phases[phase.number]
            phase.save(update_fields=["starts_on", "ends_on"])
    for definition in campaign.definitions.all():
        if definition.code in duties:
            definition.opens_on, definition.due_on = duties[definition.code]
            definition.save(update_fields=["opens_on", "due_on"])
    listed = list(campaign.phases.order_by("number"))
    campaign.starts_on, campaign.ends_on = listed[0].starts_on, listed[-1].ends_on
    campaign.save(update_fields=["starts_on", "ends_on"])
    audit.record(
        "campaign.reschedule",
        campaign,
        by=by,
        now=now,
        organisation=campaign.issuing_organisation,
        phases={str(number): list(dates) for number, dates in phases.items()},
        duties={code: list(dates) for code, dates in duties.items()},
    )
    return campaign


def preview(*, campaign: Campaign, now: datetime) -> list[Planned]:
    """How the draft will unfold, without writing anything. Raises ``Refused`` for its dates."""
    scheduling.check(scheduling.spans(campaign), on=clock.day_of(now))
    return unfold(campaign, calendar=workdays.calendar(now=now), now=now)


@transaction.atomic
def launch(*, campaign: Campaign, by: User, now: datetime) -> Campaign:
    """Hand out every duty to its organisation and start the clocks (S1-4.1a, S1-5).

    Recipients and copies are fixed now by the territory rules of the day. Raises ``Refused``.
    """
    campaign = _locked(campaign)
    _ask(workflow.LAUNCH, campaign, by=by)
    planned = preview(campaign=campaign, now=now)
    audit.hold([campaign.issuing_organisation, *(plan.organisation for plan in planned)])
    _fix_participants(campaign, on=clock.day_of(now))
    Duty.objects.bulk_create(
        Duty(
            definition=plan.definition,
            organisation=plan.organisation,
            recipient=plan.recipient,
            copy_to=plan.copy_to,
            opens_at=plan.opens_at,
            due_at=plan.due.due_at,
            due_provisional=plan.due.provisional,
            due_explanation=[dict(line) for line in plan.due.explanation],
            due_basis={"date": plan.definition.due_on.isoformat()},
            due_set_at=now,
        )
        for plan in planned
    )
    changes = {"state": CampaignState.LAUNCHED, "launched_at": now, "launched_by": by}
    if not Campaign.objects.filter(pk=campaign.pk, state=CampaignState.DRAFT).update(**changes):
        raise Conflict(_("该专项行动刚被他人启动。"))
    campaign.refresh_from_db()
    audit.record(
        "campaign.launch",
        campaign,
        by=by,
        now=now,
        organisation=campaign.issuing_organisation,
        duties=len(planned),
        organisations=len({plan.organisation.pk for plan in planned}),
    )
    _announce(campaign, planned, now=now)
    advance(campaign=campaign, now=now)
    return campaign


def _fix_participants(campaign: Campaign, *, on: date) -> None:
    found = places(campaign, on=on)
    for place in found:
        campaign.participants.filter(
            organisation=place.organisation, part=Participant.Part.EXECUTOR
        ).update(supervisor=place.supervisor, copy_to=place.copy_to)
    for regulator in supervisors(campaign, found):
        Participant.objects.get_or_create(
            campaign=campaign, organisation=regulator, part=Participant.Part.SUPERVISOR
        )


def _announce(campaign: Campaign, planned: list[Planned], *, now: datetime) -> None:
    """One letter for each person that works on duties, listing those of their organisation."""
    on = clock.day_of(now)
    by_organisation: dict[int, list[Planned]] = {}
    for plan in planned:
        by_organisation.setdefault(plan.organisation.pk, []).append(plan)
    for plans in by_organisation.values():
        organisation = plans[0].organisation
        people = {
            user.pk: user
            for permission in (workflow.FILER, workflow.LEADER)
            for user in people_of(organisation, permission, on=on)
        }
        for user in people.values():
            told = notifications.launched(campaign, organisation, plans, user, now=now)
            outbox.post_all(told, now=now)


def close_refusal(campaign: Campaign) -> str:
    """Why the campaign cannot end yet; empty when it can."""
    if campaign.phases.exclude(state=workflow.PhaseState.CLOSED).exists():
        return _("尚有阶段未结束，不能结束专项行动。")
    return ""


@transaction.atomic
def close_campaign(*, campaign: Campaign, by: User, now: datetime) -> Campaign:
    """End a campaign whose phases are over. Raises ``Refused`` while one is not."""
    campaign = _locked(campaign)
    _ask(workflow.CLOSE, campaign, by=by)
    if why_not := close_refusal(campaign):
        raise Refused(why_not)
    campaign.state = CampaignState.CLOSED
    campaign.save(update_fields=["state"])
    audit.record(
        "campaign.close", campaign, by=by, now=now, organisation=campaign.issuing_organisation
    )
    return campaign


def locked_draft(campaign: Campaign, *, by: User) -> Campaign:
    """The draft, held until the end of the transaction; ``Refused`` once it is launched."""
    campaign = _locked(campaign)
    _ask(workflow.LAUNCH, campaign, by=by)
    return campaign


def _ask(move: workflow.Move, campaign: Campaign, *, by: User) -> None:
    if why_not := workflow.campaign_refusal(move, campaign, state=campaign.state, by=by):
        raise Refused(why_not)


def _locked(campaign: Campaign) -> Campaign:
    return (
        Campaign.objects.select_for_update(of=("self",))
        .select_related("issuing_organisation")
        .get(pk=campaign.pk)
    )
