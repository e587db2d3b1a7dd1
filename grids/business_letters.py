"""Letters about business passed on: numbers, kinds and dates only, never personal data."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.staff import people_of
from core import clock
from core.letters import Letters, to_unit

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from grids.models import BusinessRequest, BusinessStep


def _letters(
    request: BusinessRequest,
    *,
    key: str,
    to: Organisation,
    people: Iterable[User],
    subject: str,
    body: str,
) -> Letters:
    return to_unit(
        key=f"business-{request.pk}-{key}-{to.pk}",
        kind=f"business.{key.partition(':')[0]}",
        to=to,
        people=people,
        subject=subject,
        body=body,
        url=reverse("grids:business", args=[request.pk]),
    )


def _words(request: BusinessRequest, **more: Any) -> dict[str, Any]:
    return {
        "number": request.number,
        "type": request.type.title,
        "source": request.source,
        "unit": request.organisation,
        "due": _instant(request.due_at),
        **more,
    }


def _instant(moment: datetime | None) -> str:
    return clock.written(moment) if moment else "—"


def _at_company(request: BusinessRequest, *, now: datetime) -> dict[str, Any]:
    """The unit, and who handles the request or could."""
    people = people_of(request.organisation, Permission.BUSINESS_HANDLE, on=clock.day_of(now))
    mine = [one for one in people if request.handler_id in (None, one.pk)]
    return {"to": request.organisation, "people": mine}


def _at_grid(request: BusinessRequest, *, now: datetime) -> dict[str, Any]:
    """The grid, and the officer who passed it on; all of them where a platform did."""
    people = people_of(request.source, Permission.BUSINESS_REQUEST, on=clock.day_of(now))
    mine = [one for one in people if request.officer_id in (None, one.pk)]
    return {"to": request.source, "people": mine or people}


def passed_on(request: BusinessRequest, *, now: datetime) -> Letters:
    """To the company: something to take in hand."""
    words = _words(request)
    return _letters(
        request,
        key="pass_on",
        **_at_company(request, now=now),
        subject=_("政府网格转办：%(type)s %(number)s") % words,
        body=_("%(source)s转办“%(type)s”（%(number)s），请于%(due)s前受理。") % words,
    )


def taken(request: BusinessRequest, *, now: datetime) -> Letters:
    """To the officer: who has it in hand, and until when the next step lasts."""
    words = _words(request, person=request.handler or request.organisation)
    return _letters(
        request,
        key="take",
        **_at_grid(request, now=now),
        subject=_("已受理：%(type)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）已由%(unit)s受理，承办人%(person)s，当前环节时限%(due)s。")
        % words,
    )


def materials_missing(request: BusinessRequest, titles: str, *, now: datetime) -> Letters:
    """To the officer: everything that the customer has to bring, once."""
    words = _words(request, titles=titles)
    return _letters(
        request,
        key="notify",
        **_at_grid(request, now=now),
        subject=_("一次性告知应补材料：%(number)s") % words,
        body=_("“%(type)s”（%(number)s）须补充以下全部材料：%(titles)s。请告知客户。") % words,
    )


def materials_complete(request: BusinessRequest, *, now: datetime) -> Letters:
    """To the company: the clock runs on."""
    words = _words(request)
    return _letters(
        request,
        key="materials",
        **_at_company(request, now=now),
        subject=_("材料已收齐：%(number)s") % words,
        body=_("“%(type)s”（%(number)s）材料已收齐，当前环节时限%(due)s。") % words,
    )


def to_sign(
    request: BusinessRequest, step: BusinessStep, *, to: Organisation, now: datetime
) -> Letters:
    """To one side of a joint step: it has not signed yet."""
    words = _words(request, step=step.title)
    return _letters(
        request,
        key=f"sign:{step.pk}",
        to=to,
        people=people_of(to, Permission.BUSINESS_SIGN, on=clock.day_of(now)),
        subject=_("请会签：%(step)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）的“%(step)s”请于%(due)s前会签。") % words,
    )


def objected(
    request: BusinessRequest,
    step: BusinessStep,
    reason: str,
    *,
    to: Organisation,
    place: int,
    now: datetime,
) -> Letters:
    """To the other side of a joint step."""
    words = _words(request, step=step.title, reason=reason)
    return _letters(
        request,
        key=f"object:{place}",
        to=to,
        people=people_of(to, Permission.BUSINESS_SIGN, on=clock.day_of(now)),
        subject=_("会签不同意：%(step)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）的“%(step)s”对方不同意：%(reason)s") % words,
    )


def handed_over(request: BusinessRequest, *, now: datetime) -> Letters:
    """To the unit that goes on with it."""
    words = _words(request, count=request.handovers)
    return _letters(
        request,
        key=f"hand_over:{request.handovers}",
        **_at_company(request, now=now),
        subject=_("内部移交：%(type)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）移交你单位办理，当前环节时限%(due)s。") % words,
    )


def returned(request: BusinessRequest, reason: str, *, now: datetime) -> Letters:
    """To the officer: it was given back, and why."""
    words = _words(request, reason=reason)
    return _letters(
        request,
        key="return",
        **_at_grid(request, now=now),
        subject=_("退回：%(type)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）已由%(unit)s退回：%(reason)s") % words,
    )


def withdrawn(request: BusinessRequest, reason: str, *, now: datetime) -> Letters:
    """To the company: nothing more to do."""
    words = _words(request, reason=reason)
    return _letters(
        request,
        key="withdraw",
        **_at_company(request, now=now),
        subject=_("撤回：%(type)s %(number)s") % words,
        body=_("“%(type)s”（%(number)s）已由%(source)s撤回：%(reason)s") % words,
    )


def finished(request: BusinessRequest, *, now: datetime) -> Letters:
    """The return message to the officer: what was done, how long it took, what it cost."""
    paid = (request.fee or 0) - (request.reduction or 0)
    words = _words(request, result=request.result, days=request.days, paid=f"{paid:.2f}")
    return _letters(
        request,
        key="finish",
        **_at_grid(request, now=now),
        subject=_("办结回告：%(type)s %(number)s") % words,
        body=_(
            "“%(type)s”（%(number)s）已办结：%(result)s\n"
            "全程%(days)d个工作日，客户实缴%(paid)s元。请告知客户，并登记客户评价。"
        )
        % words,
    )
