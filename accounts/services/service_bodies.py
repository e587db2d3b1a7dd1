"""Bodies for grid services: founding, people coming and going, end; all is kept (S2-7.1b)."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, ServiceBody, ServiceSeat, User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock
from core.errors import Conflict, Refused

Role = ServiceSeat.Role


def refusal(organisation: Organisation, *, by: User | None) -> str:
    """Why the person may not set up how a unit works; empty when they may. None: the system."""
    if not organisation.is_company:
        return _("网格融合服务组织由电力企业设立。")
    if organisation.closed_on:
        return _("该单位已撤销。")
    if by is None or works_for(by, Permission.GRID_MANAGE, organisation):
        return ""
    return _("由%(unit)s或者其上级供电单位维护。") % {"unit": organisation}


@transaction.atomic
def found_body(
    *,
    organisation: Organisation,
    name: str,
    duties: str,
    founded_on: date,
    document: str,
    by: User | None,
    now: datetime,
) -> ServiceBody:
    """Register a body with the day and the document of its founding. Raises ``Refused``."""
    # Two at once wait for each other here.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if why_not := refusal(organisation, by=by):
        raise Refused(why_not)
    _past(founded_on, _("成立日期"), now=now)
    name = name.strip()
    if ServiceBody.objects.standing().filter(organisation=organisation, name=name).exists():
        raise Conflict(_("该单位已有名为“%(name)s”的服务组织。") % {"name": name})
    body = ServiceBody.objects.create(
        organisation=organisation,
        name=name,
        duties=duties.strip(),
        founded_on=founded_on,
        document=document.strip(),
        created_at=now,
        created_by=by,
    )
    audit.record("servicebody.found", body, by=by, now=now, organisation=organisation)
    return body


@transaction.atomic
def seat(
    *,
    body: ServiceBody,
    person: User,
    role: str,
    post: str,
    joined_on: date,
    document: str,
    by: User | None,
    now: datetime,
) -> ServiceSeat:
    """Put a person of the unit, or of one below it, into a body. Raises ``Refused``."""
    body = _held(body, by=by)
    _past(joined_on, _("任职日期"), now=now)
    if joined_on < body.founded_on:
        raise Refused(_("任职日期不能早于成立日期%(day)s。") % {"day": body.founded_on.isoformat()})
    if not staff(body.organisation, on=clock.day_of(now)).filter(pk=person.pk).exists():
        raise Refused(_("成员须是本单位或者下级单位的在职人员。"))
    held = body.seats.held()
    if held.filter(person=person).exists():
        raise Conflict(_("%(name)s已是该组织成员。") % {"name": person.name})
    head = held.filter(role=Role.HEAD).select_related("person").first()
    if role == Role.HEAD and head is not None:
        text = _("现任负责人为%(name)s，请先登记其离任。")
        raise Refused(text % {"name": head.person.name})
    _free(body, person, role, joined_on)
    made = ServiceSeat.objects.create(
        body=body,
        person=person,
        role=role,
        post=post.strip(),
        joined_on=joined_on,
        document=document.strip(),
    )
    _record("servicebody.seat", body, by, now, person=person.pk, role=role, seat=made.pk)
    return made


def _free(body: ServiceBody, person: User, role: str, day: date) -> None:
    """Nobody sits twice, and nobody heads a body beside another, in the past either."""
    later = body.seats.filter(left_on__gt=day).select_related("person").order_by("-left_on")
    mine = later.filter(person=person).first()
    head = later.filter(role=Role.HEAD).first() if role == Role.HEAD else None
    if (other := mine or head) is not None:
        words = {"name": other.person.name, "day": other.left_on}
        raise Refused(_("%(name)s任职至%(day)s，新的任职日期不能早于该日。") % words)


@transaction.atomic
def unseat(
    *, seat: ServiceSeat, left_on: date, document: str, by: User | None, now: datetime
) -> ServiceSeat:
    """Somebody leaves a body; the seat stays in its history. Raises ``Refused``."""
    body = _held(seat.body, by=by)
    seat = ServiceSeat.objects.select_for_update(of=("self",)).get(pk=seat.pk)
    if seat.left_on is not None:
        raise Conflict(_("该成员已经离任。"))
    _past(left_on, _("离任日期"), now=now)
    if left_on < seat.joined_on:
        raise Refused(_("离任日期不能早于任职日期。"))
    seat.left_on, seat.left_by_document = left_on, document.strip()
    seat.save(update_fields=["left_on", "left_by_document"])
    _record("servicebody.unseat", body, by, now, person=seat.person_id, seat=seat.pk)
    return seat


@transaction.atomic
def dissolve_body(
    *, body: ServiceBody, on: date, document: str, by: User | None, now: datetime
) -> ServiceBody:
    """End a body by a document; its people leave with it. Raises ``Refused``."""
    body = _held(body, by=by)
    _past(on, _("撤销日期"), now=now)
    seats = body.seats.held()
    first = max([body.founded_on, *seats.values_list("joined_on", flat=True)])
    if on < first:
        raise Refused(_("撤销日期不能早于%(day)s。") % {"day": first.isoformat()})
    if not document.strip():
        raise Refused(_("请填写撤销文号。"))
    seats.update(left_on=on, left_by_document=document.strip())
    body.dissolved_on, body.dissolved_by_document = on, document.strip()
    body.save(update_fields=["dissolved_on", "dissolved_by_document"])
    _record("servicebody.dissolve", body, by, now, on=on)
    return body


def staff(organisation: Organisation, *, on: date):  # type: ignore[no-untyped-def]
    """Active people of a unit and of those below it."""
    held = Membership.objects.in_force(on=on).filter(
        organisation__path__startswith=organisation.path
    )
    return User.objects.filter(is_active=True, pk__in=held.order_by().values("user"))


def _held(body: ServiceBody, *, by: User | None) -> ServiceBody:
    found = ServiceBody.objects.select_for_update(of=("self",)).select_related("organisation")
    body = found.get(pk=body.pk)
    if why_not := refusal(body.organisation, by=by):
        raise Refused(why_not)
    if body.dissolved_on is not None:
        raise Conflict(_("该服务组织已经撤销。"))
    return body


def _past(day: date, name: str, *, now: datetime) -> None:
    if day > clock.day_of(now):
        raise Refused(_("%(name)s不能晚于今天。") % {"name": name})


def _record(kind: str, body: ServiceBody, by: User | None, now: datetime, **more: object) -> None:
    audit.record(kind, body, by=by, now=now, organisation=body.organisation, **more)
