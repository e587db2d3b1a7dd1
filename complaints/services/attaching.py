"""Files of a case: kept for chosen readers, withdrawn when they should not be there."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import datetime
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces, works_for
from complaints.models import Case, CaseAttachment, CaseEvent
from complaints.models.attachment import TELLING
from complaints.privacy import spoken
from complaints.services.acting import add_event, locked
from complaints.services.notes import note_refusal
from complaints.services.receiving import Record, receive
from complaints.workflow import REPORT, Audience, State, keeps_secret
from core import audit, files
from core.errors import Conflict, Refused
from core.files import Received

PURPOSE = "case"
# At one time; more come in a second go.
MOST = 10
LABEL = 80


def check(uploads: Iterable[IO[bytes]]) -> list[Received]:
    """Copy, check and scan uploads before any lock is taken. Raises ``Rejected``, ``Refused``."""
    found = list(uploads)
    if len(found) > MOST:
        raise Refused(_("一次最多上传%(most)d个文件。") % {"most": MOST})
    return [files.receive(one, purpose=PURPOSE) for one in found]


def attach_refusal(case: Case, user: User) -> str:
    """Why the person may not add files to the case; empty when they may."""
    if case.state == State.ARCHIVED:
        return _("诉求已归档，不能再上传附件。")
    if note_refusal(case, user):
        return _("只有首接单位、承办单位和监管机构的经办人员可以上传附件。")
    return ""


@transaction.atomic
def attach(
    case: Case,
    received: Collection[Received],
    *,
    kind: str,
    audiences: Collection[str],
    by: User | None,
    now: datetime,
    label: str = "",
) -> list[CaseAttachment]:
    """Add files that were checked before, for the readers chosen. Raises ``Refused``.

    ``by=None`` is a machine or the complainant, whose door has asked already.
    """
    case = locked(case)
    if by is not None and (why_not := attach_refusal(case, by)):
        raise Refused(why_not)
    kind = CaseAttachment.Kind(kind)
    if not received or not audiences or set(audiences) - set(Audience.values):
        raise Refused(_("请选择文件和可见对象。"))
    if Audience.COMPANY in audiences and (why_not := _not_for_companies(case, kind)):
        raise Refused(why_not)
    readers = _readers(audiences, by)
    standing = _standing(case, received, by=by, kind=kind, **readers)
    received = [one for one in received if one.sha256 not in standing]
    if not received:
        # The form came twice.
        return list(standing.values())
    label = spoken(label.strip(), case)[:LABEL]
    made = [
        CaseAttachment.objects.create(
            case=case,
            file=files.enter(_unnamed(one, case), by=by, now=now, organisation=case.owner),
            kind=kind,
            label=label,
            by=by,
            at=now,
            **readers,
        )
        for one in received
    ]
    _told(case, CaseEvent.ATTACH, by, now, readers, file_kind=kind, count=len(made))
    return made


def _standing(
    case: Case, received: Collection[Received], *, by: User | None, **told: Any
) -> dict[str, CaseAttachment]:
    """What of these files the same person has put to the case before, as the same kind for the
    same readers."""
    if by is None:
        return {}
    found = CaseAttachment.objects.standing().filter(
        case=case, by=by, file__sha256__in=[one.sha256 for one in received], **told
    )
    return {one.file.sha256: one for one in found.select_related("file")}


def _unnamed(received: Received, case: Case) -> Received:
    """The file under a name that tells nobody's telephone or name: people name files so."""
    stem, dot, extension = received.name.rpartition(".")
    # A star is no sign for the names of files.
    shown = spoken(stem, case).replace("*", "x")
    return replace(received, name=files.safe_name(f"{shown}{dot}{extension}"))


def _not_for_companies(case: Case, kind: CaseAttachment.Kind) -> str:
    """Why a file must not be shown to companies; empty when it may be."""
    if case.owner.is_company:
        return ""
    if case.nature == REPORT and not case.holder.is_company:
        return _("举报没有交由供电企业办理，附件不能对供电企业公开。")
    if keeps_secret(case) and kind in TELLING:
        return _("举报、匿名或者要求保密的诉求，来信来访材料和录音不能对供电企业公开。")
    return ""


def _readers(audiences: Collection[str], by: User | None) -> dict[str, Any]:
    """The chosen readers; whoever uploads always keeps it in sight of their own side."""
    places = workplaces(by, Permission.CASE_VIEW) if by is not None else []
    offices = any(place.is_regulator for place in places)
    return {
        "to_regulator": Audience.REGULATOR in audiences or offices,
        "to_company": Audience.COMPANY in audiences or bool(places and not offices),
        "to_complainant": Audience.COMPLAINANT in audiences,
    }


@transaction.atomic
def withdraw(attachment: CaseAttachment, *, by: User, now: datetime) -> CaseAttachment:
    """Take a file out of everybody's sight; it stays on record.

    Raises ``Refused``, ``Conflict``.
    """
    case = locked(attachment.case)
    if why_not := withdraw_refusal(attachment, by):
        raise Refused(why_not)
    standing = CaseAttachment.objects.standing().filter(pk=attachment.pk)
    if not standing.update(withdrawn_at=now, withdrawn_by=by):
        raise Conflict(_("该附件已经撤回。"))
    attachment.refresh_from_db()
    readers = {name: getattr(attachment, name) for name in ("to_regulator", "to_company")}
    data = {"file_kind": attachment.kind, "attachment": attachment.pk}
    _told(case, CaseEvent.UNATTACH, by, now, readers, **data)
    return attachment


def withdraw_refusal(attachment: CaseAttachment, user: User) -> str:
    """Why the person may not withdraw the file; empty when they may."""
    case = attachment.case
    if case.state == State.ARCHIVED:
        return _("诉求已归档，附件不能撤回。")
    if attachment.by_id == user.pk or works_for(user, Permission.CASE_DECIDE, case.owner):
        return ""
    return _("附件由上传人或者首接单位撤回。")


def _told(
    case: Case, what: str, by: User | None, now: datetime, readers: dict[str, Any], **data: Any
) -> None:
    add_event(
        case,
        what,
        at=now,
        by=by,
        organisation=by.home if by is not None else case.owner,
        data=data,
        **{**readers, "to_complainant": False},
    )
    Case.objects.filter(pk=case.pk).update(updated_at=now)
    audit.record(f"case.{what}", case, by=by, now=now, organisation=case.owner, **data)


@transaction.atomic
def receive_with_files(
    record: Record,
    received: Collection[Received],
    *,
    kind: str,
    source: str,
    owner: Organisation,
    by: User | None,
    now: datetime,
) -> Case:
    """Enter a case together with the letter or the papers that it came with, all or nothing.

    The files stay with the receiving side. Raises as ``receive`` does.
    """
    case, new = receive(record, source=source, owner=owner, by=by, now=now)
    if new and received:
        side = Audience.COMPANY if owner.is_company else Audience.REGULATOR
        attach(case, received, kind=kind, audiences=[side], by=by, now=now)
    return case
