"""The end of a matter: by one person where everything was put right, else by two.

Source: campaign plan 三(六)2 (S1-3.3.6(2)): who does not correct is investigated; to let go of it
is no decision of one person.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import enforcement_letters as letters
from campaign import enforcement_workflow as workflow
from campaign.enforcement_workflow import ClosingState, MatterState, StepState
from campaign.models import EnforcementClosing, EnforcementMatter
from campaign.people import people_of
from campaign.services.enforcement import locked_matter, trace
from campaign.services.rectification import clean
from core import clock, outbox
from core.errors import Conflict, Refused
from core.locking import held


@transaction.atomic
def close_matter(
    *, matter: EnforcementMatter, conclusion: str, by: User, now: datetime, why: str = ""
) -> EnforcementMatter:
    """End a matter with its conclusion; it stays in the history. With items that are not written
    off it is only proposed, and ``why`` says for what reason. Raises ``Refused``, ``Conflict``.
    """
    matter = locked_matter(matter)
    if why_not := workflow.manage_refusal(matter, by=by):
        raise Refused(why_not)
    if waiting(matter) is not None:
        raise Conflict(_("已有人提请结案，请另一人办理。"))
    conclusion = clean(conclusion)
    if not conclusion:
        raise Refused(_("请填写结论。"))
    if matter.steps.filter(state=StepState.DRAFT).exists():
        raise Refused(_("有文书待签发，请先签发或作废。"))
    unfinished = _unfinished(matter)
    if not unfinished:
        return _closed(matter, conclusion, by=by, now=now)
    return _proposed(matter, conclusion, clean(why)[:300], unfinished, by=by, now=now)


def _unfinished(matter: EnforcementMatter) -> list[str]:
    """Numbers of its items that are not written off."""
    left = matter.items.unfinished().order_by("number")
    return list(left.values_list("number", flat=True))


def waiting(matter: EnforcementMatter) -> EnforcementClosing | None:
    """What was proposed and is not decided."""
    return matter.closings.waiting().select_related("proposed_by").first()


def _proposed(
    matter: EnforcementMatter,
    conclusion: str,
    why: str,
    unfinished: list[str],
    *,
    by: User,
    now: datetime,
) -> EnforcementMatter:
    if not why:
        words = {"numbers": "、".join(unfinished)}
        raise Refused(_("整改事项%(numbers)s尚未销号，请写明未销号而结案的理由。") % words)
    closing = EnforcementClosing.objects.create(
        matter=matter,
        conclusion=conclusion,
        why=why,
        unfinished=unfinished,
        proposed_at=now,
        proposed_by=by,
    )
    trace("ask_close", matter, by=by, now=now, reason=why, unfinished=unfinished)
    for person in people_of(matter.regulator, workflow.APPROVE, on=clock.day_of(now)):
        if person.pk != by.pk:
            outbox.post_all(letters.closing_proposed(closing, person), now=now)
    return matter


def _closed(
    matter: EnforcementMatter, conclusion: str, *, by: User, now: datetime, **told: object
) -> EnforcementMatter:
    matter.state, matter.conclusion = MatterState.CLOSED, conclusion
    matter.closed_at, matter.closed_by = now, by
    matter.save(update_fields=["state", "conclusion", "closed_at", "closed_by"])
    trace("close", matter, by=by, now=now, **told)
    return matter


def _locked(closing: EnforcementClosing) -> EnforcementClosing:
    """The closing with its matter, which is held first: so do all who write one."""
    matter = locked_matter(closing.matter)
    found = held(EnforcementClosing.objects.all(), closing.pk, "proposed_by")
    found.matter = matter
    return found


@transaction.atomic
def approve(*, closing: EnforcementClosing, by: User, now: datetime) -> EnforcementClosing:
    """Another person agrees: the matter ends. Raises ``Refused``."""
    closing = _locked(closing)
    matter = closing.matter
    if why_not := workflow.closing_refusal(closing, by=by):
        raise Refused(why_not)
    told = {"proposed_by": closing.proposed_by.name, "unfinished": _unfinished(matter)}
    _decided(closing, ClosingState.APPROVED, by=by, now=now)
    _closed(matter, closing.conclusion, by=by, now=now, reason=closing.why, **told)
    outbox.post_all(letters.closing_decided(closing, closing.proposed_by), now=now)
    return closing


@transaction.atomic
def refuse(
    *, closing: EnforcementClosing, reason: str, by: User, now: datetime
) -> EnforcementClosing:
    """Another person does not agree, and says why: the matter goes on. Raises ``Refused``."""
    closing = _locked(closing)
    if why_not := workflow.closing_refusal(closing, by=by):
        raise Refused(why_not)
    closing.reason = clean(reason)[:300]
    if not closing.reason:
        raise Refused(_("请填写不予结案的理由。"))
    _decided(closing, ClosingState.REFUSED, by=by, now=now)
    trace("refuse_close", closing.matter, by=by, now=now, reason=closing.reason)
    outbox.post_all(letters.closing_decided(closing, closing.proposed_by), now=now)
    return closing


@transaction.atomic
def withdraw(*, closing: EnforcementClosing, by: User, now: datetime) -> EnforcementClosing:
    """Whoever proposed it takes it back: the matter goes on. Raises ``Refused``."""
    closing = _locked(closing)
    if why_not := withdraw_refusal(closing, by=by):
        raise Refused(why_not)
    _decided(closing, ClosingState.WITHDRAWN, by=by, now=now)
    trace("unask_close", closing.matter, by=by, now=now)
    return closing


def withdraw_refusal(closing: EnforcementClosing, *, by: User) -> str:
    """Why the person may not take a proposed closing back; empty when they may."""
    if closing.state != ClosingState.PROPOSED:
        return _("该结案提请已经办理或撤回。")
    if closing.proposed_by_id != by.pk:
        return _("结案提请由提请人撤回。")
    return workflow.manage_refusal(closing.matter, by=by)


def _decided(closing: EnforcementClosing, state: ClosingState, *, by: User, now: datetime) -> None:
    closing.state, closing.decided_at, closing.decided_by = state, now, by
    closing.save(update_fields=["state", "reason", "decided_at", "decided_by"])
