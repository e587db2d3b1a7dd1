"""What every act on a return does: hold it, ask who may, write the new state, record it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import audit
from core.errors import Conflict, Refused
from reporting.actors import person
from reporting.models import Return, ReturnVersion
from reporting.workflow import returns as workflow
from reporting.workflow.returns import Move

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

    Actor = User | ApiClient


def lock(entry: Return) -> Return:
    """The return as it stands now, held until the end of the transaction."""
    return (
        Return.objects.select_for_update(of=("self",))
        .select_related("form", "organisation", "recipient", "current_version", "filed_version")
        .get(pk=entry.pk)
    )


def lock_for(entry: Return, step: Move, *, by: Actor) -> Return:
    """Lock and ask whether the person may make the move. Raises ``Refused``."""
    entry = lock(entry)
    if why_not := workflow.refusal(step, entry, by=by):
        raise Refused(why_not)
    return entry


def move(
    entry: Return, step: Move, *, by: Actor, now: datetime, reason: str = "", **changes: Any
) -> ReturnVersion:
    """Write the new state where the old one still stands. Raises ``Conflict`` when it does not."""
    version = current(entry)
    changes["state"] = step.target
    standing = ReturnVersion.objects.filter(pk=version.pk, state=version.state)
    if not standing.update(**changes):
        raise Conflict(_("这张报表刚被他人办理，请刷新后再试。"))
    for name, value in changes.items():
        setattr(version, name, value)
    entry.state = step.target
    entry.save(update_fields=["state"])
    record(entry, step.name, by=by, now=now, reason=reason, version=version.number)
    return version


def current(entry: Return) -> ReturnVersion:
    """The version in hand, knowing its return without another question."""
    version = entry.current_version
    assert version is not None
    version.entry = entry
    return version


def record(
    entry: Return, name: str, *, by: Actor | None, now: datetime, reason: str = "", **details: Any
) -> None:
    """One line in the audit trail of the unit; of a machine its name stands in the details."""
    if by is not None and person(by) is None:
        details["client"] = str(by)
    audit.record(
        f"return.{name}",
        entry,
        by=person(by),
        now=now,
        organisation=entry.organisation,
        reason=reason,
        **details,
    )
