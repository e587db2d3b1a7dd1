"""Meetings, and documents issued under a number (S1-4.2c, S1-5.1.2)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import notifications, numbers, scheduling
from campaign.models import (
    Campaign,
    DocumentIssue,
    DocumentRecipient,
    Group,
    Meeting,
    MeetingInvitee,
)
from campaign.people import people_of
from campaign.scope import works_for
from campaign.services.groups import manager
from core import audit, clock, files, outbox
from core.errors import Conflict, Refused

FILE_PURPOSE = "meeting"
DOCUMENT_PURPOSE = "campaign-document"


@transaction.atomic
def convene(
    *,
    campaign: Campaign,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    place: str,
    agenda: str,
    organiser: Organisation,
    invitees: Iterable[Organisation],
    by: User,
    now: datetime,
    group: Group | None = None,
) -> Meeting:
    """Call a meeting and invite organisations; each gets a letter and a calendar entry.

    Raises ``Refused`` (S1-4.2c, S1-5.1.2a).
    """
    manager(by, organiser)
    if ends_at <= starts_at:
        raise Refused(_("会议结束时间应晚于开始时间。"))
    on = clock.day_of(now)
    for when in (starts_at, ends_at):
        if why_not := scheduling.outside(when.date(), on=on):
            raise Refused(why_not)
    if group is not None and (
        group.campaign_id != campaign.pk or group.organisation_id != organiser.pk
    ):
        raise Refused(_("只能召集本单位在本次专项行动中成立的小组。"))
    invited = {organisation.pk: organisation for organisation in invitees}
    if not invited:
        raise Refused(_("请选择参会单位。"))
    meeting = Meeting.objects.create(
        campaign=campaign,
        title=title.strip(),
        starts_at=starts_at,
        ends_at=ends_at,
        place=place.strip(),
        agenda=agenda.strip(),
        organiser=organiser,
        group=group,
        convened_at=now,
    )
    MeetingInvitee.objects.bulk_create(
        MeetingInvitee(meeting=meeting, organisation=one) for one in invited.values()
    )
    audit.record(
        "meeting.convene",
        meeting,
        by=by,
        now=now,
        organisation=organiser,
        invitees=[one.code for one in invited.values()],
    )
    for organisation in invited.values():
        for user in readers(organisation, now):
            outbox.post_all(notifications.convened(meeting, organisation, user), now=now)
    return meeting


def record_minutes(
    *,
    meeting: Meeting,
    minutes: str,
    attended: Iterable[Organisation],
    by: User,
    now: datetime,
    upload: IO[bytes] | None = None,
) -> Meeting:
    """Write down what was decided and who came, after the meeting began.

    ``upload`` is one more file for the record; it is copied and scanned before any lock is taken.
    Raises ``Refused``.
    """
    _ready_for_minutes(meeting, minutes, by=by, now=now)
    received = files.receive(upload, purpose=FILE_PURPOSE) if upload is not None else None
    with transaction.atomic():
        meeting = (
            Meeting.objects.select_for_update(of=("self",))
            .select_related("organiser")
            .get(pk=meeting.pk)
        )
        _ready_for_minutes(meeting, minutes, by=by, now=now)
        meeting.minutes, meeting.minutes_at = minutes.strip(), now
        meeting.save(update_fields=["minutes", "minutes_at"])
        if received is not None:
            meeting.files.add(files.enter(received, by=by, now=now, organisation=meeting.organiser))
        came = [organisation.pk for organisation in attended]
        meeting.invitees.update(attended=False)
        meeting.invitees.filter(organisation__in=came).update(attended=True)
        audit.record(
            "meeting.record_minutes",
            meeting,
            by=by,
            now=now,
            organisation=meeting.organiser,
            attended=len(came),
        )
    return meeting


def _ready_for_minutes(meeting: Meeting, minutes: str, *, by: User, now: datetime) -> None:
    """Raise ``Refused`` unless the person may write the minutes now."""
    manager(by, meeting.organiser)
    if now < meeting.starts_at:
        raise Refused(_("会议尚未召开，不能登记纪要。"))
    if not minutes.strip():
        raise Refused(_("请填写会议纪要。"))


def issue_document(
    *,
    campaign: Campaign,
    title: str,
    document_number: str,
    body: str,
    recipients: Iterable[Organisation],
    by: User,
    now: datetime,
    uploads: Iterable[IO[bytes]] = (),
) -> DocumentIssue:
    """Issue the plan or another document under its number; recipients sign for it (S1-5.1.2b).

    ``uploads`` become its attachments (S1-0.2). Raises ``files.Rejected`` for one that may not be
    kept, ``Refused`` where the number is missing or used; then nothing is kept.
    """
    issuer = campaign.issuing_organisation
    manager(by, issuer)
    number = document_number.strip()
    _check_number(issuer, number)
    sent_to = {organisation.pk: organisation for organisation in recipients}
    if not sent_to:
        raise Refused(_("请选择主送、抄送单位。"))
    # Checked and scanned before the transaction begins, so that no lock is held meanwhile.
    received = [_received(upload) for upload in uploads]
    with transaction.atomic():
        # One at a time for an office: a number sent twice is refused and no fault.
        Organisation.objects.select_for_update(of=("self",)).get(pk=issuer.pk)
        _check_number(issuer, number)
        issue = _write_issue(campaign, title, number, body, sent_to, by, now)
        kept = [files.enter(one, by=by, now=now, organisation=issuer) for one in received]
        issue.files.set(kept)
        audit.record(
            "document.issue",
            issue,
            by=by,
            now=now,
            organisation=issuer,
            document_number=number,
            recipients=[one.code for one in sent_to.values()],
            files=[one.sha256 for one in kept],
        )
        for organisation in sent_to.values():
            for user in readers(organisation, now):
                outbox.post_all(notifications.issued(issue, organisation, user), now=now)
    return issue


def _check_number(issuer: Organisation, number: str) -> None:
    if not number:
        raise Refused(_("请填写发文字号。"))
    if numbers.is_taken(issuer, number):
        raise Refused(_("发文字号“%(number)s”已被使用。") % {"number": number})


def _received(upload: IO[bytes]) -> files.Received:
    """The upload, checked; a refusal names the file, because there may be several."""
    try:
        return files.receive(upload, purpose=DOCUMENT_PURPOSE)
    except files.Rejected as rejected:
        words = {"name": getattr(upload, "name", ""), "reason": rejected}
        raise files.Rejected(_("%(name)s：%(reason)s") % words) from rejected


def _write_issue(
    campaign: Campaign,
    title: str,
    number: str,
    body: str,
    sent_to: dict[int, Organisation],
    by: User,
    now: datetime,
) -> DocumentIssue:
    issue = DocumentIssue.objects.create(
        campaign=campaign,
        title=title.strip(),
        document_number=number,
        issuer=campaign.issuing_organisation,
        body=body.strip(),
        issued_at=now,
        issued_by=by,
    )
    DocumentRecipient.objects.bulk_create(
        DocumentRecipient(issue=issue, organisation=one) for one in sent_to.values()
    )
    return issue


@transaction.atomic
def sign_for(*, recipient: DocumentRecipient, by: User, now: datetime) -> DocumentRecipient:
    """A person of the organisation signs for the document, once. Raises ``Refused``."""
    recipient = (
        DocumentRecipient.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .get(pk=recipient.pk)
    )
    if not works_for(by, Permission.CAMPAIGN_VIEW, recipient.organisation):
        raise Refused(_("只能由收文单位的人员签收。"))
    signed = DocumentRecipient.objects.filter(pk=recipient.pk, read_at__isnull=True)
    if not signed.update(read_at=now, read_by=by):
        raise Conflict(_("该文件已经签收。"))
    recipient.read_at, recipient.read_by = now, by
    audit.record("document.sign_for", recipient, by=by, now=now)
    return recipient


def readers(organisation: Organisation, now: datetime) -> list[User]:
    """Who in an organisation is written to about meetings and documents."""
    on = clock.day_of(now)
    people = {
        user.pk: user
        for permission in (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
        for user in people_of(organisation, permission, on=on)
    }
    return list(people.values())
