"""Letters about returns: certification, receipt and arrival, deficiency, acceptance, reminders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.people import people_of
from core import clock
from reporting.notifications.filing import chinese_time
from reporting.returns.periods import Period

if TYPE_CHECKING:
    from accounts.models import Organisation
    from reporting.models import Return, ReturnReview, ReturnVersion

Letters = list[dict[str, Any]]


def url_of(entry: Return) -> str:
    return reverse("reporting:return", args=[entry.pk])


def words(entry: Return) -> dict[str, Any]:
    """What letters say of a return."""
    return {
        "title": entry.form.title,
        "period": Period(entry.period_start, entry.period_end).label,
        "organisation": entry.organisation.name,
        "recipient": entry.recipient.name,
        "due": chinese_time(entry.due_at),
    }


def _letters(
    *,
    key: str,
    kind: str,
    to: Organisation,
    people: Iterable[User],
    subject: str,
    body: str,
    url: str,
    mail: bool = True,
) -> Letters:
    common = {"kind": kind, "subject": subject, "url": url, "organisation": to}
    posts: Letters = [
        {
            **common,
            "key": f"{key}:{person.pk}",
            "channel": "notice",
            "recipient": person,
            "body": body,
        }
        for person in {p.pk: p for p in people}.values()
    ]
    if mail and to.email:
        text = _("%(name)s：\n\n%(body)s\n\n请登录平台办理：%(link)s\n") % {
            "name": to.name,
            "body": body,
            "link": settings.SITE_URL + url,
        }
        posts.append(
            {**common, "key": f"{key}:mail", "channel": "mail", "to": [to.email], "body": text}
        )
    return posts


def _people(unit: Organisation, permission: Permission, *, now: datetime) -> list[User]:
    return people_of(unit, permission, on=now.astimezone(clock.ZONE).date())


def _filers(version: ReturnVersion) -> list[User]:
    return list(User.objects.filter(pk__in=version.editors))


def to_certify(version: ReturnVersion, *, now: datetime) -> Letters:
    """To those who certify: a return waits for them."""
    entry = version.entry
    told = words(entry)
    return _letters(
        key=f"return-certify-{version.pk}-{version.revision}",
        kind="return.certify",
        to=entry.organisation,
        people=_people(entry.organisation, Permission.FILING_CERTIFY, now=now),
        subject=_("待复核认证：%(title)s（%(period)s）") % told,
        body=_("“%(title)s”（%(period)s）已填好，请复核认证后报送，截止时间%(due)s。") % told,
        url=url_of(entry),
        mail=False,
    )


def filed(version: ReturnVersion, *, now: datetime) -> Letters:
    """The receipt to the unit, word of the arrival to whoever reviews."""
    entry = version.entry
    assert version.submitted_at is not None
    told = {
        **words(entry),
        "number": version.receipt_number,
        "time": chinese_time(version.submitted_at),
        "digest": version.digest,
        "version": version.number,
        "late": _("（逾期报送）") if version.is_late else "",
    }
    needed = Permission.FILING_CERTIFY if entry.recipient.is_company else Permission.FILING_REVIEW
    people = [*_filers(version), *([version.certified_by] if version.certified_by else [])]
    receipt = _letters(
        key=f"return-receipt-{version.pk}",
        kind="return.receipt",
        to=entry.organisation,
        people=people,
        subject=_("报送回执 %(number)s：%(title)s（%(period)s）") % told,
        body=_(
            "你单位报送的“%(title)s”（%(period)s）第%(version)d版已于%(time)s送达"
            "%(recipient)s%(late)s。\n回执编号：%(number)s\n内容摘要（SHA-256）：%(digest)s"
        )
        % told,
        url=url_of(entry),
    )
    return receipt + _letters(
        key=f"return-arrival-{version.pk}",
        kind="return.arrival",
        to=entry.recipient,
        people=_people(entry.recipient, needed, now=now),
        subject=_("收到报表：%(organisation)s %(title)s（%(period)s）%(late)s") % told,
        body=_("%(organisation)s报送的“%(title)s”（%(period)s）已送达，请审核。") % told,
        url=url_of(entry),
        mail=False,
    )


def deficiencies(deficient: Sequence[dict[str, str]]) -> str:
    """One numbered line per cell: where, what, under which rule."""
    line = _("%(number)d. 工作表“%(sheet)s”%(cell)s：%(problem)s（依据：%(rule)s）")
    return "\n".join(
        line % {"number": number, **item} for number, item in enumerate(deficient, start=1)
    )


def returned(version: ReturnVersion, review: ReturnReview, *, now: datetime) -> Letters:
    """The deficiency letter: each cell, its rule and the new date."""
    entry = version.entry
    told = {
        **words(entry),
        "version": version.number,
        "list": deficiencies(review.deficient),
        "comment": review.comment,
    }
    body = _(
        "你单位报送的“%(title)s”（%(period)s）第%(version)d版须补正：\n%(list)s\n%(comment)s\n"
        "请于%(due)s前补正后重新报送。"
    )
    return _letters(
        key=f"return-returned-{review.pk}",
        kind="return.returned",
        to=entry.organisation,
        people=_filers(version),
        subject=_("退回补正：%(title)s（%(period)s）") % told,
        body=body % told,
        url=url_of(entry),
    )


def accepted(version: ReturnVersion, review: ReturnReview, *, now: datetime) -> Letters:
    """Word of the acceptance."""
    entry = version.entry
    told = {**words(entry), "version": version.number}
    return _letters(
        key=f"return-accepted-{review.pk}",
        kind="return.accepted",
        to=entry.organisation,
        people=_filers(version),
        subject=_("审核通过：%(title)s（%(period)s）") % told,
        body=_("你单位报送的“%(title)s”（%(period)s）第%(version)d版已审核通过。") % told,
        url=url_of(entry),
        mail=False,
    )


def reminder(person: User, owed: Sequence[Return], *, today: date, now: datetime) -> dict[str, Any]:
    """One notice with all that a person's units still owe."""
    line = _("%(organisation)s “%(title)s”（%(period)s），截止时间%(due)s%(late)s")
    lines = [
        line % {**words(entry), "late": _("，已逾期") if now > entry.due_at else ""}
        for entry in owed
    ]
    return {
        "key": f"return-reminder-{person.pk}-{today:%Y%m%d}",
        "kind": "return.reminder",
        "channel": "notice",
        "recipient": person,
        "subject": _("待报送的定期报表（%(count)d张）") % {"count": len(owed)},
        "body": "\n".join(lines),
        "url": reverse("reporting:return_list"),
        "organisation": owed[0].organisation,
    }
