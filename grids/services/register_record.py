"""What every move of an entry has in common: held, its files, its line of the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, files, masking
from core.errors import Refused
from core.files import Received
from core.locking import held
from grids.models import RegisterChange, RegisterEntry, RegisterFile
from grids.registers.moves import Move
from grids.services.register_rules import refusal_of

PURPOSE = "register"
LONGEST = 300
RELATED = ("register", "organisation", "grid", "parent__register", "member__user", "written_by")


def locked(move: Move, entry: RegisterEntry, *, by: User | None) -> RegisterEntry:
    entry = held(RegisterEntry.objects.all(), entry.pk, *RELATED)
    if why_not := refusal_of(move, entry, by=by):
        raise Refused(why_not)
    return entry


def keep_files(
    entry: RegisterEntry,
    received: Sequence[Received],
    *,
    at_end: bool,
    by: User | None,
    now: datetime,
) -> None:
    for one in received:
        stored = files.enter(one, by=by, now=now, organisation=entry.organisation)
        RegisterFile.objects.create(entry=entry, file=stored, at_end=at_end, added_at=now)


def record(
    entry: RegisterEntry,
    move: Move,
    *,
    by: User | None,
    now: datetime,
    text: str = "",
    changed: Sequence[str] = (),
) -> None:
    last = entry.changes.aggregate(n=Max("sequence"))["n"] or 0
    RegisterChange.objects.create(
        entry=entry,
        sequence=last + 1,
        move=move,
        at=now,
        by=by,
        text=masking.mask_text(text.strip())[:LONGEST],
        values={**entry.values, **entry.ending},
        changed=list(changed),
    )
    audit.record(
        f"register.{move.value}",
        entry,
        by=by,
        now=now,
        organisation=entry.organisation,
        number=entry.number,
        changed=list(changed),
    )


def receive(uploads: Sequence[Any]) -> list[Received]:
    """Check files before anything is written. Raises ``Rejected``."""
    return [files.receive(one, purpose=PURPOSE) for one in uploads]


def ask_reason(text: str) -> None:
    if not text.strip():
        raise Refused(_("请写明原因。"))
