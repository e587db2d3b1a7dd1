"""Letters about hazards and patrols: numbers, kinds, grids and days, never places or persons'
particulars."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from accounts.permissions import Permission
from accounts.staff import people_of
from core import clock, outbox
from core.letters import in_words_of
from grids.register_letters import responsible

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from grids.models import Hazard, PatrolPlan

# What happened → heading and text. Words: see ``_words``.
TEXTS = {
    "report": (
        gettext_noop("待定级：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(reporter)s上报了%(grid)s的隐患（%(kind)s），请定级并派单。"),
    ),
    "grade": (
        gettext_noop("请认领：%(grade)s隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的%(grade)s隐患（%(kind)s）由您负责治理，期限%(due)s。"),
    ),
    "decline": (
        gettext_noop("退回改派：隐患%(number)s"),
        gettext_noop("%(grid)s的隐患（%(kind)s）被责任人退回：%(text)s"),
    ),
    "rectify": (
        gettext_noop("待核验：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的隐患（%(kind)s）已报告治理完成，请核验。"),
    ),
    "verify": (
        gettext_noop("待销号：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的隐患（%(kind)s）核验通过，请销号。"),
    ),
    "return": (
        gettext_noop("退回治理：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的隐患（%(kind)s）核验不通过：%(text)s"),
    ),
    "close": (
        gettext_noop("已销号：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的隐患（%(kind)s）已经治理、核验并销号。"),
    ),
    "dismiss": (
        gettext_noop("不予列入：隐患%(number)s"),
        gettext_noop("%(grid)s上报的情况不予列入隐患：%(text)s"),
    ),
    "extend": (
        gettext_noop("延期：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的隐患（%(kind)s）治理期限延至%(due)s：%(text)s"),
    ),
    "remind": (
        gettext_noop("即将到期：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的%(grade)s隐患（%(kind)s）将于%(due)s到期，请抓紧治理。"),
    ),
    "overdue": (
        gettext_noop("逾期未治理：隐患%(number)s（%(kind)s）"),
        gettext_noop("%(grid)s的%(grade)s隐患（%(kind)s）已于%(due)s到期，尚未治理完成。"),
    ),
}
PLAN_TEXTS = {
    "propose": (
        gettext_noop("请确认联合排查计划：%(title)s"),
        gettext_noop("%(side)s编制了联合排查计划“%(title)s”（%(days)s），请确认。"),
    ),
    "agree": (
        gettext_noop("联合排查计划已确认：%(title)s"),
        gettext_noop("联合排查计划“%(title)s”（%(days)s）双方已确认，共%(count)d次。"),
    ),
    "decline": (
        gettext_noop("联合排查计划未同意：%(title)s"),
        gettext_noop("对方未同意联合排查计划“%(title)s”：%(text)s"),
    ),
    "sign": (
        gettext_noop("请确认联合排查记录：%(place)s"),
        gettext_noop("%(side)s填写了“%(title)s”%(place)s的排查记录，请确认。"),
    ),
    "overdue": (
        gettext_noop("逾期未开展：%(title)s"),
        gettext_noop("“%(title)s”有%(count)d次排查、巡视已过应完成日期，请尽快开展。"),
    ),
}


def tell(
    hazard: Hazard,
    what: str,
    people: Iterable[User],
    *,
    occasion: int | str,
    text: str = "",
    mail: bool = False,
    now: datetime,
) -> None:
    """One notice for each person; ``mail``: also to the mailbox of the company's unit."""
    url = reverse("grids:hazard", args=[hazard.pk])
    given = {
        "kind": f"hazard.{what}",
        "key": f"hazard-{hazard.pk}-{what}-{occasion}",
        "url": url,
        "organisation": hazard.organisation,
        "now": now,
    }
    _post(people, TEXTS[what], lambda: _words(hazard, text), mail=mail, **given)


def tell_of_plan(
    plan: PatrolPlan,
    what: str,
    people: Iterable[User],
    *,
    occasion: int | str,
    url: str,
    to: Organisation,
    now: datetime,
    **words: Any,
) -> None:
    given = {
        "kind": f"patrol.{what}",
        "key": f"patrol-{plan.pk}-{what}-{occasion}",
        "url": url,
        "organisation": to,
        "now": now,
    }
    days = f"{plan.starts_on}—{plan.ends_on}"
    _post(people, PLAN_TEXTS[what], lambda: {"title": plan.title, "days": days, **words}, **given)


def _post(
    people: Iterable[User],
    texts: tuple[str, str],
    words: Any,
    *,
    key: str,
    mail: bool = False,
    **given: Any,
) -> None:
    subject, body = texts
    for one in {one.pk: one for one in people}.values():
        with in_words_of(one):
            said = words()
            outbox.post(
                key=f"{key}:{one.pk}",
                channel="notice",
                recipient=one,
                subject=gettext(subject) % said,
                body=gettext(body) % said,
                **given,
            )
    to = given["organisation"]
    if mail and to.email:
        said = words()
        link = gettext("请登录平台办理：%(link)s") % {"link": settings.SITE_URL + given["url"]}
        outbox.post(
            key=f"{key}:mail",
            channel="mail",
            to=[to.email],
            subject=gettext(subject) % said,
            body=f"{gettext(body) % said}\n\n{link}\n",
            **given,
        )


def _words(hazard: Hazard, text: str) -> dict[str, Any]:
    due = hazard.due_at
    return {
        "number": hazard.number,
        "kind": hazard.kind.title,
        "grade": hazard.grade.title if hazard.grade else "",
        "grid": hazard.grid or hazard.organisation,
        "reporter": hazard.department
        if hazard.side == "government" and hazard.department
        else hazard.organisation,
        "due": clock.written(due) if due else "—",
        "text": text,
    }


def managers(organisation: Organisation, *, now: datetime) -> list[User]:
    """Who grades and gives hazards to owners in a unit, or in the nearest unit above."""
    return responsible(organisation, Permission.HAZARD_MANAGE, now=now)


def officers(department: Organisation | None, *, on: date) -> list[User]:
    """Who handles hazards in a department of the government."""
    return people_of(department, Permission.HAZARD_HANDLE, on=on) if department else []
