"""The way of a plan: certified, approved by the government, filed with a receipt, reviewed.

Source: campaign plan 二(一)1 (S1-2.1.1e), 二(二)1 (S1-2.2.1c), 三(三)4
(S1-3.3.4(2)b), 四 (S1-4.2f).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core import bulk, clock, files, masking, outbox, sla, workdays
from core.clock import day_of
from core.errors import Conflict, Refused
from reporting.models import OrderedUsePlan, PlanEvent, PlanGrade, PlanQuota, PlanReceipt, PlanRow
from reporting.notifications import plan as wording
from reporting.plans.plan_checks import approval
from reporting.services.plans import checking
from reporting.services.plans.drafting import (
    FIGURES,
    PIECE,
    ROW_FIELDS,
    lock,
    record,
    rules_of,
    touched,
)
from reporting.services.plans.explaining import (
    approval_of,
    certify_refusal,
    file_refusal,
    said,
)
from reporting.services.submission import due_by_rule, next_number, verify_code
from reporting.workflow import plan as workflow

if TYPE_CHECKING:
    from accounts.models import User

APPROVALS = "plan-approval"
# Filed versions of a plan that its successor copies.
COPIED = ("line", "grade_order", "phone_index", *ROW_FIELDS)


def _lock_for(plan: OrderedUsePlan, move: workflow.Move, *, by: User) -> OrderedUsePlan:
    plan = lock(plan)
    if why_not := workflow.refusal(move, plan, by=by):
        raise Refused(why_not)
    return plan


def _move(
    plan: OrderedUsePlan,
    move: workflow.Move,
    *,
    by: User,
    now: datetime,
    comment: str = "",
    event: Mapping[str, Any] | None = None,
    **changes: Any,
) -> PlanEvent:
    """Write the new state where the old one still stands. Raises ``Conflict`` when it does not."""
    changes["state"] = move.target
    standing = OrderedUsePlan.objects.filter(pk=plan.pk, state=plan.state)
    if not standing.update(**changes):
        raise Conflict(_("该方案刚被他人办理，请刷新后再试。"))
    for name, value in changes.items():
        setattr(plan, name, value)
    record(plan, move.name, by=by, now=now, reason=comment)
    return PlanEvent.objects.create(
        plan=plan, move=move.name, by=by, at=now, comment=comment.strip(), **(event or {})
    )


@transaction.atomic
def certify(*, plan: OrderedUsePlan, by: User, now: datetime) -> OrderedUsePlan:
    """A second person certifies what was checked. Raises ``Refused``."""
    plan = _lock_for(plan, workflow.CERTIFY, by=by)
    if why_not := certify_refusal(plan):
        raise Refused(why_not)
    # Other areas' plans and lines may have come in since: they are asked for once more.
    if any(checking.elsewhere(plan, since=plan.checked_at)):
        raise Refused(_("有用户同时列入其他地区的方案，请重新检查。"))
    if checking.registered_lines(plan).filter(entered_at__gt=plan.checked_at).exists():
        raise Refused(_("检查之后登记了企业居民共线线路，请重新检查。"))
    _move(
        plan,
        workflow.CERTIFY,
        by=by,
        now=now,
        certified_by=by,
        certified_at=now,
        digest=plan.digest or checking.digest_of(plan),
    )
    return plan


@transaction.atomic
def reopen(*, plan: OrderedUsePlan, reason: str, by: User, now: datetime) -> OrderedUsePlan:
    """Back to the desk before the government approves it. Raises ``Refused``."""
    plan = _lock_for(plan, workflow.REOPEN, by=by)
    reason = masking.mask_text(reason.strip())
    if not reason:
        raise Refused(_("请写明退回修改的理由。"))
    undone = {"certified_by": None, "certified_at": None}
    _move(plan, workflow.REOPEN, by=by, now=now, comment=reason, **undone)
    return plan


def filing_due(plan: OrderedUsePlan, approved_on: date, *, now: datetime) -> sla.Due:
    """By when to file after the approval: working days, explained (S1-2.2.1c)."""
    days = rules_of(plan).limit("filing_working_days")
    document = _("二（二）1：方案经政府批准后%(days)d个工作日内报送") % {"days": days}
    allowance = sla.Allowance(days, "working_days", document=document)
    return sla.due(clock.at(approved_on), allowance, calendar=workdays.calendar(now=now))


def _due_of(
    plan: OrderedUsePlan, approved_on: date, *, now: datetime
) -> tuple[datetime, list[sla.Line]]:
    """By when to file an approved plan: a deficiency letter's day stands where it is the earlier.

    Source: S1-2.2.1a. The other day is told with it.
    """
    due = filing_due(plan, approved_on, now=now)
    if plan.due_at is None or plan.due_at >= due.due_at:
        return due.due_at, list(due.explanation)
    other = sla.Line(
        text=gettext_noop("批准后应报送"), value=f"{day_of(due.due_at):%Y-%m-%d}", source=""
    )
    return plan.due_at, [*plan.due_explanation, other]


def _comes_into_force(plan: OrderedUsePlan) -> bool:
    """Whether filing puts the plan in force: it was approved without its document, and no later
    version is in force meanwhile."""
    same = OrderedUsePlan.objects.in_force(year=plan.year).filter(region=plan.region)
    later = same.filter(organisation=plan.organisation, number__gt=plan.number)
    return plan.approval_file_id is None and not plan.in_force and not later.exists()


def _displace(plan: OrderedUsePlan) -> None:
    """The plan that was in force is no more. Raises ``Refused`` where it is somebody else's."""
    before = OrderedUsePlan.objects.filter(region=plan.region, year=plan.year, in_force=True)
    before = before.exclude(pk=plan.pk)
    if other := before.exclude(organisation=plan.organisation).first():
        raise Refused(
            _("该地区%(year)d年已有%(organisation)s的现行方案。")
            % {"year": plan.year, "organisation": other.organisation}
        )
    before.update(in_force=False)


@transaction.atomic
def approve(
    *,
    plan: OrderedUsePlan,
    body: str,
    number: str,
    approved_on: date,
    document: IO[bytes] | None = None,
    by: User,
    now: datetime,
) -> OrderedUsePlan:
    """Record the government's approval: with its document the plan is in force from now and the one
    before no more; without it only when a second person files it and answers for that.

    Raises ``Refused`` for an approval that cannot be, ``files.Rejected`` for its document.
    """
    plan = _lock_for(plan, workflow.APPROVE, by=by)
    stored = None
    if document is not None:
        stored = files.store(
            document, by=by, now=now, organisation=plan.organisation, purpose=APPROVALS
        )
    given = approval_of(plan, now=now, body=body, number=number, on=approved_on, has_document=True)
    if wrong := [one for one in approval(given) if one.hard]:
        raise Refused(said(wrong[0].as_dict(source="")))
    if stored is not None:
        _displace(plan)
    due_at, explanation = _due_of(plan, approved_on, now=now)
    try:
        with transaction.atomic():
            _move(
                plan,
                workflow.APPROVE,
                by=by,
                now=now,
                approval_body=body.strip(),
                approval_number=number.strip(),
                approved_on=approved_on,
                approval_file=stored,
                in_force=stored is not None,
                due_at=due_at,
                due_explanation=explanation,
            )
    except IntegrityError:
        raise Conflict(_("该地区的另一方案刚登记批准，请刷新后再试。")) from None
    return plan


def file(*, plan: OrderedUsePlan, by: User, now: datetime) -> PlanReceipt:
    """File the approved plan with whoever collects it; it gets its one receipt.

    Raises ``Refused``; late filing wants a reason first.
    """
    now = now.replace(microsecond=0)
    with transaction.atomic():
        plan = _lock_for(plan, workflow.FILE, by=by)
        if why_not := file_refusal(plan, now=now):
            raise Refused(why_not)
        receive = due_by_rule("receive", office=plan.recipient, now=now)
        if comes := _comes_into_force(plan):
            _displace(plan)
        _move(
            plan,
            workflow.FILE,
            in_force=plan.in_force or comes,
            by=by,
            now=now,
            filed_at=now,
            filed_by=by,
            is_late=plan.due_at is not None and now > plan.due_at,
            review_due_at=receive.due_at,
            review_due_explanation=list(receive.explanation),
        )
        year, serial, number = next_number(plan.recipient, now=now)
        receipt = PlanReceipt.objects.create(
            plan=plan,
            recipient=plan.recipient,
            year=year,
            serial=serial,
            number=number,
            issued_at=now,
            digest=plan.digest,
            verify_code=verify_code(number, plan.digest),
        )
        record(plan, "receipt", by=by, now=now, number=number)
        outbox.post_all(wording.filed(plan, receipt, now=now), now=now)
    return receipt


@transaction.atomic
def receive(*, plan: OrderedUsePlan, by: User, now: datetime) -> OrderedUsePlan:
    """Take the plan in for review; the time to decide begins. Raises ``Refused``."""
    plan = _lock_for(plan, workflow.RECEIVE, by=by)
    due = due_by_rule("review", office=plan.recipient, now=now)
    _move(
        plan,
        workflow.RECEIVE,
        by=by,
        now=now,
        review_due_at=due.due_at,
        review_due_explanation=list(due.explanation),
    )
    return plan


@transaction.atomic
def return_plan(
    *,
    plan: OrderedUsePlan,
    deficient: Sequence[Mapping[str, str]],
    comment: str = "",
    by: User,
    now: datetime,
) -> PlanEvent:
    """Send the plan back by a letter: each place with what is wrong and by which rule; a new date.

    ``deficient``: [{"place", "problem", "rule"}]. Raises ``Refused`` when nothing is named.
    """
    plan = _lock_for(plan, workflow.RETURN, by=by)
    keys = ("place", "problem", "rule")
    comment = masking.mask_text(comment)
    marked = [
        {key: masking.mask_text(item.get(key, "").strip()) for key in keys} for item in deficient
    ]
    marked = [item for item in marked if any(item.values())]
    if not marked:
        raise Refused(_("请至少写明一处需要补正的问题。"))
    if not all(item["place"] and item["problem"] and item["rule"] for item in marked):
        raise Refused(_("每处需要补正的问题都要写明位置（单元格或章节）、问题和依据。"))
    due = due_by_rule("correction", office=plan.recipient, now=now)
    event = _move(
        plan,
        workflow.RETURN,
        by=by,
        now=now,
        comment=comment,
        event={
            "deficient": marked,
            "new_due_at": due.due_at,
            "new_due_explanation": list(due.explanation),
        },
        review_due_at=None,
        review_due_explanation=[],
        due_at=due.due_at,
        due_explanation=list(due.explanation),
    )
    outbox.post_all(wording.returned(plan, event, now=now), now=now)
    return event


@transaction.atomic
def accept(*, plan: OrderedUsePlan, comment: str = "", by: User, now: datetime) -> OrderedUsePlan:
    """Take the plan as complete; its public part may be read from now on. Raises ``Refused``."""
    plan = _lock_for(plan, workflow.ACCEPT, by=by)
    done = {"review_due_at": None, "review_due_explanation": []}
    comment = masking.mask_text(comment)
    _move(plan, workflow.ACCEPT, by=by, now=now, comment=comment, **done)
    outbox.post_all(wording.accepted(plan, now=now), now=now)
    return plan


@transaction.atomic
def revise(*, plan: OrderedUsePlan, by: User, now: datetime) -> OrderedUsePlan:
    """Begin the next version of an approved plan, with everything that stands in this one.

    The one before stays in force until the government approves the new one. Raises ``Refused``.
    """
    plan = _lock_for(plan, workflow.REVISE, by=by)
    same = OrderedUsePlan.objects.filter(
        organisation=plan.organisation, region=plan.region, year=plan.year
    )
    if same.filter(number__gt=plan.number).exists():
        raise Refused(_("该方案已有更新的版本，请修订最新的版本。"))
    returned = plan.state == workflow.State.RETURNED
    made = OrderedUsePlan.objects.create(
        organisation=plan.organisation,
        recipient=plan.recipient,
        region=plan.region,
        year=plan.year,
        number=plan.number + 1,
        rule=plan.rule,
        editors=[by.pk],
        drafted_by=by,
        drafted_at=now,
        created_at=now,
        replaces=plan,
        # A returned plan is to come again by the day that the letter names.
        due_at=plan.due_at if returned else None,
        due_explanation=plan.due_explanation if returned else [],
        row_count=plan.row_count,
        user_count=plan.user_count,
        reducible_kw=plan.reducible_kw,
        **{name: getattr(plan, name) for name in FIGURES},
    )
    for model, related in ((PlanGrade, plan.grades), (PlanQuota, plan.quotas)):
        copies = list(related.all())
        for one in copies:
            one.pk, one.plan = None, made
        model.objects.bulk_create(copies)
    _copy_rows(plan, made)
    touched(made, by=by)
    record(made, "revise", by=by, now=now, replaces=plan.number)
    return made


def _copy_rows(plan: OrderedUsePlan, made: OrderedUsePlan) -> None:
    some: list[dict[str, Any]] = []
    rows = plan.rows.order_by("line").values(*COPIED)
    for first in range(0, plan.row_count, PIECE):
        some = [{**row, "plan_id": made.pk} for row in rows[first : first + PIECE]]
        for row, key in zip(some, bulk.keys(PlanRow, len(some)), strict=True):
            row["id"] = key
        bulk.insert(PlanRow, some)
