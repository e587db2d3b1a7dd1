"""Whether a demonstration unit is named: one person proposes it, the office's head decides.

Source: campaign plan 二(二)5 (S1-2.2.5).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import demonstration_letters as letters
from campaign import demonstration_workflow as workflow
from campaign.demonstration_workflow import EvaluationState, UnitState
from campaign.models import Demonstration, Evaluation
from campaign.people import people_of
from campaign.services.demonstrating import locked, tell
from core import audit, clock, masking, outbox
from core.errors import Refused


def naming_refusal(unit: Demonstration) -> str:
    """What a unit lacks to be named: all checks of the year, the points, what must be met."""
    left = unit.checks.filter(done_at__isnull=True).count()
    if left:
        return _("还有%(count)d次检查未完成，不能建议命名。") % {"count": left}
    last = unit.last_done
    results = last.results if last else {}
    if wanting := unit.criteria.wanting(results):
        return _("必备标准未达到：%(names)s。") % {
            "names": "、".join(one["title"] for one in wanting)
        }
    score = unit.criteria.score(results)
    if score is None or score < unit.criteria.named_from:
        words = {"score": score or 0, "from": unit.criteria.named_from}
        return _("最近一次检查得分%(score)s%%，未达到%(from)d%%。") % words
    return ""


@transaction.atomic
def propose(
    *, unit: Demonstration, result: str, opinion: str, by: User, now: datetime
) -> Evaluation:
    """Propose to name a unit or not; the office's head is told. Raises ``Refused``."""
    unit = locked(unit)
    waiting = unit.evaluations.filter(state=EvaluationState.PROPOSED).exists()
    if why_not := workflow.proposing_refusal(unit, by=by, waiting=waiting):
        raise Refused(why_not)
    if result not in Evaluation.Result.values:
        raise Refused(_("没有这种结果。"))
    if result == Evaluation.Result.NAMED and (why_not := naming_refusal(unit)):
        raise Refused(why_not)
    if not opinion.strip():
        raise Refused(_("请填写评价意见。"))
    last = unit.last_done
    made = Evaluation.objects.create(
        unit=unit,
        result=result,
        opinion=masking.mask_text(opinion.strip()),
        score=unit.criteria.score(last.results) if last else None,
        proposed_at=now,
        proposed_by=by,
    )
    audit.record(
        "demonstration.propose", made, by=by, now=now, organisation=unit.office, result=result
    )
    for person in people_of(unit.office, workflow.APPROVE, on=clock.day_of(now)):
        if person != by:
            outbox.post_all(letters.proposed(made, person), now=now)
    return made


@transaction.atomic
def decide_evaluation(
    *,
    evaluation: Evaluation,
    approve: bool,
    note: str,
    document_number: str,
    by: User,
    now: datetime,
) -> Evaluation:
    """Approve a proposal (the unit is named or not), or send it back. Raises ``Refused``."""
    unit = locked(evaluation.unit)
    evaluation = Evaluation.objects.select_for_update(of=("self",)).get(pk=evaluation.pk)
    evaluation.unit = unit
    if why_not := workflow.deciding_refusal(evaluation, by=by):
        raise Refused(why_not)
    named = evaluation.result == Evaluation.Result.NAMED
    if not approve and not note.strip():
        raise Refused(_("请写明退回原因。"))
    if approve and named and not document_number.strip():
        raise Refused(_("请填写命名文号。"))
    if approve and named and (why_not := naming_refusal(unit)):
        raise Refused(why_not)
    evaluation.state = EvaluationState.APPROVED if approve else EvaluationState.RETURNED
    evaluation.decided_at, evaluation.decided_by = now, by
    evaluation.decision_note = note.strip()[:300]
    evaluation.document_number = document_number.strip()[:60] if approve else ""
    fields = ["state", "decided_at", "decided_by", "decision_note", "document_number"]
    evaluation.save(update_fields=fields)
    audit.record(
        "demonstration.decide" if approve else "demonstration.send_back",
        evaluation,
        by=by,
        now=now,
        organisation=unit.office,
        reason=evaluation.decision_note,
        result=evaluation.result,
        document_number=evaluation.document_number,
    )
    if not approve:
        return evaluation
    unit.state = UnitState.NAMED if named else UnitState.NOT_NAMED
    unit.save(update_fields=["state"])
    tell(unit, letters.decided, unit.organisation, now=now, evaluation=evaluation)
    return evaluation
