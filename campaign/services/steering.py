"""A leading group guides and urges: notes under a number, answered in time, settled (S1-6.1a)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign import notifications
from campaign.models import Duty, Group, GroupMember, Participant, SupervisionNote
from campaign.scope import works_for
from campaign.services.convening import readers
from campaign.services.groups import manager
from campaign.workflow import CampaignState
from core import audit, clock, outbox, sla
from core.errors import Conflict, Refused

# Whose place in a leading group carries the right to send notes; the office does so day by day.
STEERING = (GroupMember.Role.HEAD, GroupMember.Role.DEPUTY, GroupMember.Role.OFFICE)


def steering_refusal(group: Group, *, by: User) -> str:
    """Why the person may not send notes for the group; empty when they may."""
    if group.kind != Group.Kind.LEADING or not group.organisation.is_regulator:
        return _("督导督办由监管机构的专项行动领导小组发出。")
    if group.campaign.state != CampaignState.LAUNCHED:
        return _("专项行动不在实施中。")
    seats = group.members.filter(left_on__isnull=True, person=by, role__in=STEERING)
    if not works_for(by, Permission.CAMPAIGN_VIEW, group.organisation) or not seats.exists():
        return _("由领导小组组长、副组长或办公室人员发出。")
    return ""


def addressees(group: Group) -> list[Organisation]:
    """The companies that a group supervises: all of its campaign, or those of its territory."""
    parts = group.campaign.participants.filter(part=Participant.Part.EXECUTOR)
    if group.organisation_id != group.campaign.issuing_organisation_id:
        parts = parts.filter(supervisor=group.organisation)
    return [part.organisation for part in parts.select_related("organisation")]


@transaction.atomic
def issue_note(
    *,
    group: Group,
    kind: str,
    number: str,
    organisation: Organisation,
    subject: str,
    body: str,
    answer_on: date,
    by: User,
    now: datetime,
    duty: Duty | None = None,
) -> SupervisionNote:
    """Send a note to a company, on one of its duties or in general, to be answered by a day.

    Raises ``Refused``.
    """
    group = _locked(group)
    if why_not := steering_refusal(group, by=by):
        raise Refused(why_not)
    if organisation not in addressees(group):
        raise Refused(_("%(name)s不在领导小组的督导范围内。") % {"name": organisation})
    if duty is not None and (
        duty.organisation_id != organisation.pk or duty.definition.campaign_id != group.campaign_id
    ):
        raise Refused(_("所选任务不是该单位在本次专项行动中的任务。"))
    _check(group, kind, number, answer_on, now=now)
    note = SupervisionNote.objects.create(
        campaign=group.campaign,
        group=group,
        kind=kind,
        number=number.strip(),
        organisation=organisation,
        duty=duty,
        subject=subject.strip(),
        body=body.strip(),
        due_at=sla.day_end(answer_on),
        issued_at=now,
        issued_by=by,
    )
    audit.record(
        "note.issue", note, by=by, now=now, organisation=group.organisation, number=note.number
    )
    for user in readers(organisation, now):
        outbox.post_all(notifications.urged(note, user), now=now)
    return note


def _check(group: Group, kind: str, number: str, answer_on: date, *, now: datetime) -> None:
    if kind not in SupervisionNote.Kind.values:
        raise Refused(_("没有这种文种。"))
    if not number.strip():
        raise Refused(_("请填写文号。"))
    if group.notes.filter(number=number.strip()).exists():
        raise Refused(_("文号“%(number)s”已被使用。") % {"number": number.strip()})
    today = clock.day_of(now)
    last = date(group.campaign.ends_on.year + 1, 12, 31)
    if not today <= answer_on <= last:
        raise Refused(_("答复期限应在今天至%(last)s之间。") % {"last": last.isoformat()})


@transaction.atomic
def answer_note(*, note: SupervisionNote, answer: str, by: User, now: datetime) -> SupervisionNote:
    """The company says what it has done; the group is told. Raises ``Refused``."""
    note = _locked_note(note)
    manager(by, note.organisation)
    if not answer.strip():
        raise Refused(_("请填写答复。"))
    standing = SupervisionNote.objects.filter(pk=note.pk, answered_at__isnull=True)
    if not standing.update(answer=answer.strip(), answered_at=now, answered_by=by):
        raise Conflict(_("该件已经答复。"))
    note.refresh_from_db()
    audit.record(
        "note.answer",
        note,
        by=by,
        now=now,
        organisation=note.organisation,
        number=note.number,
        late=now > note.due_at,
    )
    for user in office_of(note.group) or [note.issued_by]:
        outbox.post_all(notifications.answered(note, user), now=now)
    return note


@transaction.atomic
def close_note(*, note: SupervisionNote, by: User, now: datetime) -> SupervisionNote:
    """The group takes the answer as sufficient. Raises ``Refused``."""
    note = _locked_note(note)
    if why_not := steering_refusal(note.group, by=by):
        raise Refused(why_not)
    if note.answered_at is None:
        raise Refused(_("该件尚未答复，不能办结。"))
    standing = SupervisionNote.objects.filter(pk=note.pk, closed_at__isnull=True)
    if not standing.update(closed_at=now, closed_by=by):
        raise Conflict(_("该件已经办结。"))
    note.refresh_from_db()
    audit.record(
        "note.close",
        note,
        by=by,
        now=now,
        organisation=note.group.organisation,
        number=note.number,
    )
    return note


def office_of(group: Group) -> list[User]:
    """The people of a group's office who have an account."""
    seats = group.members.filter(
        left_on__isnull=True, role=GroupMember.Role.OFFICE, person__is_active=True
    )
    return [seat.person for seat in seats.select_related("person") if seat.person]


def _locked(group: Group) -> Group:
    return (
        Group.objects.select_for_update(of=("self",))
        .select_related("campaign", "organisation")
        .get(pk=group.pk)
    )


def _locked_note(note: SupervisionNote) -> SupervisionNote:
    return (
        SupervisionNote.objects.select_for_update(of=("self",))
        .select_related("organisation", "group__organisation", "group__campaign", "issued_by")
        .get(pk=note.pk)
    )
