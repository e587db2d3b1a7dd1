"""Warnings and ordered use: announced, started, adjusted, released, and the execution reported.

Source: campaign plan 二(一)1 (S1-2.1.1e), 三、(三)1(2) (S1-3.3.1(2)), 一(一)2 (S1-1.1.2b).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import territory
from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.people import people_of
from core import audit, clock, masking, outbox
from core.errors import Conflict, Refused
from reporting import deviations, shortage
from reporting.models import Activation, ActivationMove, FindingProposal
from reporting.notifications import shortage as wording
from reporting.ordered import executing
from reporting.queries import plans_called
from reporting.services import proposals
from reporting.workflow import activation as workflow

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.workflow.report import Move

S = workflow.State


def lock(activation: Activation, move: Move, *, by: User) -> Activation:
    """The event as it stands now, held until the commit. Raises ``Refused``."""
    found = (
        Activation.objects.select_for_update(of=("self",))
        .select_related("organisation", "plan")
        .get(pk=activation.pk)
    )
    if why_not := workflow.refusal(move, found, by=by):
        raise Refused(why_not)
    return found


@transaction.atomic
def announce(
    organisation: Organisation,
    *,
    grade: str,
    gap_mw: Decimal,
    peak_mw: Decimal,
    announced_at: datetime,
    body: str,
    reason: str,
    by: User,
    now: datetime,
) -> Activation:
    """Write down a warning as it was announced. Raises ``Refused``."""
    made = Activation(
        organisation=organisation,
        grade=grade,
        gap_mw=gap_mw,
        peak_mw=peak_mw,
        reason=masking.mask_text(reason.strip()),
        announced_at=announced_at,
        announced_body=body.strip(),
    )
    if not organisation.is_company:
        raise Refused(_("有序用电事件由供电单位登记。"))
    if why_not := workflow.refusal(workflow.ANNOUNCE, made, by=by):
        raise Refused(why_not)
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if Activation.objects.open().filter(organisation=organisation).exists():
        raise Refused(_("该单位还有没有解除的预警或有序用电，请在其中调整等级。"))
    _past(announced_at, now)
    _loads(gap_mw, peak_mw)
    made.colour = _colour(organisation, grade, announced_at)
    made.save()
    _note(made, workflow.ANNOUNCE, announced_at, body=body, reason=reason, by=by, now=now)
    return made


@transaction.atomic
def start(
    activation: Activation,
    *,
    started_at: datetime,
    until: datetime,
    body: str,
    number: str = "",
    by: User,
    now: datetime,
) -> Activation:
    """Carrying the plan out begins, by the government's approval. Raises ``Refused``."""
    found = lock(activation, workflow.START, by=by)
    _past(started_at, now)
    if started_at < found.announced_at:
        raise Refused(_("启动时间不能早于预警时间。"))
    if until <= started_at:
        raise Refused(_("批准执行至的时间须晚于启动时间。"))
    if not (body.strip() and number.strip()):
        raise Refused(_("请填写批准单位和批准文号。"))
    found.plan = plans_called.in_force(found.organisation, started_at)
    found.approval_body, found.approval_number = body.strip(), number.strip()
    found.started_at, found.until = started_at, until
    _move(found, workflow.START, now=now, by=by)
    words = {"body": body, "number": number, "until": until}
    _note(found, workflow.START, started_at, **words, by=by, now=now)
    return found


@transaction.atomic
def adjust(
    activation: Activation,
    *,
    at: datetime,
    grade: str,
    gap_mw: Decimal,
    until: datetime | None,
    body: str,
    reason: str,
    by: User,
    now: datetime,
) -> Activation:
    """Another grade, a larger gap or a later end, decided by somebody. Raises ``Refused``."""
    found = lock(activation, workflow.ADJUST, by=by)
    _past(at, now)
    if at < (found.started_at or found.announced_at):
        raise Refused(_("调整时间不能早于启动时间。"))
    if not (body.strip() and reason.strip()):
        raise Refused(_("请填写决定单位和原因。"))
    if until is not None and (found.started_at is None or until <= at):
        raise Refused(_("批准执行至的时间须晚于调整时间；启动前不能填写。"))
    if until is not None and found.until is not None and now > found.until:
        raise Refused(_("批准执行的时间已过，不能事后延长。"))
    last = found.moves.order_by("-at", "-pk").first()
    if last is not None and at < last.at:
        text = _("调整时间不能早于上一次办理的生效时间%(time)s。")
        raise Refused(text % {"time": clock.written(last.at)})
    _loads(gap_mw, found.peak_mw)
    found.grade, found.colour = grade, _colour(found.organisation, grade, found.announced_at)
    # The greatest gap of the event is what statistics tell.
    found.gap_mw = max(found.gap_mw, gap_mw)
    found.until = until or found.until
    _move(found, workflow.ADJUST, now=now, by=by)
    words = {"body": body, "reason": reason, "until": until}
    _note(found, workflow.ADJUST, at, **words, by=by, now=now)
    return found


@transaction.atomic
def release(
    activation: Activation,
    *,
    released_at: datetime,
    body: str,
    reason: str,
    by: User,
    now: datetime,
) -> Activation:
    """The warning is lifted or carrying out ends. Raises ``Refused``."""
    found = lock(activation, workflow.RELEASE, by=by)
    _past(released_at, now)
    if released_at < (found.started_at or found.announced_at):
        raise Refused(_("解除时间不能早于启动时间。"))
    if not (body.strip() and reason.strip()):
        raise Refused(_("请填写决定单位和原因。"))
    found.released_at = released_at
    found.release_body = body.strip()
    found.release_reason = masking.mask_text(reason.strip())
    if found.started_at is not None:
        day = clock.day_of(released_at)
        due = shortage.due("execution_report", released_at, on=day)
        found.report_due_at, found.report_due_explanation = due.due_at, list(due.explanation)
    _move(found, workflow.RELEASE, now=now, by=by)
    _note(found, workflow.RELEASE, released_at, body=body, reason=reason, by=by, now=now)
    propose(found, kinds={executing.RELEASED_LATE}, by=by, now=now)
    return found


@transaction.atomic
def report(activation: Activation, *, seen: int, by: User, now: datetime) -> Activation:
    """A second person reports what was carried out; what deviates becomes proposals.

    ``seen`` is the saving of the rows that the person was shown. Raises ``Refused``, ``Conflict``.
    """
    found = lock(activation, workflow.REPORT, by=by)
    if seen != found.revision:
        raise Conflict(_("执行记录在您查看之后有改动，请重新核对后再报送。"))
    if found.started_at is None:
        raise Refused(_("预警没有启动有序用电，没有执行情况可以报送。"))
    if not found.rows.exists():
        raise Refused(_("还没有登记执行记录。"))
    found.reported_at, found.reported_by = now, by
    _move(found, workflow.REPORT, now=now, by=by)
    _note(found, workflow.REPORT, now, by=by, now=now)
    propose(found, kinds=None, by=by, now=now)
    office, copy_to = territory.regulator_for(found.organisation, clock.day_of(now))
    for place in filter(None, (office, copy_to)):
        people = people_of(place, Permission.FILING_REVIEW, on=clock.day_of(now))
        outbox.post_all(wording.execution_reported(found, to=place, people=people), now=now)
    return found


@transaction.atomic
def reopen(activation: Activation, *, reason: str, by: User, now: datetime) -> Activation:
    """Take a report back to correct it; what was proposed stays. Raises ``Refused``."""
    found = lock(activation, workflow.REOPEN, by=by)
    if not reason.strip():
        raise Refused(_("请写明更正原因。"))
    found.reported_at = found.reported_by = None
    found.editors = []
    _move(found, workflow.REOPEN, now=now, by=by)
    _note(found, workflow.REOPEN, now, reason=reason, by=by, now=now)
    return found


def propose(
    activation: Activation, *, kinds: Iterable[str] | None, by: User | None, now: datetime
) -> int:
    """Propose a finding for each deviation (of these kinds), each once. How many there are.

    What is proposed is told in Chinese, whoever reports.
    """
    wanted = set(kinds) if kinds is not None else None
    with translation.override("zh-hans"):
        found = [
            one
            for one in deviations.of(activation, now=now)
            if wanted is None or one.deviation.kind in wanted
        ]
        for one in found:
            proposals.propose(
                source=FindingProposal.Source.ORDERED_USE,
                key=f"activation-{activation.pk}-{one.key}",
                organisation=activation.organisation,
                clause=one.clause,
                title=str(one.title),
                facts=one.words,
                url=reverse("reporting:activation", args=[activation.pk]) + "#deviations",
                by=by,
                now=now,
            )
    return len(found)


def propose_late(*, now: datetime) -> int:
    """Propose what time alone makes a deviation: reports that did not come, ends that passed."""
    late = Activation.objects.filter(state=S.RELEASED, report_due_at__lt=now)
    late |= Activation.objects.filter(state=S.ACTIVE, until__lt=now)
    if not late.exists():
        return 0
    kinds = {executing.RELEASED_LATE, executing.REPORTED_LATE}
    told = FindingProposal.objects.filter(source=FindingProposal.Source.ORDERED_USE)
    count = 0
    for one in late.select_related("organisation", "plan"):
        kind = executing.REPORTED_LATE if one.state == S.RELEASED else executing.RELEASED_LATE
        if not told.filter(key=f"activation-{one.pk}-{kind}").exists():
            count += propose(one, kinds=kinds, by=None, now=now)
    return count


def _past(at: datetime, now: datetime) -> None:
    if at > now:
        raise Refused(_("时间不能晚于现在。"))


def _loads(gap: Decimal, peak: Decimal) -> None:
    if not 0 < gap <= peak:
        raise Refused(_("最大缺口须大于0，不超过最大用电需求。"))


def _colour(organisation: Organisation, grade: str, at: datetime) -> str:
    """The colour of a grade of the rules in force. Raises ``Refused`` for another grade."""
    rules = shortage.plan_rules(organisation, on=clock.day_of(at))
    if (found := rules.by_grade.get(grade)) is None:
        raise Refused(_("现行分级中没有“%(grade)s”级。") % {"grade": grade})
    return found.colour


def _move(found: Activation, move: Move, *, by: User, now: datetime) -> None:
    if move.target is not None:
        found.state = move.target
    found.save()


def _note(
    found: Activation, move: Move, at: datetime, *, by: User, now: datetime, **words: Any
) -> None:
    """One step in the log and in the audit trail."""
    kept = {
        name: value.strip() if isinstance(value, str) else value for name, value in words.items()
    }
    if "reason" in kept:
        kept["reason"] = masking.mask_text(kept["reason"])
    ActivationMove.objects.create(
        activation=found,
        move=move.name,
        at=at,
        grade=found.grade,
        by=by,
        entered_at=now,
        **kept,
    )
    audit.record(
        f"activation.{move.name}",
        found,
        by=by,
        now=now,
        organisation=found.organisation,
        reason=kept.get("reason", ""),
        grade=found.grade,
        at=at.isoformat(),
    )
