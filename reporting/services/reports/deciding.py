"""The way to an approved report: handed over, taken back, returned, answered for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from reporting.models import StageReport
from reporting.services.reports.common import desk, given, move
from reporting.workflow import report as workflow

if TYPE_CHECKING:
    from accounts.models import User


def submit_for_approval(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Hand the current version to whoever approves. Raises ``Refused``."""
    return move(report, workflow.SUBMIT, by=by, now=now)


def recall(*, report: StageReport, by: User, now: datetime) -> StageReport:
    """Take it back before anybody approved. Raises ``Refused``."""
    return move(report, workflow.RECALL, by=by, now=now)


@transaction.atomic
def send_back(*, report: StageReport, reason: str, by: User, now: datetime) -> StageReport:
    """Return it to the editor with a reason; an approval that was given is gone.

    Raises ``Refused``.
    """
    returned = move(report, workflow.SEND_BACK, by=by, now=now, reason=given(reason))
    version = returned.current_version
    if version is not None and version.approved_at is not None:
        version.approved_by = version.approved_at = None
        version.save(update_fields=["approved_by", "approved_at"])
    return returned


def approve(
    *, report: StageReport, by: User, now: datetime, seen: int | None = None
) -> StageReport:
    """Answer for the current version; the person who edited it may not. Raises ``Refused``."""
    return desk.approve(report, workflow.APPROVE, by=by, now=now, seen=seen)
