"""The company's side of a return: begin, fill in, upload, confirm, certify, file; and correct.

Campaign plan 二(二)2 (S1-2.2.1d). Nothing is seen by a regulator before it is certified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, outbox
from core.errors import Conflict, Refused
from core.sheets.booklet_files import ReadBooklet
from reporting import catalogue, parts
from reporting.models import Return, ReturnReceiptCounter, ReturnVersion
from reporting.notifications import returns as wording
from reporting.queries import return_content
from reporting.returns import definition
from reporting.services.return_opening import day_of
from reporting.workflow import returns as workflow
from reporting.workflow.returns import Move, State

if TYPE_CHECKING:
    from accounts.models import User

LONGEST_REASON = 200


def lock(entry: Return) -> Return:
    """The return as it stands now, held until the end of the transaction."""
    return (
        Return.objects.select_for_update(of=("self",))
        .select_related("form", "organisation", "recipient", "current_version", "filed_version")
        .get(pk=entry.pk)
    )


def lock_for(entry: Return, step: Move, *, by: User) -> Return:
    """Lock and ask whether the person may make the move. Raises ``Refused``."""
    entry = lock(entry)
    if why_not := workflow.refusal(step, entry, by=by):
        raise Refused(why_not)
    return entry


def move(
    entry: Return, step: Move, *, by: User, now: datetime, reason: str = "", **changes: Any
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
    entry: Return, name: str, *, by: User | None, now: datetime, reason: str = "", **details: Any
) -> None:
    """One line in the audit trail of the unit."""
    audit.record(
        f"return.{name}",
        entry,
        by=by,
        now=now,
        organisation=entry.organisation,
        reason=reason,
        **details,
    )


@transaction.atomic
def begin(*, entry: Return, by: User, now: datetime, reason: str = "") -> ReturnVersion:
    """Begin to fill a return in; after a return its next version; after acceptance a correction.

    A correction says why. Raises ``Refused``.
    """
    entry = lock(entry)
    if entry.state == State.DRAFT and entry.current_version is not None:
        return current(entry)
    if why_not := workflow.refusal(workflow.BEGIN, entry, by=by):
        raise Refused(why_not)
    correcting = entry.state == State.ACCEPTED
    if correcting and not reason.strip():
        raise Refused(_("请写明更正原因。"))
    before = entry.current_version
    if before is not None:
        rows: Any = before.rows
    else:
        booklet = definition.of(entry.form).booklet
        first = return_content.first_rows(entry)
        rows = {name: parts.keep(booklet.form(name), first[name]) for name in first}
    version = ReturnVersion.objects.create(
        entry=entry,
        number=before.number + 1 if before else 1,
        rows=rows,
        confirmed=before.confirmed if before else {},
        editors=[by.pk],
        correction_reason=reason.strip()[:LONGEST_REASON],
        created_at=now,
    )
    entry.current_version, entry.state = version, State.DRAFT
    entry.save(update_fields=["current_version", "state"])
    name = "correct" if correcting else "begin"
    record(entry, name, by=by, now=now, reason=reason.strip(), version=version.number)
    return version


@transaction.atomic
def discard(*, entry: Return, by: User, now: datetime) -> None:
    """Give a draft up; what was filed before stands again. Raises ``Refused``."""
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    entry.current_version = entry.filed_version
    entry.state = entry.filed_version.state if entry.filed_version else State.OPEN
    entry.save(update_fields=["current_version", "state"])
    record(entry, "discard", by=by, now=now, version=version.number)
    version.delete()


@transaction.atomic
def save_sheet(
    *,
    entry: Return,
    sheet: str,
    rows: Sequence[Mapping[str, Any]],
    seen: int,
    by: User,
    now: datetime,
) -> ReturnVersion:
    """Keep the rows of one sheet as far as they are filled in. Raises ``Refused``, ``Conflict``.

    ``seen``: the revision on which the rows stand; somebody else's saving is never overwritten.
    """
    entry = lock_for(entry, workflow.SAVE, by=by)
    form = definition.of(entry.form).booklet.form(sheet)
    version = current(entry)
    return _keep(version, {**version.rows, sheet: parts.keep(form, rows)}, seen=seen, by=by)


def _keep(version: ReturnVersion, rows: dict[str, Any], *, seen: int, by: User) -> ReturnVersion:
    if seen != version.revision:
        raise Conflict(_("这张报表已由他人保存，请刷新后再填。"))
    version.rows, version.revision = rows, version.revision + 1
    version.editors = list(dict.fromkeys([*version.editors, by.pk]))
    version.save(update_fields=["rows", "revision", "editors"])
    return version


@transaction.atomic
def upload(
    *, entry: Return, workbook: IO[bytes], name: str, by: User, now: datetime
) -> ReadBooklet:
    """Take a workbook's rows into the draft, faulty values as they were typed.

    A file that cannot be read changes nothing: its problems are all there is. Raises ``Refused``.
    """
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    booklet = definition.of(entry.form).booklet
    found = booklet.read(workbook, name=name, past=return_content.past(entry))
    if found.unreadable:
        return found
    rows = {
        sheet.name: parts.keep(sheet.form, found.typed(sheet.name, sheet.form))
        for sheet in booklet.sheets
    }
    _keep(version, rows, seen=version.revision, by=by)
    record(entry, "upload", by=by, now=now, version=version.number)
    return found


@transaction.atomic
def confirm(*, entry: Return, reasons: Mapping[str, str], by: User, now: datetime) -> ReturnVersion:
    """Say of soft warnings why they stand; an empty reason takes one back. Raises ``Refused``."""
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    known = {warning.key for warning in return_content.examine(version).warnings}
    kept = {key: text for key, text in version.confirmed.items() if key in known}
    for key, text in reasons.items():
        if key in known:
            kept[key] = text.strip()[:LONGEST_REASON]
    version.confirmed = {key: text for key, text in kept.items() if text}
    version.editors = list(dict.fromkeys([*version.editors, by.pk]))
    version.save(update_fields=["confirmed", "editors"])
    return version


@transaction.atomic
def request_certification(*, entry: Return, by: User, now: datetime) -> ReturnVersion:
    """Hand the draft to a second person. Raises ``Refused`` while something is wrong with it."""
    entry = lock_for(entry, workflow.REQUEST, by=by)
    if why_not := return_content.examine(current(entry)).refusal():
        raise Refused(why_not)
    version = move(entry, workflow.REQUEST, by=by, now=now, sent_back_reason="")
    for letter in wording.to_certify(version, now=now):
        outbox.post(**letter, now=now)
    return version


@transaction.atomic
def recall(*, entry: Return, by: User, now: datetime) -> ReturnVersion:
    """Take the version back before anybody certified it. Raises ``Refused``."""
    entry = lock_for(entry, workflow.RECALL, by=by)
    return move(entry, workflow.RECALL, by=by, now=now)


@transaction.atomic
def send_back(*, entry: Return, reason: str, by: User, now: datetime) -> ReturnVersion:
    """The certifier hands the version back to the filer, saying why. Raises ``Refused``."""
    entry = lock_for(entry, workflow.SEND_BACK, by=by)
    if not reason.strip():
        raise Refused(_("请写明退回填报人的理由。"))
    said = reason.strip()[:LONGEST_REASON]
    return move(entry, workflow.SEND_BACK, by=by, now=now, reason=said, sent_back_reason=said)


def digest_of(version: ReturnVersion) -> str:
    """SHA-256 of what a version says, in canonical form."""
    entry = version.entry
    content = {
        "format": 1,
        "form": entry.code,
        "form_version": entry.form.version,
        "organisation": entry.organisation.code,
        "period": [entry.period_start.isoformat(), entry.period_end.isoformat()],
        "version": version.number,
        "rows": version.rows,
        "confirmed": version.confirmed,
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def submit(*, entry: Return, by: User, now: datetime, seen_digest: str) -> ReturnVersion:
    """A second person certifies; the version is filed and gets its receipt number.

    The server's time to the second decides what is late. ``seen_digest`` is that of what the
    certifier was shown. Raises ``Refused``, ``Conflict``.
    """
    now = now.replace(microsecond=0)
    entry = lock_for(entry, workflow.SUBMIT, by=by)
    version = current(entry)
    if why_not := return_content.examine(version).refusal():
        raise Refused(why_not)
    fingerprint = digest_of(version)
    if seen_digest != fingerprint:
        raise Conflict(_("内容在您查看之后有改动，请重新核对后再认证。"))
    version = move(
        entry,
        workflow.SUBMIT,
        by=by,
        now=now,
        certified_by=by,
        submitted_at=now,
        due_at_submission=entry.due_at,
        # A correction of what was in time is not late: it has no deadline of its own.
        is_late=now > entry.due_at and entry.accepted_version_id is None,
        digest=fingerprint,
        receipt_number=_receipt_number(entry, now=now),
    )
    entry.filed_version = version
    entry.save(update_fields=["filed_version"])
    for letter in wording.filed(version, now=now):
        outbox.post(**letter, now=now)
    return version


def _receipt_number(entry: Return, *, now: datetime) -> str:
    """The recipient's next number of the year; a transaction that fails gives it back."""
    recipient, year = entry.recipient, day_of(now).year
    ReturnReceiptCounter.objects.get_or_create(recipient=recipient, year=year)
    counter = ReturnReceiptCounter.objects.select_for_update(of=("self",)).get(
        recipient=recipient, year=year
    )
    counter.last += 1
    counter.save(update_fields=["last"])
    prefix = recipient.document_prefix or recipient.short_name or recipient.name
    pattern = catalogue.review()["return_receipt_number"]
    number: str = pattern.format(prefix=prefix, year=year, serial=counter.last)
    return number
