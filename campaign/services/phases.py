"""Phases open and close by date; their checklist is ticked by people (S1-5)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import workflow
from campaign.models import Campaign, Duty, Phase, PhaseCheck
from campaign.scope import works_for
from campaign.services.duties import open_duty
from campaign.workflow import CampaignState, DutyState, PhaseState
from core import audit, clock
from core.errors import Conflict, Refused


def advance(*, campaign: Campaign, now: datetime) -> int:
    """Do what the date asks for: close and open phases, open duties. Says how many moves.

    Each move is a transaction of its own; a run that is cut short goes on with the next one.
    """
    if campaign.state != CampaignState.LAUNCHED:
        return 0
    today = clock.day_of(now)
    moves = 0
    for phase in campaign.phases.filter(state=PhaseState.PLANNED, starts_on__lte=today):
        open_phase(phase=phase, by=None, now=now)
        moves += 1
    for phase in campaign.phases.filter(state=PhaseState.OPEN, ends_on__lt=today):
        close_phase(phase=phase, by=None, now=now)
        moves += 1
    waiting = Duty.objects.filter(
        definition__campaign=campaign, state=DutyState.WAITING, opens_at__lte=now
    )
    for duty in waiting.order_by("organisation__code", "pk"):
        open_duty(duty=duty, now=now)
        moves += 1
    return moves


@transaction.atomic
def open_phase(*, phase: Phase, by: User | None, now: datetime) -> Phase:
    """Begin a phase, by date or earlier by a person. Raises ``Refused``."""
    return _move(
        _locked(phase), workflow.OPEN_PHASE, PhaseState.OPEN, by=by, now=now, opened_at=now
    )


@transaction.atomic
def close_phase(*, phase: Phase, by: User | None, now: datetime) -> Phase:
    """End a phase. The date ends it in any case, and the trail names what was left unticked.

    A person ends it before its date only with a complete checklist. Raises ``Refused``.
    """
    phase = _locked(phase)
    left = list(phase.checks.filter(done_at__isnull=True).values_list("text", flat=True))
    if by is not None and left:
        raise Refused(_("检查清单还有%(count)d项未完成。") % {"count": len(left)})
    return _move(
        phase,
        workflow.CLOSE_PHASE,
        PhaseState.CLOSED,
        by=by,
        now=now,
        details={"unticked": left},
        closed_at=now,
    )


def _locked(phase: Phase) -> Phase:
    """The phase as it stands now; its checklist stands still as well until the transaction ends."""
    return (
        Phase.objects.select_for_update(of=("self",))
        .select_related("campaign__issuing_organisation")
        .get(pk=phase.pk)
    )


def _move(
    phase: Phase,
    move: workflow.Move,
    target: PhaseState,
    *,
    by: User | None,
    now: datetime,
    details: dict[str, object] | None = None,
    **changes: datetime,
) -> Phase:
    """Ask and write; ``phase`` is locked."""
    campaign = phase.campaign
    if campaign.state != CampaignState.LAUNCHED:
        raise Refused(_("专项行动不在实施中。"))
    if why_not := workflow.campaign_refusal(move, campaign, state=phase.state, by=by):
        raise Refused(why_not)
    changed = Phase.objects.filter(pk=phase.pk, state=phase.state).update(state=target, **changes)
    if not changed:
        raise Conflict(_("该阶段刚被他人办理，请刷新后再试。"))
    phase.refresh_from_db()
    audit.record(
        f"phase.{move.name}",
        phase,
        by=by,
        now=now,
        organisation=campaign.issuing_organisation,
        number=phase.number,
        **(details or {}),
    )
    return phase


@transaction.atomic
def tick_check(*, check: PhaseCheck, done: bool, note: str, by: User, now: datetime) -> PhaseCheck:
    """Tick a line of the checklist, or take the tick back. Raises ``Refused``."""
    # The phase first: whoever ends it counts its checklist under the same lock.
    _locked(check.phase)
    check = (
        PhaseCheck.objects.select_for_update(of=("self",))
        .select_related("phase__campaign__issuing_organisation")
        .get(pk=check.pk)
    )
    campaign = check.phase.campaign
    if campaign.state != CampaignState.LAUNCHED:
        raise Refused(_("专项行动不在实施中。"))
    if check.phase.state == PhaseState.CLOSED:
        raise Refused(_("该阶段已经结束，检查清单不能再更改。"))
    if not works_for(by, Permission.CAMPAIGN_MANAGE, campaign.issuing_organisation):
        raise Refused(_("检查清单由发文机关办理。"))
    check.done_at, check.done_by = (now, by) if done else (None, None)
    check.note = note.strip()
    check.save(update_fields=["done_at", "done_by", "note"])
    audit.record(
        "phase.tick_check" if done else "phase.untick_check",
        check,
        by=by,
        now=now,
        organisation=campaign.issuing_organisation,
        reason=note,
        text=check.text,
    )
    return check
