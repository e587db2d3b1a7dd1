"""The one way in which a version changes its state: lock, ask, write where it stands, record."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from campaign.models import Duty
from core import audit
from core.errors import Conflict, Refused
from reporting.models import Filing, FilingVersion
from reporting.workflow import filing as workflow

if TYPE_CHECKING:
    from accounts.models import User


def lock(filing: Filing) -> Filing:
    """The filing as it stands now with its duty, held until the end of the transaction.

    On the embedded database the transaction itself excludes other writers; on PostgreSQL the row.
    Always in one order, so that nobody waits in a ring: the duty, its filing, the audit chain, the
    receipt counter. An extension takes the duty and the chain in the same order.
    """
    Duty.objects.select_for_update(of=("self",)).get(pk=filing.duty_id)
    return (
        Filing.objects.select_for_update(of=("self",))
        .select_related(
            "organisation",
            "recipient",
            "current_version",
            "duty__organisation",
            "duty__recipient",
            "duty__copy_to",
            "duty__responsible_person",
            "duty__definition__campaign",
        )
        .get(pk=filing.pk)
    )


def lock_for(filing: Filing, move: workflow.Move, *, by: User) -> tuple[Filing, FilingVersion]:
    """Lock the filing and ask whether the person may make the move. Raises ``Refused``."""
    filing = lock(filing)
    if why_not := workflow.refusal(move, filing, by=by):
        raise Refused(why_not)
    version = filing.current_version
    assert version is not None
    version.filing = filing
    return filing, version


def move(
    filing: Filing,
    version: FilingVersion,
    step: workflow.Move,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    details: dict[str, Any] | None = None,
    **changes: Any,
) -> FilingVersion:
    """Write the new state where the old one still stands. Raises ``Conflict`` when it does not."""
    changes["state"] = step.target
    standing = FilingVersion.objects.filter(pk=version.pk, state=version.state)
    if not standing.update(**changes):
        raise Conflict(_("该报送刚被他人办理，请刷新后再试。"))
    for field, value in changes.items():
        setattr(version, field, value)
    if filing.state != step.target:
        filing.state = step.target
        filing.save(update_fields=["state"])
    record(filing, version, step.name, by=by, now=now, reason=reason, **(details or {}))
    return version


def record(
    filing: Filing,
    version: FilingVersion | None,
    name: str,
    *,
    by: User | None,
    now: datetime,
    reason: str = "",
    **details: Any,
) -> None:
    """One line in the audit trail of the filing organisation."""
    audit.record(
        f"filing.{name}",
        filing,
        by=by,
        now=now,
        organisation=filing.organisation,
        reason=reason,
        version=version.number if version else None,
        **details,
    )
