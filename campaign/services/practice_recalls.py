"""Taking good practice back: by one person while nobody else has read it, else by two, and whom it
was shared with is told (S1-2.2.5f)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import demonstration_letters as letters
from campaign import demonstration_workflow as workflow
from campaign.demonstration_workflow import PracticeState
from campaign.models import GoodPractice, PracticeRecall
from campaign.people import people_of
from campaign.services.convening import readers
from campaign.services.practising import locked_practice
from core import audit, clock, outbox
from core.errors import Conflict, Refused


@transaction.atomic
def withdraw_practice(
    *, practice: GoodPractice, reason: str, by: User, now: datetime
) -> GoodPractice:
    """Take an article back; of one that is shared or public only ask for it, with the reason.

    Raises ``Refused``, ``Conflict``.
    """
    practice = locked_practice(practice)
    if why_not := workflow.sharing_refusal(practice, by=by):
        raise Refused(why_not)
    reason = reason.strip()[:200]
    if not reason:
        raise Refused(_("请写明原因。"))
    if not read_by_others(practice):
        return _withdrawn(practice, reason, by=by, now=now)
    if waiting(practice) is not None:
        raise Conflict(_("已有人提请撤回，请另一人办理。"))
    recall = PracticeRecall.objects.create(
        practice=practice, reason=reason, asked_at=now, asked_by=by
    )
    _trace("ask_back", practice, reason, by=by, now=now)
    for person in people_of(practice.office, workflow.APPROVE, on=clock.day_of(now)):
        if person.pk != by.pk:
            outbox.post_all(letters.practice_recall_asked(recall, person), now=now)
    return practice


def read_by_others(practice: GoodPractice) -> bool:
    """Whether it was shared with anybody or is public."""
    return practice.published_at is not None or practice.shares.exists()


def waiting(practice: GoodPractice) -> PracticeRecall | None:
    """What is asked and not decided."""
    return practice.recalls.filter(granted__isnull=True).select_related("asked_by").first()


@transaction.atomic
def settle(
    *, practice: GoodPractice, grant: bool, note: str, by: User, now: datetime
) -> GoodPractice:
    """Another person takes the article back, or lets it stand and says why. Raises ``Refused``."""
    practice = locked_practice(practice)
    recall = waiting(practice)
    if recall is None:
        raise Refused(_("没有待办理的撤回提请。"))
    recall.practice = practice
    if why_not := workflow.recalling_refusal(recall, by=by):
        raise Refused(why_not)
    note = note.strip()[:200]
    if not grant and not note:
        raise Refused(_("请写明不予撤回的原因。"))
    recall.granted, recall.note = grant, note
    recall.decided_at, recall.decided_by = now, by
    recall.save(update_fields=["granted", "note", "decided_at", "decided_by"])
    if grant:
        _withdrawn(practice, recall.reason, by=by, now=now)
    else:
        _trace("keep", practice, note, by=by, now=now)
    outbox.post_all(letters.practice_recall_settled(recall, recall.asked_by), now=now)
    return practice


def _withdrawn(practice: GoodPractice, reason: str, *, by: User, now: datetime) -> GoodPractice:
    practice.state, practice.published_at = PracticeState.WITHDRAWN, None
    practice.save(update_fields=["state", "published_at"])
    _trace("withdraw", practice, reason, by=by, now=now)
    for share in practice.shares.select_related("organisation"):
        for person in readers(share.organisation, now):
            outbox.post_all(
                letters.practice_withdrawn(practice, share.organisation, person), now=now
            )
    return practice


def _trace(act: str, practice: GoodPractice, reason: str, *, by: User, now: datetime) -> None:
    place = practice.office
    audit.record(f"practice.{act}", practice, by=by, now=now, organisation=place, reason=reason)
