"""The company's side before certification: begin, fill in, save, upload, attach, hand over.

Nothing written here can be seen by a regulator. Campaign plan 五(一)3 (S1-5.1.3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.models import Duty
from campaign.scope import works_for
from campaign.workflow import DutyState
from core import files, outbox
from core.clock import day_of
from core.errors import Conflict, Refused
from core.sheets import Problem
from reporting import examine, parts
from reporting.models import Attachment, Filing, FilingVersion, PartUpload
from reporting.notifications import filing as wording
from reporting.services.attaching import (
    attach,
    attach_received,
    detach,
    draft_of,
    note_editor,
    part_of,
)
from reporting.services.moves import lock_for, move, record
from reporting.workflow import filing as workflow
from reporting.workflow.filing import State

if TYPE_CHECKING:
    from accounts.models import User

__all__ = [
    "Unreadable",
    "attach",
    "attach_received",
    "confirm_upload",
    "confirm_warnings",
    "detach",
    "part_of",
    "recall",
    "request_certification",
    "save_part",
    "start",
    "start_refusal",
    "upload_part_workbook",
    "withdraw_draft",
]


class Unreadable(Refused):
    """The upload is no workbook that could be read: what is wrong with it, and how to mend it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("；".join(problem.message for problem in problems))
        self.problems = list(problems)


def start_refusal(duty: Duty, *, by: User) -> str:
    """Why the person may not begin a filing for the duty; empty when they may."""
    if not duty.definition.parts:
        return _("这项任务没有规定报送内容，不需要填报。")
    if duty.state not in (DutyState.OPEN, DutyState.RETURNED):
        return _("任务状态为“%(state)s”，不能填报。") % {"state": DutyState(duty.state).label}
    if not works_for(by, Permission.FILING_DRAFT, duty.organisation):
        return _("由%(organisation)s的填报人员填报。") % {"organisation": duty.organisation}
    return ""


@transaction.atomic
def start(*, duty: Duty, by: User, now: datetime) -> Filing:
    """Begin a duty's filing, or after a return its next version. Raises ``Refused``.

    The next version starts from the content of the last; what the review found deficient is marked.
    A filing that is already being filled in is returned as it is.
    """
    duty = (
        Duty.objects.select_for_update(of=("self",))
        .select_related("organisation", "recipient", "definition__campaign")
        .get(pk=duty.pk)
    )
    if why_not := start_refusal(duty, by=by):
        raise Refused(why_not)
    filing = Filing.objects.filter(duty=duty).first()
    if filing is None:
        filing = Filing.objects.create(
            duty=duty, organisation=duty.organisation, recipient=duty.recipient, created_at=now
        )
    if filing.state == State.RETURNED:
        return _revise(filing, by=by, now=now)
    if filing.current_version_id is None:
        _begin(filing, number=1, by=by, now=now)
    return filing


def _begin(
    filing: Filing,
    *,
    number: int,
    by: User,
    now: datetime,
    editors: Sequence[int] = (),
    **content: Any,
) -> FilingVersion:
    codes = filing.duty.definition.parts
    defined = parts.in_force(codes, on=day_of(now))
    version = FilingVersion.objects.create(
        filing=filing,
        number=number,
        part_versions={part.code: part.version for part in defined},
        editors=list(dict.fromkeys([*editors, by.pk])),
        drafted_by=by,
        drafted_at=now,
        **content,
    )
    filing.current_version, filing.state = version, State.DRAFT
    filing.save(update_fields=["current_version", "state"])
    record(filing, version, "start", by=by, now=now)
    return version


def _revise(filing: Filing, *, by: User, now: datetime) -> Filing:
    filing, last = lock_for(filing, workflow.REVISE, by=by)
    review = last.reviews.get(decision="returned")
    version = _begin(
        filing,
        number=last.number + 1,
        by=by,
        now=now,
        # What they wrote is still in it, so they cannot certify it (two pairs of eyes).
        editors=last.editors,
        parts=last.parts,
        confirmed_warnings=last.confirmed_warnings,
        deficient=review.deficient,
    )
    Attachment.objects.bulk_create(
        Attachment(
            version=version,
            part=old.part,
            row_key=old.row_key,
            file_id=old.file_id,
            caption=old.caption,
            added_by_id=old.added_by_id,
            added_at=old.added_at,
        )
        for old in last.attachments.order_by("pk")
    )
    return filing


@transaction.atomic
def save_part(
    *,
    filing: Filing,
    part: str,
    rows: Iterable[Mapping[str, Any]] | None = None,
    text: str | None = None,
    seen: int,
    by: User,
    now: datetime,
) -> FilingVersion:
    """Keep what was filled in so far, fit or not. Called by autosave as well.

    ``seen`` is the revision of the part that the person had on the screen; ``rows`` or ``text``
    left out keep what stands. Raises ``Conflict`` when somebody saved something else in between,
    ``Refused``.
    """
    filing, version = lock_for(filing, workflow.SAVE, by=by)
    definition = part_of(version, part)
    content = dict(version.parts.get(part) or {})
    if rows is not None and definition.form is not None:
        content["rows"] = definition.keep(rows)
        if len(content["rows"]) > definition.form.max_rows:
            raise Refused(_("行数超过上限%(limit)d行。") % {"limit": definition.form.max_rows})
    if text is not None and definition.text is not None:
        content["text"] = text.replace("\r\n", "\n").strip()
    return _write(version, part, content, seen=seen, by=by)


def _write(
    version: FilingVersion, part: str, content: dict[str, Any], *, seen: int, by: User
) -> FilingVersion:
    """Put a part's content in its place, if the revision that was seen still stands."""
    standing = version.revisions.get(part, 0)
    if seen != standing and content == version.parts.get(part):
        return version  # the same sent twice: a double click, a reload, the back button
    if seen != standing:
        raise Conflict(_("这份材料刚被他人保存过，请刷新页面，核对后再修改。"))
    version.parts = {**version.parts, part: content}
    version.revisions = {**version.revisions, part: standing + 1}
    if by.pk not in version.editors:
        version.editors = [*version.editors, by.pk]
    version.save(update_fields=["parts", "revisions", "editors"])
    return version


def upload_part_workbook(
    *, filing: Filing, part: str, upload: IO[bytes], name: str = "", by: User, now: datetime
) -> PartUpload:
    """Read a filled-in template and keep it for the filer to look at; nothing is taken over yet.

    Raises ``Unreadable`` or ``core.files.Rejected`` (both ``Refused``) for a file that is no sound
    workbook: then nothing at all is kept. The child process reads before the transaction begins.
    """
    version = draft_of(filing, by=by)
    definition = part_of(version, part)
    if definition.form is None:
        raise Refused(_("这份材料没有表格模板。"))
    name = name or getattr(upload, "name", "") or ""
    read = definition.form.read(upload, name=name)
    if not read.ok and not read.rows:
        raise Unreadable(read.problems)
    upload.seek(0)
    received = files.receive(upload, purpose="workbook", name=name)
    with transaction.atomic():
        filing, version = lock_for(filing, workflow.SAVE, by=by)
        stored = files.enter(received, by=by, now=now, organisation=filing.organisation)
        kept = PartUpload.objects.create(
            version=version,
            part=part,
            file=stored,
            rows=definition.carry_keys(read.rows, version.rows(part)),
            problems=[problem.as_dict() for problem in read.problems],
            seen=version.revisions.get(part, 0),
            uploaded_by=by,
            uploaded_at=now,
        )
        record(filing, version, "upload", by=by, now=now, part=part, sha256=stored.sha256)
    return kept


@transaction.atomic
def confirm_upload(*, upload: PartUpload, by: User, now: datetime) -> FilingVersion:
    """Take the rows of a workbook over in place of what stood. Raises ``Refused``, ``Conflict``."""
    filing, version = lock_for(upload.version.filing, workflow.SAVE, by=by)
    upload = PartUpload.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.version_id != version.pk or upload.confirmed_at is not None:
        raise Refused(_("这次上传已经办理过了。"))
    if upload.has_errors:
        raise Refused(_("表格中还有错误，请改正后重新上传。"))
    content = {**(version.parts.get(upload.part) or {}), "rows": upload.rows}
    version = _write(version, upload.part, content, seen=upload.seen, by=by)
    note_editor(version, upload.uploaded_by)
    upload.confirmed_at = now
    upload.save(update_fields=["confirmed_at"])
    record(filing, version, "take_over", by=by, now=now, part=upload.part, rows=len(upload.rows))
    return version


def _drop_orphans(version: FilingVersion, part: str) -> None:
    """Photos of rows that are gone go too: only at the end, autosave may see a row half typed."""
    keys = [row[parts.ROW_KEY] for row in version.rows(part)]
    version.attachments.filter(part=part).exclude(row_key__in=["", *keys]).delete()


@transaction.atomic
def confirm_warnings(
    *, filing: Filing, reasons: Mapping[str, str], by: User, now: datetime
) -> FilingVersion:
    """Answer soft warnings, each with a reason; an empty reason takes an answer back.

    Raises ``Refused`` for a warning that is not there any more.
    """
    filing, version = lock_for(filing, workflow.SAVE, by=by)
    open_now = {warning.key for warning in examine.version(version).warnings}
    if not set(reasons) <= open_now:
        raise Refused(_("内容已有变化，请重新检查后再确认。"))
    kept = {key: text for key, text in version.confirmed_warnings.items() if key in open_now}
    kept |= {key: text.strip() for key, text in reasons.items()}
    version.confirmed_warnings = {key: text for key, text in kept.items() if text}
    version.save(update_fields=["confirmed_warnings"])
    note_editor(version, by)
    record(filing, version, "confirm_warnings", by=by, now=now, count=len(reasons))
    return version


@transaction.atomic
def request_certification(*, filing: Filing, by: User, now: datetime) -> FilingVersion:
    """Hand the filled-in version to a second person of the organisation.

    Raises ``Refused`` while hard problems stand or a warning is not answered.
    """
    filing, version = lock_for(filing, workflow.REQUEST, by=by)
    for code in version.part_versions:
        _drop_orphans(version, code)
    if why_not := examine.version(version).refusal():
        raise Refused(why_not)
    version = move(
        filing, version, workflow.REQUEST, by=by, now=now, requested_at=now, sent_back_reason=""
    )
    outbox.post_all(wording.requested(version, now=now), now=now)
    return version


@transaction.atomic
def recall(*, filing: Filing, by: User, now: datetime) -> FilingVersion:
    """The filer takes the version back to mend it before anybody certified. Raises ``Refused``."""
    filing, version = lock_for(filing, workflow.RECALL, by=by)
    return move(filing, version, workflow.RECALL, by=by, now=now, requested_at=None)


@transaction.atomic
def withdraw_draft(*, filing: Filing, by: User, now: datetime, reason: str = "") -> None:
    """Give a draft up: it never left the house, so only the audit trail keeps a trace.

    After a return the filed version stands again. Raises ``Refused``.
    """
    filing, version = lock_for(filing, workflow.WITHDRAW, by=by)
    record(filing, version, "withdraw_draft", by=by, now=now, reason=reason)
    filing.current_version = filing.filed_version
    filing.state = filing.filed_version.state if filing.filed_version else State.DRAFT
    filing.save(update_fields=["current_version", "state"])
    version.delete()
