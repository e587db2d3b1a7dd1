"""Letters about filings: receipt and arrival, copy, deficiency, acceptance, sent back inside.

Each goes to the organisation's mailbox and, as a notice, to the people who act. No telephone and no
name of a leading-group member ever stands in a letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.people import people_of
from core import clock, sla
from core.letters import Letters, to_unit
from reporting import parts

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import Filing, FilingCopy, FilingVersion, Receipt, Review


def chinese_time(instant: datetime) -> str:
    """2011年11月25日 16时05分 in Asia/Shanghai."""
    local = instant.astimezone(clock.ZONE)
    return _("%(year)d年%(month)d月%(day)d日 %(hour)02d时%(minute)02d分") % {
        "year": local.year,
        "month": local.month,
        "day": local.day,
        "hour": local.hour,
        "minute": local.minute,
    }


def _words(version: FilingVersion) -> dict[str, Any]:
    filing = version.filing
    return {
        "campaign": filing.duty.definition.campaign.name,
        "title": filing.duty.definition.title,
        "organisation": filing.organisation.name,
        "recipient": filing.recipient.name,
        "version": version.number,
    }


def _filers(version: FilingVersion) -> list[User | None]:
    return [version.drafted_by, version.certified_by, version.filing.duty.responsible_person]


def _reviewers(filing: Filing, *, now: datetime) -> list[User]:
    on = clock.day_of(now)
    return people_of(filing.recipient, Permission.FILING_REVIEW, on=on)


def filing_url(filing: Filing) -> str:
    return reverse("reporting:filing", args=[filing.pk])


def filed(
    version: FilingVersion, receipt: Receipt, copies: Sequence[FilingCopy], *, now: datetime
) -> Letters:
    """The receipt to the company, word of the arrival to the recipient, the copies."""
    words = {
        **_words(version),
        "number": receipt.number,
        "time": chinese_time(receipt.issued_at),
        "digest": receipt.digest,
        "code": receipt.verify_code,
        "late": _("（逾期报送）") if version.is_late else "",
    }
    filing = version.filing
    posts = to_unit(
        key=f"filing-receipt-{receipt.pk}",
        kind="filing.receipt",
        to=filing.organisation,
        people=_filers(version),
        subject=_("报送回执 %(number)s：%(title)s") % words,
        body=_(
            "你单位报送的“%(title)s”第%(version)d版已于%(time)s送达%(recipient)s%(late)s。\n"
            "回执编号：%(number)s\n内容摘要（SHA-256）：%(digest)s\n核验码：%(code)s"
        )
        % words,
        url=reverse("reporting:receipt", args=[version.pk]),
    )
    posts += to_unit(
        key=f"filing-arrival-{receipt.pk}",
        kind="filing.arrival",
        to=filing.recipient,
        people=_reviewers(filing, now=now),
        subject=_("收到报送 %(number)s：%(organisation)s %(title)s") % words,
        body=_(
            "%(organisation)s报送的“%(title)s”第%(version)d版已于%(time)s送达%(late)s，请及时接收、审核。"
        )
        % words,
        url=filing_url(filing),
    )
    for copy in copies:
        on = clock.day_of(now)
        posts += to_unit(
            key=f"filing-copy-{receipt.pk}-{copy.organisation.code}",
            kind="filing.copy",
            to=copy.organisation,
            people=people_of(copy.organisation, Permission.FILING_REVIEW, on=on),
            subject=_("抄送 %(number)s：%(organisation)s %(title)s") % words,
            body=_(
                "%(organisation)s向%(recipient)s报送的“%(title)s”第%(version)d版"
                "已于%(time)s抄送你局%(late)s。"
            )
            % words,
            url=filing_url(filing),
        )
    return posts


def returned(version: FilingVersion, review: Review, *, now: datetime) -> Letters:
    """The deficiency letter: each part, what is wrong, the rule, and until when, explained."""
    titles = {part.code: part.title for part in parts.of_version(version)}
    items = "\n".join(
        _("%(number)d. %(part)s：%(problem)s（依据：%(rule)s）")
        % {
            "number": number,
            "part": titles.get(item["part"], item["part"]),
            "problem": item["problem"],
            "rule": item["rule"],
        }
        for number, item in enumerate(review.deficient, start=1)
    )
    why = "\n".join(
        "　".join(filter(None, (line["text"], line["value"], line["source"])))
        for line in sla.shown(review.new_due_explanation)
    )
    assert review.new_due_at is not None
    words = {
        **_words(version),
        "items": items,
        "due": chinese_time(review.new_due_at),
        "why": why,
        "comment": review.comment,
    }
    body = (
        _(
            "你单位报送的“%(title)s”第%(version)d版经审核需要补正：\n%(items)s\n"
            "请于%(due)s前补正重报。\n期限计算：\n%(why)s"
        )
        % words
    )
    if review.comment:
        body += "\n" + _("审核意见：%(comment)s") % words
    return to_unit(
        key=f"filing-returned-{review.pk}",
        kind="filing.returned",
        to=version.filing.organisation,
        people=_filers(version),
        subject=_("退回补正：%(title)s") % words,
        body=body,
        url=filing_url(version.filing),
    )


def accepted(version: FilingVersion, review: Review, *, now: datetime) -> Letters:
    words = {**_words(version), "time": chinese_time(review.at), "comment": review.comment}
    body = _("你单位报送的“%(title)s”第%(version)d版已于%(time)s审核通过。") % words
    if review.comment:
        body += "\n" + _("审核意见：%(comment)s") % words
    return to_unit(
        key=f"filing-accepted-{review.pk}",
        kind="filing.accepted",
        to=version.filing.organisation,
        people=_filers(version),
        subject=_("审核通过：%(title)s") % words,
        body=body,
        url=filing_url(version.filing),
    )


def requested(version: FilingVersion, *, now: datetime) -> Letters:
    """Inside the company: a filing waits for the second pair of eyes; notices only."""
    words = {**_words(version), "due": chinese_time(version.filing.duty.due_at)}
    on = clock.day_of(now)
    return [
        {
            "key": f"filing-requested-{version.pk}-{now:%Y%m%d%H%M%S%f}-{person.pk}",
            "channel": "notice",
            "kind": "filing.requested",
            "recipient": person,
            "organisation": version.filing.organisation,
            "subject": _("等待复核认证：%(title)s") % words,
            "body": _("“%(title)s”已填报完毕，请在%(due)s前复核认证并报送。") % words,
            "url": reverse("reporting:filing_certify", args=[version.filing_id]),
        }
        for person in people_of(version.filing.organisation, Permission.FILING_CERTIFY, on=on)
        if person.pk not in version.editors
    ]


def sent_back(version: FilingVersion, *, by: User, now: datetime) -> Letters:
    """Inside the company: the certifier wants something mended first; a notice only."""
    words = {**_words(version), "by": by.name, "reason": version.sent_back_reason}
    return [
        {
            "key": f"filing-sent-back-{version.pk}-{now:%Y%m%d%H%M%S%f}",
            "channel": "notice",
            "kind": "filing.sent_back",
            "recipient": version.drafted_by,
            "organisation": version.filing.organisation,
            "subject": _("复核退回：%(title)s") % words,
            "body": _("%(by)s复核“%(title)s”后退回修改，理由：%(reason)s") % words,
            "url": reverse("reporting:filing_edit", args=[version.filing_id]),
        }
    ]
