"""The roster of inspectors: who may be sent, and whom each of them stays away from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.permissions import Permission
from campaign.models import Inspector, InspectorTie
from campaign.people import people_of
from campaign.scope import works_for
from core import audit, clock
from core.errors import Refused

MANAGE = Permission.INSPECTION_MANAGE


def manage_refusal(lead: Organisation, *, by: User) -> str:
    """Why the person may not organise inspections of the office; empty when they may."""
    if lead.is_regulator and works_for(by, MANAGE, lead):
        return ""
    return _("由%(name)s具有“%(permission)s”权限的人员办理。") % {
        "name": lead,
        "permission": MANAGE.label,
    }


def manager(lead: Organisation, by: User) -> None:
    if why_not := manage_refusal(lead, by=by):
        raise Refused(why_not)


@transaction.atomic
def enrol_inspector(
    *, person: User, office: Organisation, certificate: str, by: User, now: datetime
) -> Inspector:
    """Put a person of an office on the roster. Raises ``Refused``."""
    manager(office, by)
    certificate = certificate.strip()
    today = clock.day_of(now)
    if person not in people_of(office, Permission.INSPECTION_VIEW, on=today):
        raise Refused(_("%(person)s不在%(office)s任职。") % {"person": person, "office": office})
    if not certificate:
        raise Refused(_("请填写执法证号。"))
    if Inspector.objects.filter(certificate=certificate).exists():
        raise Refused(_("执法证号“%(number)s”已被使用。") % {"number": certificate})
    inspector, new = Inspector.objects.get_or_create(
        person=person,
        defaults={
            "office": office,
            "certificate": certificate,
            "enrolled_at": now,
            "enrolled_by": by,
        },
    )
    if not new:
        raise Refused(_("%(person)s已在名录中。") % {"person": person})
    audit.record("inspector.enrol", inspector, by=by, now=now, organisation=office)
    return inspector


@transaction.atomic
def end_inspector(*, inspector: Inspector, by: User, now: datetime) -> Inspector:
    """Take a person off the roster from today on; teams that stand stay. Raises ``Refused``."""
    manager(inspector.office, by)
    today = clock.day_of(now)
    standing = Inspector.objects.filter(pk=inspector.pk, ended_on__isnull=True)
    if not standing.update(ended_on=today):
        raise Refused(_("%(person)s已不在名录中。") % {"person": inspector.person})
    inspector.refresh_from_db()
    audit.record("inspector.end", inspector, by=by, now=now, organisation=inspector.office)
    return inspector


@transaction.atomic
def declare_tie(
    *,
    inspector: Inspector,
    organisation: Organisation,
    kind: str,
    by: User,
    now: datetime,
    until: date | None = None,
) -> InspectorTie:
    """Say which company an inspector stays away from: the inspector does, or the office.

    Nobody shortens a tie of their own. Raises ``Refused``.
    """
    own = by.pk == inspector.person_id
    if not own:
        manager(inspector.office, by)
    if not organisation.is_company:
        raise Refused(_("回避单位须是供电企业。"))
    if kind not in InspectorTie.Kind.values:
        raise Refused(_("没有这种回避原因。"))
    standing = inspector.ties.filter(organisation=organisation, kind=kind).first()
    if own and standing is not None and _shorter(until, standing.until):
        raise Refused(_("不能自行缩短回避期限，请由他人办理。"))
    tie, _new = InspectorTie.objects.update_or_create(
        inspector=inspector,
        organisation=organisation,
        kind=kind,
        defaults={"until": until, "declared_at": now, "declared_by": by},
    )
    audit.record(
        "inspector.declare",
        inspector,
        by=by,
        now=now,
        organisation=inspector.office,
        company=organisation.code,
        until=until.isoformat() if until else "",
    )
    return tie


def _shorter(until: date | None, before: date | None) -> bool:
    """Whether a tie would end earlier than it does; without a day it never ends."""
    return until is not None and (before is None or until < before)


def tied_refusal(organisation: Organisation, *, by: User) -> str:
    """Why the person takes no part in inspecting a company, on no team and in no office; empty
    when nothing ties them to it."""
    inspector = Inspector.objects.filter(person=by.pk).select_related("person").first()
    if inspector is None or not barred([inspector], [organisation], on=clock.today())[inspector.pk]:
        return ""
    return _("%(names)s须回避该单位。") % {"names": inspector.person.name}


def barred(
    inspectors: Iterable[Inspector], units: Iterable[Organisation], *, on: date
) -> dict[int, set[str]]:
    """By inspector, the codes of units that they stay away from on a day.

    A tie to a company counts for its whole line: those above it, and those below. Posts in
    companies that the portal knows of count without being declared.
    """
    people = {one.person_id: one.pk for one in inspectors}
    paths: dict[int, set[str]] = {pk: set() for pk in people.values()}
    ties = InspectorTie.objects.filter(inspector__in=people.values())
    for tie in ties.select_related("organisation"):
        if tie.until is None or tie.until >= on:
            paths[tie.inspector_id].add(tie.organisation.path)
    posts = Membership.objects.filter(
        user__in=people, organisation__kind__in=Organisation.COMPANY_KINDS
    )
    for user, path in posts.values_list("user", "organisation__path"):
        paths[people[user]].add(path)
    units = list(units)
    return {
        pk: {
            unit.code
            for unit in units
            if any(unit.path.startswith(path) or path.startswith(unit.path) for path in known)
        }
        for pk, known in paths.items()
    }
