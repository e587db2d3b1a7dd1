"""Leading groups and the joint-action group with their lists (S1-4.1d, S1-4.2a, S1-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from campaign.models import Campaign, Group, GroupMember
from campaign.scope import works_for
from core import audit, clock
from core.errors import Refused


@dataclass(frozen=True)
class Seat:
    """One line of a group's list."""

    name: str
    post: str
    organisation: Organisation
    role: str  # GroupMember.Role
    person: User | None = None


def manager(by: User, organisation: Organisation) -> None:
    """Regulators act for their own office, companies for themselves. Raises ``Refused``."""
    needed = Permission.CAMPAIGN_MANAGE if organisation.is_regulator else Permission.FILING_DRAFT
    if not works_for(by, needed, organisation):
        raise Refused(_("只能办理本单位的事项。"))


def group_refusal(campaign: Campaign, kind: str, organisation: Organisation) -> str:
    """Why the organisation may not set up a group of the kind; empty when it may.

    Everybody who takes part has a leading group; the joint-action group is the issuer's, who leads
    the campaign (S1-4.1d, S1-4.2a, S1-6.2).
    """
    if kind not in Group.Kind.values:
        return _("没有这种领导小组。")
    if organisation.pk == campaign.issuing_organisation_id:
        return ""
    if kind == Group.Kind.JOINT:
        return _("联合行动工作领导小组由发文机关%(name)s成立。") % {
            "name": campaign.issuing_organisation
        }
    if not campaign.participants.filter(organisation=organisation).exists():
        return _("%(name)s没有参加这次专项行动。") % {"name": organisation}
    return ""


@transaction.atomic
def set_up_group(
    *,
    campaign: Campaign,
    kind: str,
    organisation: Organisation,
    name: str,
    duties: str,
    office_department: str,
    seats: Sequence[Seat],
    by: User,
    now: datetime,
    document_number: str = "",
    set_up_on: date | None = None,
) -> Group:
    """Set up a group with its list, or write the list of a standing one anew.

    A leading group needs exactly one head. Raises ``Refused``.
    """
    manager(by, organisation)
    if why_not := group_refusal(campaign, kind, organisation):
        raise Refused(why_not)
    heads = [seat for seat in seats if seat.role == GroupMember.Role.HEAD]
    if len(heads) != 1:
        raise Refused(_("领导小组须有且只有一名组长。"))
    today = clock.day_of(now)
    _check_people(seats, on=today)
    group, created = Group.objects.update_or_create(
        campaign=campaign,
        kind=kind,
        organisation=organisation,
        defaults={
            "name": name.strip(),
            "duties": duties.strip(),
            "office_department": office_department.strip(),
            "document_number": document_number.strip(),
            "set_up_on": set_up_on or today,
        },
    )
    # Those who left stay on record with the day; the list in force is the one without it.
    group.members.filter(left_on__isnull=True).update(left_on=today)
    GroupMember.objects.bulk_create(
        GroupMember(
            group=group,
            name=seat.name.strip(),
            post=seat.post.strip(),
            organisation=seat.organisation,
            role=seat.role,
            person=seat.person,
            order=order,
        )
        for order, seat in enumerate(seats, start=1)
    )
    audit.record(
        "group.set_up" if created else "group.revise",
        group,
        by=by,
        now=now,
        organisation=organisation,
        members=len(seats),
        document_number=document_number,
    )
    return group


def _check_people(seats: Sequence[Seat], *, on: date) -> None:
    """An account on the list belongs to somebody who works in that organisation."""
    for seat in seats:
        if seat.person is None:
            continue
        working = seat.organisation.memberships.in_force(on=on).filter(user=seat.person)
        if not seat.person.is_active or not working.exists():
            words = {"person": seat.person.name, "organisation": seat.organisation.name}
            raise Refused(_("%(person)s不在%(organisation)s任职，不能列入名单。") % words)
