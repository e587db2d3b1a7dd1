"""Checks of service: entered by the office that made them, told to the unit, taken back.

Source: campaign plan 三(一)3 (S1-3.1.3c).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import works_for
from accounts.staff import people_of
from core import arithmetic, audit, clock, masking, outbox
from core.errors import Conflict, Refused
from core.letters import to_unit
from reporting.models import ServiceCheck, ServiceStandard

if TYPE_CHECKING:
    from accounts.models import User


def refusal(organisation: Organisation, office: Organisation, *, by: User) -> str:
    """Why a person may not enter a check of a unit for an office; empty when they may."""
    manage = Permission.INDICATOR_MANAGE
    if not office.is_regulator or not works_for(by, manage, office):
        return _("规范服务检查由监管机构登记。")
    if not organisation.is_company or not by.may(manage, organisation):
        return _("该单位不在您的辖区。")
    return ""


@transaction.atomic
def enter(
    *,
    organisation: Organisation,
    office: Organisation,
    place: str,
    manner: str,
    checked_on: date,
    points: Mapping[str, int],
    remarks: str = "",
    by: User,
    now: datetime,
) -> ServiceCheck:
    """Write down what a visit found; the unit is told. Raises ``Refused``, ``Conflict``.

    ``points``: by item; one that did not apply is left out and counts in neither sum.
    """
    if why_not := refusal(organisation, office, by=by):
        raise Refused(why_not)
    if checked_on > clock.day_of(now):
        raise Refused(_("检查日期不能晚于今天。"))
    if (standard := ServiceStandard.objects.on(checked_on)) is None:
        raise Refused(_("检查当日没有启用的检查表。"))
    got, possible = summed(standard, points)
    place = place.strip()[:80]
    # One office enters at a time: the same window once a day.
    Organisation.objects.select_for_update(of=("self",), no_key=True).get(pk=organisation.pk)
    standing = ServiceCheck.objects.filter(withdrawn_at__isnull=True)
    if standing.filter(organisation=organisation, place=place, checked_on=checked_on).exists():
        raise Conflict(_("该窗口当日的检查已经登记。"))
    made = ServiceCheck.objects.create(
        organisation=organisation,
        office=office,
        standard=standard,
        place=place,
        manner=manner,
        checked_on=checked_on,
        points=dict(points),
        remarks=masking.mask_text(remarks.strip())[:500],
        got=got,
        possible=possible,
        up_to_standard=got * 100 >= standard.passed_from * possible,
        created_by=by,
        created_at=now,
    )
    audit.record("servicecheck.enter", made, by=by, now=now, organisation=organisation)
    _tell(made, now=now)
    return made


def summed(standard: ServiceStandard, points: Mapping[str, int]) -> tuple[int, int]:
    """Points that were given and those that were possible. Raises ``Refused``."""
    if not points or not points.keys() <= standard.points.keys():
        raise Refused(_("请按检查表逐项打分。"))
    for code, given in points.items():
        if not 0 <= given <= standard.points[code]:
            raise Refused(_("得分不能超过该项分值。"))
    return sum(points.values()), sum(standard.points[code] for code in points)


def _tell(check: ServiceCheck, *, now: datetime) -> None:
    words = {
        "office": check.office.name,
        "place": check.place,
        "day": check.checked_on.isoformat(),
        "score": arithmetic.printed(check.score),
        "remarks": check.remarks,
    }
    body = _("%(office)s于%(day)s检查%(place)s规范服务情况，得分%(score)s。") % words
    if check.remarks:
        body += "\n" + _("发现的问题：%(remarks)s") % words
    on = clock.day_of(now)
    posts = to_unit(
        key=f"service-check-{check.pk}",
        kind="servicecheck.result",
        to=check.organisation,
        people=people_of(check.organisation, Permission.INDICATOR_ANSWER, on=on),
        subject=_("规范服务检查结果：%(place)s") % words,
        body=body,
        url=reverse("reporting:service_check", args=[check.pk]),
    )
    outbox.post_all(posts, now=now)


@transaction.atomic
def withdraw(check: ServiceCheck, *, reason: str, by: User, now: datetime) -> ServiceCheck:
    """Take back what was entered wrongly: it stays in the record and counts no more."""
    check = ServiceCheck.objects.select_for_update(of=("self",)).get(pk=check.pk)
    if why_not := refusal(check.organisation, check.office, by=by):
        raise Refused(why_not)
    if check.withdrawn_at is not None:
        raise Refused(_("该检查已经撤销。"))
    if not reason.strip():
        raise Refused(_("请写明原因。"))
    check.withdrawn_at, check.withdrawn_reason = now, reason.strip()[:200]
    check.save(update_fields=["withdrawn_at", "withdrawn_reason"])
    audit.record(
        "servicecheck.withdraw",
        check,
        by=by,
        now=now,
        organisation=check.organisation,
        reason=check.withdrawn_reason,
    )
    return check
