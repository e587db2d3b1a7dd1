"""Licences of units: entered one by one or from a workbook; the one in force stands on the unit."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import workflow
from accounts.models import Licence, Organisation, User
from accounts.permissions import Permission
from core import asked, audit, clock
from core.errors import Conflict, Refused


@transaction.atomic
def enter_licence(
    *,
    organisation: Organisation,
    number: str,
    issuer: str,
    issued_on: date,
    valid_from: date,
    valid_to: date,
    area: str = "",
    by: User | None,
    now: datetime,
) -> Licence:
    """Enter a licence or its renewal. Raises ``Refused`` where a rule is against it."""
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    workflow.require(by, Permission.ORGANISATION_MANAGE, organisation)
    number = number.strip()
    _check(organisation, number, issued_on, valid_from, valid_to, now=now)
    made = Licence.objects.create(
        organisation=organisation,
        number=number,
        issuer=issuer.strip(),
        issued_on=issued_on,
        valid_from=valid_from,
        valid_to=valid_to,
        area=area.strip(),
        entered_at=now,
        entered_by=by,
    )
    audit.record(
        "licence.enter",
        made,
        by=by,
        now=now,
        organisation=organisation,
        number=number,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    show_licence_in_force(organisation, now=now)
    return made


def _check(
    organisation: Organisation,
    number: str,
    issued_on: date,
    valid_from: date,
    valid_to: date,
    *,
    now: datetime,
) -> None:
    if not organisation.is_company:
        raise Refused(_("供电业务许可证由电力企业持有。"))
    if not number:
        raise Refused(_("请填写许可证编号。"))
    _check_days(issued_on, valid_from, valid_to, now=now)
    known = Licence.objects.select_related("organisation")
    if known.filter(organisation=organisation, valid_from=valid_from).exists():
        raise Conflict(_("该单位自同一日起的许可证已经登记。"))
    for one in known.filter(organisation=organisation, valid_from__lte=valid_to):
        if one.valid_to >= valid_from:
            words = {"number": one.number, "from": one.valid_from, "to": one.valid_to}
            raise Refused(_("与%(number)s（%(from)s至%(to)s）的有效期重叠。") % words)
    other = known.filter(number=number).exclude(organisation=organisation).first()
    if other is not None:
        words = {"number": number, "unit": other.organisation}
        raise Refused(_("编号%(number)s已登记为%(unit)s的许可证，请核对。") % words)


def _check_days(issued_on: date, valid_from: date, valid_to: date, *, now: datetime) -> None:
    for day in (issued_on, valid_from, valid_to):
        if why_not := asked.outside(day):
            raise Refused(why_not)
    if issued_on > clock.day_of(now):
        raise Refused(_("发证日期不能晚于今天。"))
    if valid_to < valid_from:
        raise Refused(_("有效期截止日不能早于起始日。"))


def show_licence_in_force(organisation: Organisation, *, now: datetime) -> None:
    """The number that lists and forms show is that of the licence in force."""
    found = Licence.objects.in_force(on=clock.day_of(now)).filter(organisation=organisation)
    number = found.values_list("number", flat=True).first()
    if number:
        Organisation.objects.filter(pk=organisation.pk).update(licence_number=number)
