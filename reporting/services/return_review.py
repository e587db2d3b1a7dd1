"""The recipient's side of a return: accept, or send back with every deficient cell named.

Campaign plan 二(二)1 (S1-2.2.1a).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.territory import regulator_for
from campaign.scope import works_for
from core import audit, outbox
from core.clock import day_of
from core.errors import Refused
from core.sheets.definition import FIRST_DATA_ROW, Form
from core.sheets.scan import column_number
from reporting import catalogue
from reporting.models import Return, ReturnReview, ReturnVersion, ReturnWaiver
from reporting.models.returns import ReturnQuerySet
from reporting.notifications import returns as wording
from reporting.returns import definition, examining
from reporting.services import return_ledger, return_rechecking
from reporting.services.return_moves import current, lock_for, move, record
from reporting.services.submission import due_by_rule
from reporting.workflow import returns as workflow
from reporting.workflow.returns import State

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_REASON = 300
CITED = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")


@transaction.atomic
def accept(*, entry: Return, by: User, now: datetime, comment: str = "") -> ReturnReview:
    """Take the version as right: from now on its rows count. Raises ``Refused``."""
    entry = lock_for(entry, workflow.ACCEPT, by=by)
    before = ReturnVersion.objects.filter(pk=entry.accepted_version_id).first()
    version = move(entry, workflow.ACCEPT, by=by, now=now, reason=comment, accepted_at=now)
    entry.accepted_version = version
    entry.save(update_fields=["accepted_version"])
    return_rechecking.recheck(entry=entry, before=before, by=by, now=now)
    return_ledger.enter(entry=entry, version=version, now=now)
    review = ReturnReview.objects.create(
        version=version,
        decision=ReturnReview.Decision.ACCEPTED,
        by=by,
        at=now,
        comment=comment.strip(),
    )
    outbox.post_all(wording.accepted(version, review, now=now), now=now)
    return review


@transaction.atomic
def send_back(
    *,
    entry: Return,
    deficient: Sequence[Mapping[str, str]],
    by: User,
    now: datetime,
    comment: str = "",
) -> ReturnReview:
    """Send the version back: which cells, what is wrong, under which rule; a new deadline follows.

    ``deficient``: [{"sheet", "cell", "problem", "rule"}]. Raises ``Refused`` when none is named.
    """
    entry = lock_for(entry, workflow.RETURN, by=by)
    marked = _marked(entry, deficient)
    due = due_by_rule("correction", office=entry.recipient, now=now)
    version = move(entry, workflow.RETURN, by=by, now=now, reason=comment)
    if due.due_at > entry.due_at:
        entry.due_at, entry.due_explanation = due.due_at, list(due.explanation)
        entry.save(update_fields=["due_at", "due_explanation"])
    review = ReturnReview.objects.create(
        version=version,
        decision=ReturnReview.Decision.RETURNED,
        by=by,
        at=now,
        comment=comment.strip(),
        deficient=marked,
        new_due_at=entry.due_at,
        new_due_explanation=list(due.explanation),
    )
    outbox.post_all(wording.returned(version, review, now=now), now=now)
    return review


@transaction.atomic
def reveal(*, version: ReturnVersion, purpose: str, by: User, now: datetime) -> None:
    """Put on record that a person looks at unmasked names and accounts, and what for.

    Raises ``Refused`` without a purpose. The caller found the version through ``visible_to``.
    """
    if not purpose.strip():
        raise Refused(_("请写明查看用途。"))
    record(version.entry, "reveal", by=by, now=now, reason=purpose.strip(), version=version.number)


def _marked(entry: Return, deficient: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Each named cell with what stands there, its column, the problem and the rule."""
    version = current(entry)
    sheets = {s.form.sheet_name: s for s in definition.of(entry.form).booklet.sheets}
    marked = []
    for item in deficient:
        one = {
            name: str(item.get(name, "")).strip()[:LONGEST_REASON]
            for name in ("sheet", "cell", "problem", "rule")
        }
        if not one["problem"] or not one["rule"]:
            raise Refused(_("每处需要补正的内容都要写明问题和依据。"))
        if one["sheet"] not in sheets:
            raise Refused(_("这张报表没有工作表“%(sheet)s”。") % {"sheet": one["sheet"]})
        sheet = sheets[one["sheet"]]
        marked.append({**one, **_cell(sheet.form, len(version.sheet(sheet.name)), one["cell"])})
    if not marked:
        raise Refused(_("请至少标出一处需要补正的内容。"))
    return marked


@transaction.atomic
def ask_waiver(
    *,
    code: str,
    organisation: Organisation,
    check_name: str,
    reason: str,
    expires_on: date,
    entry: Return,
    by: User,
    now: datetime,
) -> ReturnWaiver:
    """Ask that a check (or, with an empty name, the form) be waived until a day.

    Raises ``Refused``.
    """
    if not works_for(by, Permission.FILING_DRAFT, organisation):
        raise Refused(_("由%(unit)s的填报人员申请。") % {"unit": organisation})
    if not reason.strip():
        raise Refused(_("请写明申请豁免的理由。"))
    _refuse_term(expires_on, now=now)
    standing = ReturnWaiver.objects.standing(on=day_of(now)).filter(
        code=code, organisation=organisation, check_name=check_name
    )
    if standing.exists():
        raise Refused(_("这项豁免已经申请或者已经批准，不必重复申请。"))
    known = examining.waivable(definition.of(entry.form).booklet)
    if check_name and check_name not in known:
        raise Refused(_("这张报表没有这条校验规则。"))
    waiver = ReturnWaiver.objects.create(
        code=code,
        organisation=organisation,
        check_name=check_name,
        reason=reason.strip()[:LONGEST_REASON],
        expires_on=expires_on,
        asked_by=by,
        asked_at=now,
    )
    audit.record(
        "return.waiver_ask",
        waiver,
        by=by,
        now=now,
        organisation=organisation,
        reason=waiver.reason,
        form=code,
        check=check_name,
    )
    return waiver


def _cell(form: Form, rows: int, cell: str) -> dict[str, str]:
    """The cell in capitals with the label of its column. Raises ``Refused`` when there is none.

    Of a sheet without rows, or one that lacks some, there is no cell to cite.
    """
    if not cell:
        if rows > 1:
            raise Refused(_("请写明单元格，如 %(cell)s。") % {"cell": f"A{FIRST_DATA_ROW}"})
        return {"cell": "", "column": ""}
    found = CITED.fullmatch(cell.upper())
    place = column_number(found[1].encode()) if found else 0
    last = FIRST_DATA_ROW + rows - 1
    if found is None or place > len(form.columns) or not FIRST_DATA_ROW <= int(found[2]) <= last:
        facts = {"sheet": form.sheet_name, "cell": cell[:20], "last": last}
        raise Refused(_("工作表“%(sheet)s”没有单元格“%(cell)s”，已填到第%(last)d行。") % facts)
    return {"cell": cell.upper(), "column": form.columns[place - 1].label}


def _refuse_term(expires_on: date, *, now: datetime) -> None:
    if expires_on < day_of(now):
        raise Refused(_("有效期已过。"))
    most = catalogue.review()["longest_waiver_days"]
    if expires_on > day_of(now) + timedelta(days=most):
        raise Refused(_("豁免最长%(days)d日，请缩短有效期，届满后可再申请。") % {"days": most})


def may_decide(waiver: ReturnWaiver, *, by: User, now: datetime) -> bool:
    """Whether the person is a leader of the office in charge of the unit."""
    regulator, _copy = regulator_for(waiver.organisation, day_of(now))
    return works_for(by, Permission.DUTY_APPROVE, regulator)


@transaction.atomic
def decide_waiver(
    *, waiver: ReturnWaiver, approve: bool, decision: str, by: User, now: datetime
) -> ReturnWaiver:
    """A leader of the office in charge approves or refuses. Raises ``Refused``."""
    waiver = (
        ReturnWaiver.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=waiver.pk)
    )
    if waiver.state != ReturnWaiver.State.ASKED:
        raise Refused(_("这项申请已经批复。"))
    if not may_decide(waiver, by=by, now=now):
        raise Refused(_("由该单位主管监管机构的领导批复。"))
    if not decision.strip():
        why = _("请写明批准依据。") if approve else _("不予批准的，请写明理由。")
        raise Refused(why)
    waiver.state = ReturnWaiver.State.APPROVED if approve else ReturnWaiver.State.REFUSED
    waiver.decided_by, waiver.decided_at = by, now
    waiver.decision = decision.strip()[:LONGEST_REASON]
    waiver.save(update_fields=["state", "decided_by", "decided_at", "decision"])
    if approve and not waiver.check_name:
        _waive_open(waiver, now=now)
    audit.record(
        "return.waiver_decide",
        waiver,
        by=by,
        now=now,
        organisation=waiver.organisation,
        reason=waiver.decision,
        approved=approve,
        until=waiver.expires_on.isoformat(),
    )
    return waiver


def _covered(waiver: ReturnWaiver, *, now: datetime) -> ReturnQuerySet:
    """What the waiver covers and is not due yet: what was overdue before stays overdue."""
    return Return.objects.filter(
        code=waiver.code,
        organisation=waiver.organisation,
        filed_version__isnull=True,
        period_start__lte=waiver.expires_on,
        due_at__gte=now,
    )


def _waive_open(waiver: ReturnWaiver, *, now: datetime) -> None:
    """What the unit owes already and is covered by the waiver need not be filed."""
    _covered(waiver, now=now).filter(state=State.OPEN).update(state=State.WAIVED)


@transaction.atomic
def revoke_waiver(*, waiver: ReturnWaiver, reason: str, by: User, now: datetime) -> ReturnWaiver:
    """A leader takes a waiver back: what is not due yet is owed again. Raises ``Refused``."""
    waiver = (
        ReturnWaiver.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=waiver.pk)
    )
    if waiver.state != ReturnWaiver.State.APPROVED or waiver.expires_on < day_of(now):
        raise Refused(_("只有有效的豁免可以撤销。"))
    if not may_decide(waiver, by=by, now=now):
        raise Refused(_("由该单位主管监管机构的领导撤销。"))
    if not reason.strip():
        raise Refused(_("请写明撤销理由。"))
    waiver.state, waiver.revoked_by, waiver.revoked_at = ReturnWaiver.State.REVOKED, by, now
    waiver.revoked_reason = reason.strip()[:LONGEST_REASON]
    waiver.save(update_fields=["state", "revoked_by", "revoked_at", "revoked_reason"])
    if not waiver.check_name:
        _covered(waiver, now=now).filter(state=State.WAIVED).update(state=State.OPEN)
    audit.record(
        "return.waiver_revoke",
        waiver,
        by=by,
        now=now,
        organisation=waiver.organisation,
        reason=waiver.revoked_reason,
    )
    return waiver
