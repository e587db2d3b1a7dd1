"""The regulator's side: receive, return with the deficient parts marked, accept; and look closer.

Campaign plan 二(二)1 (S1-2.2.1a).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from campaign import services as campaign
from core import clock, outbox, sla
from core.errors import Refused
from reporting.models import Filing, FilingVersion, Review
from reporting.notifications import filing as wording
from reporting.services.moves import lock_for, move, record
from reporting.services.submission import due_by_rule, rule_of
from reporting.workflow import filing as workflow

if TYPE_CHECKING:
    from accounts.models import User


@transaction.atomic
def receive(*, filing: Filing, by: User, now: datetime) -> Review:
    """Take the filing in for review; the time to decide begins. Raises ``Refused``."""
    filing, version = lock_for(filing, workflow.RECEIVE, by=by)
    due = due_by_rule("review", office=filing.recipient, now=now)
    version = move(
        filing,
        version,
        workflow.RECEIVE,
        by=by,
        now=now,
        review_due_at=due.due_at,
        review_due_explanation=list(due.explanation),
    )
    return Review.objects.create(version=version, decision=Review.Decision.RECEIVED, by=by, at=now)


@transaction.atomic
def return_for_correction(
    *,
    filing: Filing,
    deficient: Sequence[Mapping[str, str]],
    comment: str = "",
    by: User,
    now: datetime,
) -> Review:
    """Send the filing back: which parts, what is wrong, under which rule; a new deadline follows.

    ``deficient``: [{"part", "problem", "rule"}]. Raises ``Refused`` when nothing is named.
    """
    filing, version = lock_for(filing, workflow.RETURN, by=by)
    marked = _marked(version, deficient)
    due = correction_due(filing, now=now)
    version = move(
        filing,
        version,
        workflow.RETURN,
        by=by,
        now=now,
        reason=comment,
        details={"parts": [item["part"] for item in marked]},
        review_due_at=None,
        review_due_explanation=[],
    )
    review = Review.objects.create(
        version=version,
        decision=Review.Decision.RETURNED,
        by=by,
        at=now,
        comment=comment.strip(),
        deficient=marked,
        new_due_at=due.due_at,
        new_due_explanation=list(due.explanation),
    )
    campaign.return_duty(
        duty=filing.duty,
        new_due=due,
        by=by,
        now=now,
        reason=comment.strip(),
        basis=correction_basis(filing, now=now),
    )
    outbox.post_all(wording.returned(version, review, now=now), now=now)
    return review


def correction_due(filing: Filing, *, now: datetime) -> sla.Due:
    """By when a returned filing must come again: the rule's time, never before the old deadline."""
    due = due_by_rule("correction", office=filing.recipient, now=now)
    standing = filing.duty.due_at
    if standing <= due.due_at:
        return due
    line: sla.Line = {
        "text": gettext_noop("原截止时间更晚，按原截止时间执行"),
        "value": f"{standing.astimezone(clock.ZONE):%Y-%m-%d %H:%M:%S}",
        "source": "",
    }
    return replace(due, due_at=standing, explanation=(*due.explanation, line))


def correction_basis(filing: Filing, *, now: datetime) -> dict[str, Any]:
    """What ``correction_due`` stands on, so that a calendar that comes later can be applied."""
    rule = rule_of("correction", office=filing.recipient, now=now)
    return {
        "start": now.isoformat(),
        "value": rule.value,
        "unit": rule.unit,
        "not_before": filing.duty.due_at.isoformat(),
    }


def _marked(version: FilingVersion, deficient: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    marked = [
        {
            "part": item["part"],
            "problem": item.get("problem", "").strip(),
            "rule": item.get("rule", "").strip(),
        }
        for item in deficient
    ]
    if not marked:
        raise Refused(_("请至少标出一项需要补正的材料。"))
    for item in marked:
        if item["part"] not in version.part_versions:
            raise Refused(_("这项报送不包含该材料。"))
        if not item["problem"] or not item["rule"]:
            raise Refused(_("每项需要补正的材料都要写明问题和依据。"))
    return marked


@transaction.atomic
def accept(*, filing: Filing, comment: str = "", by: User, now: datetime) -> Review:
    """Take the filing as complete: the duty is fulfilled. Raises ``Refused``."""
    filing, version = lock_for(filing, workflow.ACCEPT, by=by)
    version = move(
        filing,
        version,
        workflow.ACCEPT,
        by=by,
        now=now,
        reason=comment,
        review_due_at=None,
        review_due_explanation=[],
    )
    review = Review.objects.create(
        version=version,
        decision=Review.Decision.ACCEPTED,
        by=by,
        at=now,
        comment=comment.strip(),
    )
    campaign.accept_duty(duty=filing.duty, by=by, now=now)
    outbox.post_all(wording.accepted(version, review, now=now), now=now)
    return review


@transaction.atomic
def reveal(*, version: FilingVersion, purpose: str, by: User, now: datetime) -> None:
    """Put on record that a person looks at unmasked names and telephones, and what for.

    Raises ``Refused`` without a purpose. The caller found the version through ``visible_to``.
    """
    if not purpose.strip():
        raise Refused(_("请写明查看用途。"))
    record(version.filing, version, "reveal", by=by, now=now, reason=purpose.strip())
