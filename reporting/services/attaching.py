"""Files on the parts of a draft, and what all writing in a draft shares."""

from __future__ import annotations

from datetime import datetime
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from core import files
from core.errors import Refused
from reporting import parts
from reporting.models import Attachment, Filing, FilingVersion
from reporting.services.moves import lock_for, record
from reporting.workflow import filing as workflow

if TYPE_CHECKING:
    from accounts.models import User


def part_of(version: FilingVersion, code: str) -> parts.Part:
    """The definition of one required part. Raises ``Refused`` for a code that is not asked for."""
    for part in parts.of_version(version):
        if part.code == code:
            return part
    raise Refused(_("这项报送不包含该材料。"))


def draft_of(filing: Filing, *, by: User) -> FilingVersion:
    """The draft as it stands, without a lock, if the person may write in it. Raises ``Refused``."""
    filing = Filing.objects.select_related(
        "organisation", "recipient", "current_version", "duty__definition"
    ).get(pk=filing.pk)
    if why_not := workflow.refusal(workflow.SAVE, filing, by=by):
        raise Refused(why_not)
    version = filing.current_version
    assert version is not None
    version.filing = filing
    return version


def attach(
    *,
    filing: Filing,
    part: str,
    upload: IO[bytes],
    row_key: str = "",
    caption: str = "",
    name: str = "",
    by: User,
    now: datetime,
) -> Attachment:
    """Add a file to a part, or to one of its rows. Raises ``core.files.Rejected``, ``Refused``.

    Who may not, or has no room, is told before the file is copied; the lock then decides.
    """
    rule = _room_for(filing, part, row_key, by=by)
    received = files.receive(upload, purpose="filing", kinds=rule.kinds, name=name)
    return attach_received(
        filing=filing,
        part=part,
        received=received,
        row_key=row_key,
        caption=caption,
        by=by,
        now=now,
    )


@transaction.atomic
def attach_received(
    *,
    filing: Filing,
    part: str,
    received: files.Received,
    row_key: str = "",
    caption: str = "",
    by: User,
    now: datetime,
) -> Attachment:
    """Add a file that ``core.files.receive`` has taken in already. Raises ``Refused``."""
    filing, version = lock_for(filing, workflow.SAVE, by=by)
    rule = _room_for(filing, part, row_key, by=by)
    if received.kind.code not in rule.kinds:
        raise Refused(_("这份材料不收“%(kind)s”文件。") % {"kind": received.kind.label})
    stored = files.enter(received, by=by, now=now, organisation=filing.organisation)
    attachment = Attachment.objects.create(
        version=version,
        part=part,
        row_key=row_key,
        file=stored,
        caption=caption.strip(),
        added_by=by,
        added_at=now,
    )
    note_editor(version, by)
    record(filing, version, "attach", by=by, now=now, part=part, sha256=stored.sha256)
    return attachment


def _room_for(filing: Filing, part: str, row_key: str, *, by: User) -> parts.AttachmentRule:
    """What the part says of its files, if the person may add one now. Raises ``Refused``."""
    version = draft_of(filing, by=by)
    rule = part_of(version, part).attachments
    if rule is None:
        raise Refused(_("这份材料不需要附件。"))
    if version.attachments.filter(part=part).count() >= rule.max:
        raise Refused(_("附件数量已达上限%(limit)d个。") % {"limit": rule.max})
    if row_key and row_key not in {row[parts.ROW_KEY] for row in version.rows(part)}:
        raise Refused(_("该行已不存在，请刷新页面。"))
    return rule


@transaction.atomic
def detach(*, attachment: Attachment, by: User, now: datetime) -> None:
    """Take a file off a draft. Raises ``Refused``."""
    filing, version = lock_for(attachment.version.filing, workflow.SAVE, by=by)
    if attachment.version_id != version.pk:
        raise Refused(_("已报送的版本不能改动。"))
    note_editor(version, by)
    record(
        filing,
        version,
        "detach",
        by=by,
        now=now,
        part=attachment.part,
        sha256=attachment.file.sha256,
    )
    attachment.delete()


def note_editor(version: FilingVersion, by: User) -> None:
    if by.pk not in version.editors:
        version.editors = [*version.editors, by.pk]
        version.save(update_fields=["editors"])
