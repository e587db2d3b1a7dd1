"""The wording of letters: an object in, letters ready for ``outbox.post`` out.

Each occasion goes out twice: by mail, and as a notice inside the portal; a person without an
address still gets the notice.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.models import Duty
from core import clock

Letters = list[dict[str, Any]]


def chinese_date(instant: datetime) -> str:
    """2011年11月25日, in Asia/Shanghai."""
    day = instant.astimezone(clock.ZONE).date()
    return _("%(year)d年%(month)d月%(day)d日") % {
        "year": day.year,
        "month": day.month,
        "day": day.day,
    }


def letters(*, key: str, kind: str, to: User, subject: str, body: str, url: str) -> Letters:
    """The mail and the notice of one occasion, with keys that tell them apart."""
    link = settings.SITE_URL + url
    common = {"kind": kind, "recipient": to, "subject": subject, "url": url}
    posts: Letters = [
        {**common, "key": f"{key}:notice", "channel": "notice", "to": [], "body": body}
    ]
    if to.email:
        closing = _("请登录平台办理：%(link)s") % {"link": link}
        text = f"{_('%(name)s同志：') % {'name': to.name}}\n\n{body}\n\n{closing}\n"
        posts.append(
            {**common, "key": f"{key}:mail", "channel": "mail", "to": [to.email], "body": text}
        )
    return posts


def duty_url(duty: Duty) -> str:
    return reverse("campaign:duty", args=[duty.pk])


def assigned(duty: Duty, to: User, *, now: datetime) -> Letters:
    return letters(
        key=f"duty-{duty.pk}-assigned-{to.pk}-{now:%Y%m%d%H%M%S}",
        kind="duty.assigned",
        to=to,
        subject=_("请您负责：%(title)s") % {"title": duty.definition.title},
        body=_(
            "%(campaign)s中，%(organisation)s的“%(title)s”由您负责，请于%(due)s前完成并报送%(recipient)s。"
        )
        % _words(duty),
        url=duty_url(duty),
    )


def extended(duty: Duty, to: User, *, now: datetime) -> Letters:
    return letters(
        key=f"duty-{duty.pk}-extended-{to.pk}-{duty.due_at:%Y%m%d}",
        kind="duty.extended",
        to=to,
        subject=_("同意延期：%(title)s") % {"title": duty.definition.title},
        body=_(
            "经研究，同意%(organisation)s将“%(title)s”的完成时限延至%(due)s。请抓紧落实，按期报送。"
        )
        % _words(duty),
        url=duty_url(duty),
    )


def exempted(duty: Duty, to: User, *, now: datetime) -> Letters:
    return letters(
        key=f"duty-{duty.pk}-exempted-{to.pk}",
        kind="duty.exempted",
        to=to,
        subject=_("同意免报：%(title)s") % {"title": duty.definition.title},
        body=_("经研究，同意%(organisation)s免报“%(title)s”。") % _words(duty),
        url=duty_url(duty),
    )


def withdrawn(duty: Duty, to: User, *, now: datetime) -> Letters:
    return letters(
        key=f"duty-{duty.pk}-withdrawn-{to.pk}",
        kind="duty.withdrawn",
        to=to,
        subject=_("任务撤销：%(title)s") % {"title": duty.definition.title},
        body=_("%(organisation)s的“%(title)s”已撤销，无需继续办理。") % _words(duty),
        url=duty_url(duty),
    )


def _words(duty: Duty) -> dict[str, str]:
    return {
        "campaign": duty.definition.campaign.name,
        "organisation": duty.organisation.name,
        "recipient": duty.recipient.name,
        "title": duty.definition.title,
        "due": chinese_date(duty.due_at),
    }
