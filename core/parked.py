"""What a person does with a parked letter: send it after all, note that it arrived, drop it.

See ``core.outbox``: the fence goes up, so that whoever looked at an older state changes nothing.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from core import audit
from core.errors import Conflict, Refused
from core.models.letter import Letter

State = Letter.State


def release(*, letter: Letter, by: Any, now: datetime, reason: str = "") -> Letter:
    """Send a parked letter after all (the same letter, with the same Message-ID)."""
    return _decide(
        letter, "letter.release", by=by, now=now, reason=reason, state=State.QUEUED, attempts=0
    )


def settle(*, letter: Letter, by: Any, now: datetime, reason: str) -> Letter:
    """Note that a letter did arrive, as the person found out elsewhere."""
    return _decide(
        letter, "letter.settle", by=by, now=now, reason=reason, state=State.SENT, sent_at=now
    )


def drop(*, letter: Letter, by: Any, now: datetime, reason: str) -> Letter:
    """Give a letter up for good."""
    return _decide(letter, "letter.drop", by=by, now=now, reason=reason, state=State.DROPPED)


@transaction.atomic
def _decide(
    letter: Letter, kind: str, *, by: Any, now: datetime, reason: str, **changes: Any
) -> Letter:
    if kind != "letter.release" and not reason.strip():
        raise Refused(_("请填写处理理由。"))
    if changes["state"] == State.QUEUED:
        changes["not_before"] = now
    parked = Letter.objects.needing_a_person().filter(pk=letter.pk, fence=letter.fence)
    if not parked.update(fence=F("fence") + 1, **changes):
        raise Conflict(_("这封信件的状态已经变化，请刷新后再处理。"))
    audit.record(
        kind,
        letter,
        by=by,
        now=now,
        reason=reason,
        organisation=letter.organisation,
        was=letter.state,
    )
    letter.refresh_from_db()
    return letter
