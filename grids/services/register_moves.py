"""Entries of registers after they were made: looked at again, approved, ended, taken out.

Source: the standard on grid integration, chapters 4 to 7.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from accounts.models import User
from core import audit, masking
from core.errors import Refused
from core.files import Received
from grids import register_letters as letters
from grids.models import RegisterEntry
from grids.registers.moves import Move, State
from grids.services.register_record import ask_reason, keep_files, locked, record
from grids.services.register_rules import Fault, Faulty, cleaned, local_day, refusal

PHOTOS = ("jpeg", "png")


@transaction.atomic
def review(
    entry: RegisterEntry, *, note: str = "", by: User | None, now: datetime
) -> RegisterEntry:
    """Say that an entry was looked at again and is still true. Raises ``Refused``."""
    entry = locked(Move.REVIEW, entry, by=by)
    today = local_day(now)
    day = entry.definition.review_day(entry.everything, since=today)
    if day is not None and day <= today:
        raise Refused(_("有效期或者办理期限已过，请先修改或者办结。"))
    entry.review_due_on, entry.reviewed_at, entry.updated_at = day, now, now
    entry.save(update_fields=["review_due_on", "reviewed_at", "updated_at"])
    record(entry, Move.REVIEW, by=by, now=now, text=note)
    return entry


@transaction.atomic
def approve(
    entry: RegisterEntry, *, note: str = "", by: User | None, now: datetime
) -> RegisterEntry:
    """Agree to what somebody else entered, before it begins. Raises ``Refused``."""
    entry = locked(Move.APPROVE, entry, by=by)
    if entry.starts_at is not None and entry.starts_at <= now:
        raise Refused(_("开始时间已过，不能补批，请修改时间后重新报批。"))
    entry.state, entry.updated_at = State.STANDING, now
    entry.review_due_on = entry.definition.review_day(entry.everything, since=local_day(now))
    entry.save(update_fields=["state", "review_due_on", "updated_at"])
    record(entry, Move.APPROVE, by=by, now=now, text=note)
    letters.decided(entry, note, now=now)
    return entry


@transaction.atomic
def refuse(entry: RegisterEntry, *, note: str, by: User | None, now: datetime) -> RegisterEntry:
    """Do not agree, with the reason. Raises ``Refused``."""
    entry = locked(Move.REFUSE, entry, by=by)
    ask_reason(note)
    entry.state, entry.updated_at = State.REFUSED, now
    entry.save(update_fields=["state", "updated_at"])
    record(entry, Move.REFUSE, by=by, now=now, text=note)
    letters.decided(entry, note, now=now)
    return entry


@transaction.atomic
def close(
    entry: RegisterEntry,
    *,
    values: Mapping[str, Any],
    received: Sequence[Received] = (),
    by: User | None,
    now: datetime,
) -> RegisterEntry:
    """End an entry with what came of it, and its photo where one is asked. Raises ``Refused``."""
    entry = locked(Move.CLOSE, entry, by=by)
    form = entry.definition.closing
    assert form is not None
    if entry.starts_at is not None and entry.starts_at > now:
        raise Refused(_("尚未开始，不能办结。"))
    entry.ending = cleaned(form, values)
    if entry.definition.closing_photo and not any(one.kind.code in PHOTOS for one in received):
        raise Faulty([Fault("files", _("请上传现场照片"))])
    entry.state, entry.review_due_on, entry.updated_at = State.CLOSED, None, now
    entry.save(update_fields=["ending", "state", "review_due_on", "updated_at"])
    keep_files(entry, received, at_end=True, by=by, now=now)
    record(entry, Move.CLOSE, by=by, now=now, changed=list(entry.ending))
    return entry


@transaction.atomic
def strike(entry: RegisterEntry, *, note: str, by: User | None, now: datetime) -> RegisterEntry:
    """Take an entry out of the register, with the reason; it stays to be read. Raises
    ``Refused``."""
    entry = locked(Move.STRIKE, entry, by=by)
    ask_reason(note)
    if entry.children.filter(state__in=(State.ASKED, State.STANDING)).exists():
        raise Refused(_("还有在册的下级条目，请先办结或者注销。"))
    entry.state, entry.review_due_on, entry.updated_at = State.STRUCK, None, now
    entry.save(update_fields=["state", "review_due_on", "updated_at"])
    record(entry, Move.STRIKE, by=by, now=now, text=note)
    return entry


@transaction.atomic
def attach(
    entry: RegisterEntry, *, received: Sequence[Received], by: User | None, now: datetime
) -> RegisterEntry:
    """Add photos or documents. Raises ``Refused``."""
    entry = locked(Move.ATTACH, entry, by=by)
    if not received:
        raise Refused(_("请选择文件。"))
    keep_files(entry, received, at_end=False, by=by, now=now)
    record(entry, Move.ATTACH, by=by, now=now, text="、".join(one.name for one in received))
    return entry


@transaction.atomic
def reveal(entry: RegisterEntry, *, purpose: str, by: User, now: datetime) -> dict[str, Any]:
    """What is personal in an entry, in full, for a stated purpose, on the record. Raises
    ``Refused``."""
    if refusal(entry.definition, entry.organisation, by=by):
        raise Refused(_("联系信息只供登记单位查看。"))
    masking.purpose_given(purpose)
    audit.record(
        "personal.reveal",
        entry,
        by=by,
        now=now,
        organisation=entry.organisation,
        reason=purpose.strip(),
        field="private",
    )
    return dict(entry.private or {})


@transaction.atomic
def tell_of_stale(*, now: datetime) -> None:
    """Write to the units about entries whose day has passed, once for each such day."""
    waiting = (
        RegisterEntry.objects.stale(on=local_day(now))
        .filter(Q(alerted_for__isnull=True) | ~Q(alerted_for=F("review_due_on")))
        .select_related("register", "organisation", "member__user")
        .order_by("code", "organisation", "pk")
    )
    if not waiting.exists():
        return
    rows = list(waiting.select_for_update(of=("self",)))
    for (_code, _unit), found in groupby(rows, key=lambda one: (one.code, one.organisation_id)):
        entries = list(found)
        letters.stale(entries[0].register, entries[0].organisation, entries, now=now)
    keys = [one.pk for one in rows]
    RegisterEntry.objects.filter(pk__in=keys).update(alerted_for=F("review_due_on"))
