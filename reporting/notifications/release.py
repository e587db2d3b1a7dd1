"""What people of the office are told of indicator values that are to become public."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.staff import people_of
from core import clock

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.models import IndicatorRelease


def readers(release: IndicatorRelease, *, now: datetime) -> list[User]:
    """Those who may put it out: of the office, but not who laid it together."""
    found = people_of(release.office, Permission.INDICATOR_MANAGE, on=clock.day_of(now))
    return [one for one in found if one.pk != release.prepared_by_id]


def asked(release: IndicatorRelease, person: User) -> dict[str, Any]:
    words = {
        "period": release.period.text,
        "count": len(release.values),
        "who": release.prepared_by.name,
    }
    if release.is_recall:
        subject = _("%(period)s指标值待撤回公开")
        body = _("%(who)s提请撤回公开%(count)d项指标值，请核对后办理。")
    else:
        subject = _("%(period)s指标值待公开")
        body = _("%(who)s提请公开%(count)d项指标值，请核对后办理。")
    return {
        "key": f"release:{release.pk}:asked:{person.pk}",
        "channel": "notice",
        "kind": "indicators.asked",
        "recipient": person,
        "subject": subject % words,
        "body": body % words,
        "url": reverse("reporting:indicator_release", args=[release.pk]),
    }


def decided(release: IndicatorRelease) -> dict[str, Any]:
    """To who laid it together: public, or sent back and why."""
    words = {
        "period": release.period.text,
        "count": len(release.values),
        "comment": release.comment,
    }
    published = release.state == release.State.PUBLISHED
    if release.is_recall and published:
        subject, body = _("%(period)s指标值已撤回公开"), _("共%(count)d项。")
    elif release.is_recall:
        subject, body = _("%(period)s指标值不予撤回公开"), _("退回理由：%(comment)s")
    elif published:
        subject, body = _("%(period)s指标值已公开"), _("共%(count)d项。")
    else:
        subject, body = _("%(period)s指标值的公开已退回"), _("退回理由：%(comment)s")
    return {
        "key": f"release:{release.pk}:{release.state}",
        "channel": "notice",
        "kind": f"indicators.{release.state}",
        "recipient": release.prepared_by,
        "subject": subject % words,
        "body": body % words,
        "url": reverse("reporting:indicator_release", args=[release.pk]),
    }
