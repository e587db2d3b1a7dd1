"""Letters about stage reports: sent reports with their files, subscriptions, and their failure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from accounts.models import Organisation, User
    from core.models import StoredFile
    from reporting.models import StageReport, Subscription


def sent(report: StageReport, to: Organisation, stored: Sequence[StoredFile]) -> dict[str, Any]:
    """The issued report by mail to an office."""
    words = {
        "name": to.name,
        "title": report.title,
        "number": report.document_number,
        "issuer": report.organisation.name,
        "link": settings.SITE_URL + reverse("reporting:report", args=[report.pk]),
    }
    body = _(
        "%(name)s：\n\n%(issuer)s印发《%(title)s》（%(number)s），正文和附表见附件。\n\n平台链接：%(link)s\n"
    )
    return {
        "key": f"report:{report.pk}:sent:{to.pk}",
        "channel": "mail",
        "kind": "report.sent",
        "to": [to.email],
        "subject": _("%(number)s %(title)s") % words,
        "body": body % words,
        "attachments": [one.pk for one in stored],
        "organisation": to,
        "url": reverse("reporting:report", args=[report.pk]),
    }


def arrived(report: StageReport, to: Organisation, person: User) -> dict[str, Any]:
    """The notice beside the mail for each person of the office who reads reports."""
    words = {"title": report.title, "number": report.document_number}
    return {
        "key": f"report:{report.pk}:sent:{to.pk}:{person.pk}",
        "channel": "notice",
        "kind": "report.sent",
        "recipient": person,
        "subject": _("收到《%(title)s》（%(number)s）") % words,
        "organisation": to,
        "url": reverse("reporting:report", args=[report.pk]),
    }


def subscribed_key(subscription: Subscription, *, occasion: str, address: str) -> str:
    return f"subscription:{subscription.pk}:{occasion}:{address}"[:200]


def subscribed(
    subscription: Subscription,
    *,
    occasion: str,
    address: str,
    title: str,
    as_of: str,
    stored: Sequence[StoredFile],
) -> dict[str, Any]:
    """One subscription to one address, with all its files."""
    words = {
        "subscription": subscription.title,
        "title": title,
        "as_of": as_of,
        "issuer": subscription.organisation.name,
        "link": settings.SITE_URL + reverse("reporting:subscriptions"),
    }
    body = _(
        "您好：\n\n《%(title)s》（数据截至%(as_of)s）见附件。\n\n"
        "本邮件由%(issuer)s的订阅“%(subscription)s”按时发送。管理订阅：%(link)s\n"
    )
    return {
        "key": subscribed_key(subscription, occasion=occasion, address=address),
        "channel": "mail",
        "kind": "report.subscription",
        "to": [address],
        "subject": _("%(subscription)s（截至%(as_of)s）") % words,
        "body": body % words,
        "attachments": [one.pk for one in stored],
        "organisation": subscription.organisation,
    }


def not_sent(subscription: Subscription, to: User, *, occasion: str, reason: str) -> dict[str, Any]:
    """The notice to whoever keeps the subscription: nothing went out, and why."""
    words = {"subscription": subscription.title, "reason": reason}
    whose = "" if to.pk == subscription.created_by_id else f":{to.pk}"
    return {
        "key": f"subscription:{subscription.pk}:{occasion}:failed{whose}",
        "channel": "notice",
        "kind": "report.subscription_failed",
        "recipient": to,
        "subject": _("订阅“%(subscription)s”没有发送") % words,
        "body": _("原因：%(reason)s") % words,
        "organisation": subscription.organisation,
        "url": reverse("reporting:subscriptions"),
    }
