"""Every write on registers: entries made and changed here, moved on in ``register_moves``.

Source: the standard on grid integration, chapters 4 to 7. One way for all registers; what differs
is said by the definition.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from core.errors import Conflict, Refused
from core.files import Received
from core.locking import held
from grids import register_letters as letters
from grids.models import Register, RegisterEntry
from grids.registers import definition as definitions
from grids.registers.moves import Move, State
from grids.services.register_moves import (
    approve,
    attach,
    close,
    refuse,
    reveal,
    review,
    strike,
    tell_of_stale,
)
from grids.services.register_record import PURPOSE, keep_files, locked, receive, record
from grids.services.register_rules import (
    Fault,
    Faulty,
    Place,
    cleaned,
    cross_faults,
    hold_stock,
    identity_of,
    left_of,
    local_day,
    outgoing_faults,
    place_faults,
    refusal,
    refusal_of,
)

__all__ = [
    "PURPOSE",
    "Fault",
    "Faulty",
    "Move",
    "Place",
    "approve",
    "attach",
    "change",
    "close",
    "enter",
    "left_of",
    "receive",
    "refusal",
    "refusal_of",
    "refuse",
    "reveal",
    "review",
    "strike",
    "tell_of_stale",
]


@transaction.atomic
def enter(
    *,
    register: Register,
    place: Place,
    values: Mapping[str, Any],
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """Make an entry. Raises ``Refused``, or ``Faulty`` with every mistake."""
    definition = register.definition
    if why_not := refusal(definition, place.organisation, by=by):
        raise Refused(why_not)
    # Whoever enters in the same unit waits: what may be there once is looked up in peace.
    Organisation.objects.select_for_update(of=("self",)).get(pk=place.organisation.pk)
    entry = RegisterEntry(
        register=register,
        code=register.code,
        organisation=place.organisation,
        grid=place.grid,
        parent=_held_parent(place),
        member=place.member,
        state=State.ASKED if definition.options.approval else State.STANDING,
        written_by=by,
        created_at=now,
    )
    place_faults(definition, entry)
    _say(entry, values, now=now)
    entry.save(force_insert=True)
    keep_files(entry, received, at_end=False, by=by, now=now)
    changed = [key for key, value in entry.everything.items() if value is not None]
    record(entry, Move.ENTER, by=by, now=now, changed=changed)
    if entry.state == State.ASKED:
        letters.asked(entry, now=now)
    elif entry.parent is not None and entry.parent.organisation_id != entry.organisation_id:
        letters.entered_by_other(entry, now=now)
    return entry


@transaction.atomic
def change(
    entry: RegisterEntry,
    *,
    values: Mapping[str, Any],
    seen: int | None = None,
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """Say an entry anew; personal columns that are left out stay. ``seen``: the version that was
    looked at. What was approved waits for approval again. Raises ``Refused``, ``Conflict``."""
    entry = locked(Move.CHANGE, entry, by=by)
    if seen is not None and seen != entry.version:
        raise Conflict(_("该条目刚被他人修改，请刷新后重新填写。"))
    Organisation.objects.select_for_update(of=("self",)).get(pk=entry.organisation_id)
    before = entry.everything
    kept = {
        key: entry.private[key]
        for key in entry.definition.personal
        if entry.private and not values.get(key) and key in entry.private
    }
    _held_parent(Place(entry.organisation, parent=entry.parent))
    _say(entry, {**values, **kept}, now=now)
    hold_stock(entry)
    after = entry.everything
    changed = [key for key in after if after[key] != before.get(key)]
    if not changed and not received:
        raise Refused(_("内容没有变化。"))
    if entry.definition.options.approval:
        entry.state, entry.review_due_on = State.ASKED, None
    entry.written_by = by
    entry.version += 1
    entry.save()
    keep_files(entry, received, at_end=False, by=by, now=now)
    record(entry, Move.CHANGE, by=by, now=now, changed=changed)
    if entry.state == State.ASKED:
        letters.asked(entry, now=now)
    return entry


def _held_parent(place: Place) -> RegisterEntry | None:
    """The parent, held: what is taken from it, and when it is free, is looked up in peace."""
    if place.parent is None:
        return None
    return held(RegisterEntry.objects.all(), place.parent.pk, "register", "organisation")


def _say(entry: RegisterEntry, raw: Mapping[str, Any], *, now: datetime) -> None:
    """Let an entry hold some values, checked, and what follows from them. Raises ``Faulty``."""
    definition, today = entry.definition, local_day(now)
    values = cleaned(definition.form, raw)
    faults = outgoing_faults(definition, values)
    if faults:
        raise Faulty(faults)
    asked = definition.options
    entry.day = definitions.day_of(values[asked.day]) if values.get(asked.day) else today
    values |= definition.work_out(values, on=entry.day)
    entry.private = {key: values.pop(key) for key in definition.personal if key in values} or None
    entry.values = values
    name = entry.everything.get(definition.name_column)
    personal = definition.name_column in definition.personal
    entry.title = str("" if personal else name or "")[:120] or definition.title
    texts = [str(value) for value in values.values() if isinstance(value, str)]
    entry.words = " ".join([entry.title, *texts])
    entry.series = "" if values.get(asked.pinned) else str(values.get(asked.series) or "")[:120]
    entry.starts_at, entry.ends_at = definition.span_of(values)
    entry.identity = identity_of(entry, values, asked.once)
    if entry.state == State.STANDING:
        entry.review_due_on = definition.review_day(values, since=today)
    entry.updated_at = now
    cross_faults(entry)
