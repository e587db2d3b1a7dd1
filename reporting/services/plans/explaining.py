"""Reasons for what may be explained: each belongs to what it was given for, and to nothing else.

Source: campaign plan 二(一)1 (S1-2.1.1e), 二(二)1 (S1-2.2.1c).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import masking
from core.clock import day_of
from core.errors import Refused
from reporting.models import OrderedUsePlan
from reporting.plans.plan_checks import Approval, approval
from reporting.services.plans.checking import kind_of
from reporting.services.plans.drafting import lock, record, rules_of
from reporting.workflow import plan as workflow
from reporting.workflow.plan import State

if TYPE_CHECKING:
    from accounts.models import User

Found = Mapping[str, Any]


def approval_of(
    plan: OrderedUsePlan,
    *,
    now: datetime,
    body: str,
    number: str,
    on: date | None,
    has_document: bool,
) -> Approval:
    """The government's approval as the checks take it, filed now."""
    before = plan.replaces
    return Approval(
        year=plan.year,
        begun_on=day_of(plan.created_at),
        filed_on=day_of(now),
        body=body.strip(),
        number=number.strip(),
        approved_on=on,
        has_document=has_document,
        due_on=day_of(plan.due_at) if plan.due_at else None,
        due_days=rules_of(plan).limit("filing_working_days"),
        correcting=before is not None
        and before.state == State.RETURNED
        and before.due_at is not None
        and plan.due_at == before.due_at,
    )


def filing_findings(plan: OrderedUsePlan, *, now: datetime) -> list[dict[str, Any]]:
    """What stands against filing now, or wants a reason: approval, document, working days."""
    given = approval_of(
        plan,
        now=now,
        body=plan.approval_body,
        number=plan.approval_number,
        on=plan.approved_on,
        has_document=plan.approval_file_id is not None,
    )
    return [one.as_dict(source=plan.rule.source) for one in approval(given)]


def kinds_of(plan: OrderedUsePlan, found: Iterable[Found]) -> dict[str, dict[str, Any]]:
    """Kinds of soft findings: how many there are and what a reason for all of them is kept under.

    Those of the check are known with everything that is not shown.
    """
    places: dict[str, list[str]] = {}
    for one in found:
        if one["severity"] == "soft":
            places.setdefault(one["code"], []).append(one["place_key"])
    told = {code: kind_of(code, keys) for code, keys in places.items()}
    return told | {c: k for c, k in plan.finding_counts.get("kinds", {}).items() if c in told}


def reason_for(plan: OrderedUsePlan, one: Found, kinds: Mapping[str, Found]) -> str:
    """The reason that was given for a finding, alone or with all of its kind; empty for none."""
    kind = kinds[one["code"]]["key"] if one["code"] in kinds else ""
    return str(plan.confirmed.get(one["place_key"]) or plan.confirmed.get(kind) or "")


def unexplained(plan: OrderedUsePlan, found: Iterable[Found]) -> list[Any]:
    """Soft findings for which nobody gave a reason, alone or for all of their kind."""
    found = list(found)
    kinds = kinds_of(plan, found)
    return [one for one in found if one["severity"] == "soft" and not reason_for(plan, one, kinds)]


def left_open(plan: OrderedUsePlan) -> int:
    """How many findings of the check want a reason yet, those that are not shown included."""
    kinds = plan.finding_counts.get("kinds", {})
    shown = [one for one in plan.findings if one["severity"] == "soft"]
    hidden = sum(
        kind["count"] - sum(one["code"] == code for one in shown)
        for code, kind in kinds.items()
        if kind["key"] not in plan.confirmed
    )
    return len(unexplained(plan, shown)) + hidden


def _to_explain(plan: OrderedUsePlan, *, by: User, now: datetime) -> list[Any]:
    """What the person may give a reason for now. Raises ``Refused``."""
    approved = plan.state == State.APPROVED
    if why_not := workflow.refusal(workflow.FILE if approved else workflow.SAVE, plan, by=by):
        raise Refused(why_not)
    found = filing_findings(plan, now=now) if approved else plan.findings
    return [one for one in found if one["severity"] == "soft"]


@transaction.atomic
def explain(*, plan: OrderedUsePlan, place: str, reason: str, by: User, now: datetime) -> None:
    """Give the reason for something that may be explained, or for all of a kind.

    ``place``: the finding's place key, or a kind's code. Raises ``Refused``.
    """
    plan = lock(plan)
    found = _to_explain(plan, by=by, now=now)
    kinds = kinds_of(plan, found)
    named = [one["place_key"] for one in found if place in (one["place_key"], one["code"])]
    if place in kinds:
        named.append(kinds[place]["key"])
    if not named:
        raise Refused(_("没有这项须说明的提示，请刷新页面后再试。"))
    reason = masking.mask_text(reason.strip())
    if not reason:
        raise Refused(_("请写明理由。"))
    plan.confirmed = {**plan.confirmed, **dict.fromkeys(named, reason)}
    plan.save(update_fields=["confirmed"])
    record(plan, "explain", by=by, now=now, place=place, reason=reason)


def explain_all(*, plan: OrderedUsePlan, code: str, reason: str, by: User, now: datetime) -> None:
    """Give one reason for everything of a kind that stands there now. Raises ``Refused``."""
    explain(plan=plan, place=code, reason=reason, by=by, now=now)


def certify_refusal(plan: OrderedUsePlan) -> str:
    """What in the plan stands against certifying it; empty when nothing does."""
    if plan.checked_at is None:
        return _("方案改动后还没有检查，请先检查。")
    if hard := plan.finding_counts.get("hard", 0):
        return _("还有%(count)d处必须改正的问题。") % {"count": hard}
    if soft := left_open(plan):
        return _("还有%(count)d处提示没有说明理由。") % {"count": soft}
    return ""


def file_refusal(plan: OrderedUsePlan, *, now: datetime) -> str:
    """What in the approval stands against filing; empty when nothing does."""
    found = filing_findings(plan, now=now)
    for one in [*(f for f in found if f["severity"] == "hard"), *unexplained(plan, found)]:
        return said(one)
    return ""


def said(one: Found) -> str:
    """A finding with what to do, in one line."""
    return _("%(message)s。%(remedy)s") % {"message": one["message"], "remedy": one["remedy"]}
