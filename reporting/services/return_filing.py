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

from core import files, outbox
from core.clock import day_of
from core.errors import Conflict, Refused
from core.sheets.booklet_files import ReadBooklet
from reporting import catalogue, parts
from reporting.actors import pks
from reporting.models import (
    Return,
    ReturnReceiptCounter,
    ReturnUpload,
    ReturnVersion,
    ReturnWaiver,
)
from reporting.notifications import returns as wording
from reporting.queries import return_content
from reporting.returns import carrying, definition
from reporting.services.return_moves import current, lock, lock_for, move, record
from reporting.services.submission import verify_code
from reporting.workflow import returns as workflow
from reporting.workflow.returns import State

if TYPE_CHECKING:
    from accounts.models import ApiClient, User

    Actor = User | ApiClient


class Overtaken(Conflict):
    """Somebody else saved since the workbook was taken; who means it may replace all the same."""


LONGEST_REASON = 200
UPLOADS = "return-upload"


@transaction.atomic
def begin(*, entry: Return, by: Actor, now: datetime, reason: str = "") -> ReturnVersion:
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
        editors=pks(by),
        correction_reason=reason.strip()[:LONGEST_REASON],
        created_at=now,
    )
    entry.current_version, entry.state = version, State.DRAFT
    entry.save(update_fields=["current_version", "state"])
    name = "correct" if correcting else "begin"
    record(entry, name, by=by, now=now, reason=reason.strip(), version=version.number)
    return version


@transaction.atomic
def discard(*, entry: Return, by: Actor, now: datetime) -> None:
    """Give a draft up; what was filed before stands again. Raises ``Refused``."""
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    entry.current_version = entry.filed_version
    entry.state = State(entry.filed_version.state) if entry.filed_version else unfiled_state(entry)
    entry.save(update_fields=["current_version", "state"])
    record(entry, "discard", by=by, now=now, version=version.number)
    version.delete()


def unfiled_state(entry: Return) -> State:
    """Where a return stands of which nothing came: owed, or spared by a waiver that holds."""
    waivers = ReturnWaiver.objects.holding(on=entry.period_start).filter(
        code=entry.code, organisation=entry.organisation, check_name=""
    )
    return State.WAIVED if waivers.filter(decided_at__lte=entry.due_at).exists() else State.OPEN


@transaction.atomic
def save_sheet(
    *,
    entry: Return,
    sheet: str,
    rows: Sequence[Mapping[str, Any]],
    seen: int,
    by: Actor,
    now: datetime,
) -> ReturnVersion:
    """Keep the rows of one sheet as far as they are filled in. Raises ``Refused``, ``Conflict``.

    ``seen``: the revision on which the rows stand; somebody else's saving is never overwritten.
    """
    entry = lock_for(entry, workflow.SAVE, by=by)
    form = definition.of(entry.form).booklet.form(sheet)
    version = current(entry)
    return _keep(version, {**version.rows, sheet: parts.keep(form, rows)}, seen=seen, by=by)


def _keep(version: ReturnVersion, rows: dict[str, Any], *, seen: int, by: Actor) -> ReturnVersion:
    if seen != version.revision:
        raise Conflict(_("这张报表已由他人保存，请刷新后再填。"))
    version.rows, version.revision = rows, version.revision + 1
    version.editors = list(dict.fromkeys([*version.editors, *pks(by)]))
    version.savers = [*version.savers, *(pks(by) or [0])]
    version.save(update_fields=["rows", "revision", "editors", "savers"])
    return version


def kept(
    version: ReturnVersion, rows: Mapping[str, Sequence[Mapping[str, Any]]]
) -> dict[str, list[dict[str, Any]]]:
    """Rows that come as a whole, as they are stored: each with the name of the row it replaces, so
    that two versions can be compared. Rows belong together by the sheet's key, else by place."""
    found = {}
    for name, listed in rows.items():
        form = definition.of(version.entry.form).booklet.form(name)
        fresh = parts.keep(form, [{**row, parts.ROW_KEY: ""} for row in listed])
        known = {
            key: row[parts.ROW_KEY]
            for key, row in carrying.by_key(form, version.sheet(name)).items()
        }
        for key, row in carrying.by_key(form, fresh).items():
            row[parts.ROW_KEY] = known.pop(key, row[parts.ROW_KEY])  # type: ignore[index]
        found[name] = fresh
    return found


@transaction.atomic
def replace(
    *,
    entry: Return,
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    reasons: Mapping[str, str],
    seen: int,
    by: Actor,
    now: datetime,
    reason: str = "",
) -> ReturnVersion:
    """Put whole sheets in a draft in place of what stood, beginning one where there is none.

    The same content once more changes nothing. ``reasons``: warnings that stand, by their key.
    Raises ``Refused``, ``Conflict`` when the draft was saved meanwhile.
    """
    entry = lock(entry)
    if entry.state != State.DRAFT:
        version = begin(entry=entry, by=by, now=now, reason=reason)
        seen = version.revision
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    content = {**version.rows, **kept(version, rows)}
    if content != version.rows:
        version = _keep(version, content, seen=seen, by=by)
        record(entry, "save", by=by, now=now, version=version.number)
    return confirm(entry=entry, reasons=reasons, by=by, now=now) if reasons else version


def upload(
    *,
    entry: Return,
    workbook: IO[bytes],
    name: str,
    seen: int | None = None,
    over: bool = False,
    by: Actor,
    now: datetime,
) -> ReadBooklet:
    """Take a workbook's rows into the draft, faulty values as they were typed; keep the workbook.

    A file that cannot be read changes nothing: its problems are all there is. It is read before
    the transaction begins. ``seen``: the revision that the person had before them; what somebody
    else saved since is not replaced, nor what somebody else saved since the workbook was taken,
    unless the person looked and means it (``over``). Raises ``Refused``, ``Conflict``.
    """
    if why_not := workflow.refusal(workflow.SAVE, entry, by=by):
        raise Refused(why_not)
    standing = current(entry).revision
    if seen is not None and seen != standing:
        raise Conflict(_("上传前这张报表已由他人保存，请核对最新内容后再上传。"))
    seen = standing
    booklet = definition.of(entry.form).booklet
    found = booklet.read(
        workbook, name=name, past=return_content.past(entry), period=return_content.span(entry)
    )
    if found.unreadable:
        return found
    if not over and return_content.saved_since(current(entry), found.mark, by=pks(by)):
        raise Overtaken(_("表格下载以后，这张报表已由他人保存；请核对最新内容。"))
    workbook.seek(0)
    received = files.receive(workbook, purpose=UPLOADS, name=name)
    typed = {sheet.name: found.typed(sheet.name, sheet.form) for sheet in booklet.sheets}
    with transaction.atomic():
        entry = lock_for(entry, workflow.SAVE, by=by)
        version = current(entry)
        version = _keep(version, kept(version, typed), seen=seen, by=by)
        stored = files.enter(received, by=by, now=now, organisation=entry.organisation)
        ReturnUpload.objects.create(version=version, file=stored, by=by, at=now)
        told = {"version": version.number, "sha256": stored.sha256}
        record(entry, "upload", by=by, now=now, **told)
    return found


@transaction.atomic
def confirm(
    *,
    entry: Return,
    reasons: Mapping[str, str],
    alike: Mapping[str, str] | None = None,
    by: Actor,
    now: datetime,
) -> ReturnVersion:
    """Say of soft warnings why they stand; an empty reason takes one back. Raises ``Refused``.

    ``alike``: one reason for all of a check that have none yet; what comes later wants its own.
    """
    entry = lock_for(entry, workflow.SAVE, by=by)
    version = current(entry)
    warnings = return_content.examine(version).warnings
    known = {warning.key for warning in warnings}
    kept = {key: text for key, text in version.confirmed.items() if key in known}
    for key, text in reasons.items():
        if key in known:
            kept[key] = text.strip()[:LONGEST_REASON]
    for warning in warnings:
        if (text := (alike or {}).get(warning.kind, "").strip()) and not kept.get(warning.key):
            kept[warning.key] = text[:LONGEST_REASON]
    version.confirmed = {key: text for key, text in kept.items() if text}
    version.editors = list(dict.fromkeys([*version.editors, *pks(by)]))
    version.save(update_fields=["confirmed", "editors"])
    return version


@transaction.atomic
def request_certification(*, entry: Return, by: Actor, now: datetime) -> ReturnVersion:
    """Hand the draft to a second person. Raises ``Refused`` while something is wrong with it."""
    entry = lock_for(entry, workflow.REQUEST, by=by)
    _refuse_before_end(entry, now=now)
    if why_not := return_content.examine(current(entry)).refusal():
        raise Refused(why_not)
    version = move(entry, workflow.REQUEST, by=by, now=now, sent_back_reason="")
    outbox.post_all(wording.to_certify(version, now=now), now=now)
    return version


def _refuse_before_end(entry: Return, *, now: datetime) -> None:
    """Figures of a period are whole once it is over; what is filed once may come before its end."""
    if definition.of(entry.form).every != "once" and day_of(now) <= entry.period_end:
        text = _("报告期于%(day)s结束后才能提交复核和报送；现在可以先保存。")
        raise Refused(text % {"day": entry.period_end})


@transaction.atomic
def recall(*, entry: Return, by: Actor, now: datetime) -> ReturnVersion:
    """Take the version back before anybody certified it. Raises ``Refused``."""
    entry = lock_for(entry, workflow.RECALL, by=by)
    return move(entry, workflow.RECALL, by=by, now=now)


@transaction.atomic
def send_back(*, entry: Return, reason: str, by: Actor, now: datetime) -> ReturnVersion:
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
def submit(*, entry: Return, by: Actor, now: datetime, seen_digest: str) -> ReturnVersion:
    """A second person certifies; the version is filed and gets its receipt number.

    The server's time to the second decides what is late. ``seen_digest`` is that of what the
    certifier was shown. Raises ``Refused``, ``Conflict``.
    """
    now = now.replace(microsecond=0)
    entry = lock_for(entry, workflow.SUBMIT, by=by)
    _refuse_before_end(entry, now=now)
    version = current(entry)
    if why_not := return_content.examine(version).refusal():
        raise Refused(why_not)
    fingerprint = digest_of(version)
    if seen_digest != fingerprint:
        raise Conflict(_("内容在您查看之后有改动，请重新核对后再认证。"))
    number = _receipt_number(entry, now=now)
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
        receipt_number=number,
        verify_code=verify_code(number, fingerprint),
    )
    entry.filed_version, entry.recheck, entry.recheck_at = version, [], None
    if entry.first_late is None:
        entry.first_due_at, entry.first_late = entry.due_at, version.is_late
    arrival = ["first_due_at", "first_late"]
    entry.save(update_fields=["filed_version", "recheck", "recheck_at", *arrival])
    outbox.post_all(wording.filed(version, now=now), now=now)
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
