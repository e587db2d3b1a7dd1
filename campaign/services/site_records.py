"""The on-site record: every entry at once, each kept once (S1-3.3.6(1)a)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import IO, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import inspection_workflow as workflow
from campaign.inspection_workflow import InspectionState
from campaign.models import ChecklistItem, Inspection, RecordEntry
from campaign.services.inspecting import hold
from campaign.services.inspectors import manage_refusal, tied_refusal
from core import audit, clock, files, masking
from core.errors import Conflict, Refused

FILE_PURPOSE = "inspection"
LONGEST_TEXT = 4000
MOST_FILES = 12
Kind, Result = RecordEntry.Kind, RecordEntry.Result


def crew_refusal(inspection: Inspection, *, by: User) -> str:
    """Why the person does not work on the inspection; empty for its team and its organisers, as
    far as nothing ties these to the company."""
    if inspection.team.filter(inspector__person=by.pk).exists():
        return ""
    if manage_refusal(inspection.round.lead, by=by):
        return _("由检查组成员办理。")
    return tied_refusal(inspection.organisation, by=by)


def record_entry(
    *,
    inspection: Inspection,
    client_id: UUID,
    kind: str,
    happened_at: datetime,
    by: User,
    now: datetime,
    item: ChecklistItem | None = None,
    sample: str = "",
    result: str = "",
    post: str = "",
    text: str = "",
    uploads: Iterable[IO[bytes]] = (),
) -> tuple[RecordEntry, bool]:
    """Keep one entry with its files; the same entry again gives the one that is kept.

    An entry that was written without network may arrive at any time, also after the facts went
    out: it is kept and marked. A time ahead of the portal's becomes the portal's. Returns the entry
    and whether it is new. Raises ``Refused``, ``Conflict`` (the id with other content).
    """
    given: dict[str, Any] = {
        "kind": kind,
        "sample": sample.strip()[:40],
        "result": result if kind == Kind.ITEM else "",
        "post": masking.mask_text(post.strip())[:40],
        "text": masking.mask_text(text.strip()),
    }
    item = item if kind == Kind.ITEM else None
    uploads = list(uploads)
    inspection = Inspection.objects.select_related("round__lead").get(pk=inspection.pk)
    digest = _digest(inspection, item, given, uploads)
    if (kept := _kept(client_id, digest)) is not None:
        _crew(inspection, by)
        return kept, False
    _check(inspection, item, given, uploads, by=by, now=now)
    # Copied and scanned before anything is locked.
    received = [files.receive(one, purpose=FILE_PURPOSE) for one in uploads]
    with transaction.atomic():
        inspection = hold(inspection)
        _check(inspection, item, given, uploads, by=by, now=now)
        if (kept := _kept(client_id, digest)) is not None:
            return kept, False
        entry = RecordEntry.objects.create(
            inspection=inspection,
            client_id=client_id,
            item=item,
            digest=digest,
            happened_at=min(happened_at, now),
            received_at=now,
            recorded_by=by,
            **given,
        )
        lead = inspection.round.lead
        entry.files.set([files.enter(one, by=by, now=now, organisation=lead) for one in received])
        if inspection.state == InspectionState.ANNOUNCED:
            inspection.state = InspectionState.ON_SITE
            inspection.save(update_fields=["state"])
        audit.record(
            "inspection.record",
            inspection,
            by=by,
            now=now,
            organisation=lead,
            entry=str(client_id),
            files=len(received),
        )
    return entry, True


def _digest(
    inspection: Inspection, item: ChecklistItem | None, given: dict[str, Any], uploads: list[Any]
) -> str:
    told = {**given, "inspection": inspection.pk, "item": item.pk if item else None}
    told["files"] = [_hash(one) for one in uploads]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _hash(upload: IO[bytes]) -> str:
    upload.seek(0)
    digest = hashlib.file_digest(upload, "sha256").hexdigest()  # type: ignore[arg-type]
    upload.seek(0)
    return digest


def _kept(client_id: UUID, digest: str) -> RecordEntry | None:
    kept = RecordEntry.objects.filter(client_id=client_id).first()
    if kept is not None and kept.digest != digest:
        raise Conflict(_("该记录已经保存，内容与这次不同。"))
    return kept


def _crew(inspection: Inspection, by: User) -> None:
    if why_not := crew_refusal(inspection, by=by):
        raise Refused(why_not)


def _check(
    inspection: Inspection,
    item: ChecklistItem | None,
    given: dict[str, Any],
    uploads: list[Any],
    *,
    by: User,
    now: datetime,
) -> None:
    _crew(inspection, by)
    if why_not := workflow.step_refusal(workflow.RECORD, inspection):
        raise Refused(why_not)
    if inspection.first_day and clock.day_of(now) < inspection.first_day:
        words = _("检查通知写明%(day)s进场，届时再作现场记录。")
        raise Refused(words % {"day": inspection.first_day})
    kind = given["kind"]
    if kind not in Kind.values:
        raise Refused(_("没有这种记录。"))
    if kind == Kind.ITEM:
        if item is None or item.checklist_id != inspection.round.checklist_id:
            raise Refused(_("请选择检查项目。"))
        if given["result"] not in Result.values:
            raise Refused(_("请选择检查结果。"))
    elif not given["text"] and not uploads:
        raise Refused(_("请填写内容，或者附上照片。"))
    if kind == Kind.INTERVIEW and not given["post"]:
        raise Refused(_("请填写被询问人职务。"))
    if len(given["text"]) > LONGEST_TEXT or len(uploads) > MOST_FILES:
        raise Refused(_("内容过长，或者附件过多。"))


@transaction.atomic
def withdraw_entry(*, entry: RecordEntry, reason: str, by: User, now: datetime) -> RecordEntry:
    """Take an entry back: it stays readable and counts no more. Raises ``Refused``."""
    inspection = hold(entry.inspection)
    _crew(inspection, by)
    if inspection.state != InspectionState.ON_SITE:
        raise Refused(_("事实已经送交确认，不能撤销记录。"))
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    if (finding := inspection.findings.filter(evidence=entry).first()) is not None:
        raise Refused(
            _("该记录是第%(number)d项问题的证据，须先删去该问题。") % {"number": finding.number}
        )
    standing = RecordEntry.objects.filter(pk=entry.pk, withdrawn_at__isnull=True)
    if not standing.update(withdrawn_at=now, withdrawn_reason=reason.strip()[:200]):
        raise Conflict(_("该记录已经撤销。"))
    entry.refresh_from_db()
    audit.record(
        "inspection.unrecord",
        inspection,
        by=by,
        now=now,
        organisation=inspection.round.lead,
        reason=entry.withdrawn_reason,
        entry=str(entry.client_id),
    )
    return entry
