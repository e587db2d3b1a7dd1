"""Planning inspections: the roster, rounds, draws, teams, the announcement, and the end.

Source: campaign plan 二(二)2, 三(六)1, 五(三) (S1-2.2.2e, S1-3.3.6(1)a, S1-4.2i, S1-5.3a).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import drawing, inspection_letters
from campaign import inspection_workflow as workflow
from campaign.inspection_workflow import InspectionState
from campaign.models import (
    Campaign,
    Checklist,
    Inspection,
    InspectionRound,
    Inspector,
    TeamMember,
)
from campaign.people import people_of
from campaign.services.inspectors import MANAGE, barred, manager
from complaints.models import InspectionProposal
from core import audit, clock, outbox
from core.errors import Conflict, Refused
from core.locking import held

Kind = InspectionRound.Kind
# An inspection may be entered so long after it began, and planned so long ahead. Days.
LONGEST_AHEAD = 400


@transaction.atomic
def plan_round(
    *,
    kind: str,
    title: str,
    lead: Organisation,
    reason: str,
    first_day: date,
    last_day: date,
    checklist: Checklist,
    by: User,
    now: datetime,
    campaign: Campaign | None = None,
    peak_season: bool = False,
    proposal: InspectionProposal | None = None,
    source_key: str | None = None,
    source_url: str = "",
) -> InspectionRound:
    """Plan a round of inspections of an office. Raises ``Refused``.

    A special one needs what gave reason to it: an accepted proposal, another source, or words.
    """
    manager(lead, by)
    if not title.strip() or not reason.strip():
        raise Refused(_("请填写名称和事由。"))
    _check_days(first_day, last_day, now=now)
    if campaign is not None and not (
        campaign.starts_on <= first_day and last_day <= campaign.ends_on
    ):
        raise Refused(_("检查日期应在专项行动期间内。"))
    if campaign is not None:
        _check_checklist(campaign, checklist)
    if proposal is not None:
        _check_proposal(proposal, by=by)
    made = InspectionRound.objects.create(
        kind=kind,
        title=title.strip(),
        campaign=campaign,
        lead=lead,
        reason=reason.strip(),
        first_day=first_day,
        last_day=last_day,
        checklist=checklist,
        peak_season=peak_season,
        proposal=proposal,
        source_key=source_key,
        source_url=source_url,
        created_at=now,
        created_by=by,
    )
    audit.record("inspection.plan", made, by=by, now=now, organisation=lead, round_kind=kind)
    return made


def _check_days(first_day: date, last_day: date, *, now: datetime) -> None:
    today = clock.day_of(now)
    if last_day < first_day:
        raise Refused(_("结束日期不能早于开始日期。"))
    if abs((first_day - today).days) > LONGEST_AHEAD or (last_day - first_day).days > LONGEST_AHEAD:
        raise Refused(_("检查日期离今天过远。"))


def _check_checklist(campaign: Campaign, checklist: Checklist) -> None:
    """A campaign whose template names its checklists is inspected by these."""
    asked = campaign.template.content.get("checklists")
    if asked and checklist.code not in asked:
        titles = Checklist.objects.filter(code__in=asked).values_list("title", flat=True)
        told = {"names": "、".join(sorted(set(titles)))}
        raise Refused(_("本次专项行动规定使用的检查表：%(names)s。请改选。") % told)


def _check_proposal(proposal: InspectionProposal, *, by: User) -> None:
    if not InspectionProposal.objects.visible_to(by).filter(pk=proposal.pk).exists():
        raise Refused(_("没有这件稽查建议。"))
    if proposal.state != InspectionProposal.State.ACCEPTED:
        raise Refused(_("稽查建议尚未采纳，不能开展稽查。"))
    if InspectionRound.objects.filter(proposal=proposal).exists():
        raise Conflict(_("该稽查建议已经开展稽查。"))


@transaction.atomic
def open_special(*, organisation: Organisation, by: User, now: datetime, **plan: Any) -> Inspection:
    """Open a targeted special inspection (专项稽查) of one company with its reason (S1-2.2.2e).

    ``plan`` is what ``plan_round`` takes; with a ``source_key`` that was used the inspection that
    stands is returned. Raises ``Refused``, ``Conflict``.
    """
    if key := plan.get("source_key"):
        standing = Inspection.objects.filter(round__source_key=key).first()
        if standing is not None:
            return standing
    made = plan_round(kind=Kind.SPECIAL, by=by, now=now, **plan)
    return add_unit(round=made, organisation=organisation, by=by, now=now)


@transaction.atomic
def add_unit(
    *, round: InspectionRound, organisation: Organisation, by: User, now: datetime
) -> Inspection:
    """Name a unit of a special inspection; those of a concentrated one are drawn.

    Raises ``Refused``.
    """
    round = hold_round(round)
    manager(round.lead, by)
    still_open(round)
    if round.kind != Kind.SPECIAL:
        raise Refused(_("集中检查的对象由随机抽取产生。"))
    if not organisation.is_company or not by.may(MANAGE, organisation):
        raise Refused(_("该单位不在您的辖区。"))
    if round.inspections.filter(organisation=organisation).exists():
        raise Refused(_("该单位已列入本次检查。"))
    made = Inspection.objects.create(round=round, organisation=organisation)
    audit.record(
        "inspection.add", made, by=by, now=now, organisation=round.lead, unit=organisation.code
    )
    return made


def hold_round(round: InspectionRound) -> InspectionRound:
    return held(InspectionRound.objects.all(), round.pk, "lead", "campaign", "checklist")


def still_open(round: InspectionRound) -> None:
    if round.closed_at is not None:
        raise Refused(_("本次检查已经办结。"))


# -- teams, announcement, end ----------------------------------------------------------------------


def hold(inspection: Inspection) -> Inspection:
    """The inspection, locked, with what its letters and rules ask for."""
    related = ("round__lead", "round__campaign", "round__checklist", "organisation", "draw")
    return held(Inspection.objects.all(), inspection.pk, *related)


def _step(step: workflow.Step, inspection: Inspection) -> None:
    if why_not := workflow.step_refusal(step, inspection):
        raise Refused(why_not)


@transaction.atomic
def set_team(
    *,
    inspection: Inspection,
    members: Iterable[Inspector],
    leader: Inspector,
    by: User,
    now: datetime,
    reason: str = "",
) -> Inspection:
    """Name the team of a special inspection, or change a drawn one with the reason.

    Nobody with a conflict, no fewer than two. Raises ``Refused``.
    """
    inspection = hold(inspection)
    manager(inspection.round.lead, by)
    if inspection.state not in (InspectionState.PLANNED, InspectionState.ANNOUNCED):
        raise Refused(_("现场检查已经开始，不能更换检查组。"))
    members = list({one.pk: one for one in members}.values())
    if inspection.draw_id and not reason.strip():
        raise Refused(_("检查组由抽取产生，更换须写明理由。"))
    if len(members) < drawing.LEAST_TEAM:
        raise Refused(_("每组检查人员不得少于%(least)d人。") % {"least": drawing.LEAST_TEAM})
    if leader not in members:
        raise Refused(_("组长须是检查组成员。"))
    if names := _conflicted(inspection, members, on=inspection.round.first_day):
        raise Refused(_("%(names)s须回避该单位。") % {"names": "、".join(names)})
    before = {one.inspector_id: one.inspector.person for one in seats(inspection)}
    inspection.team.all().delete()
    for pk in before.keys() - {one.pk for one in members}:
        outbox.post_all(inspection_letters.stood_down(inspection, before[pk]), now=now)
    for one in members:
        TeamMember.objects.create(inspection=inspection, inspector=one, leads=one == leader)
        if one.pk not in before:
            outbox.post_all(inspection_letters.seated(inspection, one.person), now=now)
    audit.record(
        "inspection.team",
        inspection,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        reason=reason.strip(),
        members=[one.certificate for one in members],
        leader=leader.certificate,
    )
    return inspection


def seats(inspection: Inspection) -> list[TeamMember]:
    """The team with the people behind it."""
    return list(inspection.team.select_related("inspector__person"))


def _conflicted(inspection: Inspection, members: list[Inspector], *, on: date) -> list[str]:
    """The names of those who have to stay away from the company on a day."""
    conflicts = barred(members, [inspection.organisation], on=on)
    return [one.person.name for one in members if conflicts[one.pk]]


def _check_team(inspection: Inspection, *, on: date) -> None:
    """Nobody goes who stays away from the company by now, or is off the roster: what was drawn
    weeks ago is asked again before it is made known."""
    team = [one.inspector for one in seats(inspection)]
    if len(team) < drawing.LEAST_TEAM:
        raise Refused(_("请先组成检查组。"))
    if names := _conflicted(inspection, team, on=on):
        told = {"names": "、".join(names)}
        raise Refused(_("%(names)s须回避该单位，请先更换检查组成员。") % told)
    standing = Inspector.objects.in_force(on=on).filter(pk__in=[one.pk for one in team])
    gone = {one.pk for one in team} - set(standing.values_list("pk", flat=True))
    if names := [one.person.name for one in team if one.pk in gone]:
        told = {"names": "、".join(names)}
        raise Refused(_("%(names)s已不在检查人员名录中，请先更换检查组成员。") % told)


@transaction.atomic
def announce(
    *,
    inspection: Inspection,
    notice_number: str,
    first_day: date,
    last_day: date,
    by: User,
    now: datetime,
) -> Inspection:
    """Send the notice of inspection under a number to the company. Raises ``Refused``."""
    inspection = hold(inspection)
    manager(inspection.round.lead, by)
    _step(workflow.ANNOUNCE, inspection)
    round = inspection.round
    if not notice_number.strip():
        raise Refused(_("请填写文号。"))
    if last_day < first_day:
        raise Refused(_("离场日期不能早于进场日期。"))
    if not (round.first_day <= first_day and last_day <= round.last_day):
        raise Refused(_("进场、离场日期应在检查计划期间内。"))
    _check_team(inspection, on=clock.day_of(now))
    inspection.state = InspectionState.ANNOUNCED
    inspection.notice_number = notice_number.strip()
    inspection.first_day, inspection.last_day = first_day, last_day
    inspection.announced_at = now
    inspection.save(
        update_fields=["state", "notice_number", "first_day", "last_day", "announced_at"]
    )
    audit.record(
        "inspection.announce",
        inspection,
        by=by,
        now=now,
        organisation=round.lead,
        unit=inspection.organisation.code,
        number=inspection.notice_number,
    )
    tell_unit(inspection, inspection_letters.announced, now=now)
    return inspection


def tell_unit(inspection: Inspection, wording: Any, *, now: datetime) -> None:
    """Write to those of the company who answer for inspections."""
    on = clock.day_of(now)
    for user in people_of(inspection.organisation, Permission.INSPECTION_ANSWER, on=on):
        outbox.post_all(wording(inspection, user), now=now)


@transaction.atomic
def cancel(*, inspection: Inspection, reason: str, by: User, now: datetime) -> Inspection:
    """Take a unit out of the round before anything was recorded, with the reason."""
    inspection = hold(inspection)
    manager(inspection.round.lead, by)
    _step(workflow.CANCEL, inspection)
    if not reason.strip():
        raise Refused(_("请写明理由。"))
    inspection.state, inspection.cancelled_reason = InspectionState.CANCELLED, reason.strip()[:200]
    inspection.save(update_fields=["state", "cancelled_reason"])
    audit.record(
        "inspection.cancel",
        inspection,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        reason=inspection.cancelled_reason,
    )
    if inspection.announced_at is not None:
        tell_unit(inspection, inspection_letters.cancelled, now=now)
    for seat in seats(inspection):
        outbox.post_all(inspection_letters.stood_down(inspection, seat.inspector.person), now=now)
    return inspection


@transaction.atomic
def close_round(
    *, round: InspectionRound, conclusion: str, by: User, now: datetime
) -> InspectionRound:
    """End a round with its summary when each inspection has its conclusion. Raises ``Refused``."""
    round = hold_round(round)
    manager(round.lead, by)
    still_open(round)
    if not conclusion.strip():
        raise Refused(_("请填写检查总结。"))
    done = (InspectionState.CONCLUDED, InspectionState.CANCELLED)
    if left := round.inspections.exclude(state__in=done).count():
        raise Refused(_("还有%(count)d个单位的检查没有结论。") % {"count": left})
    round.conclusion, round.closed_at, round.closed_by = conclusion.strip(), now, by
    round.save(update_fields=["conclusion", "closed_at", "closed_by"])
    audit.record("inspection.close", round, by=by, now=now, organisation=round.lead)
    return round
