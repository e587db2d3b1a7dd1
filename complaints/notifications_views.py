"""Letters to subscribers of saved views: counts and links only.

Neither the name of a view nor its conditions stand in them: both are a person's own words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from complaints.models import SavedView, ViewSubscription


def counted(subscription: ViewSubscription, n: int, *, occasion: str) -> dict[str, Any]:
    """How many cases the view has now, and had the last time."""
    view = subscription.view
    url = reverse("complaints:saved_view", args=[view.pk])
    words = {
        "page": view.get_page_display(),
        "view": view.pk,
        "n": n,
        "before": subscription.last_count or 0,
        "link": settings.SITE_URL + url,
        "manage": settings.SITE_URL + reverse("complaints:saved_views"),
    }
    body = _(
        "您好：\n\n您订阅的%(page)s视图（%(view)d号）现有%(n)d件诉求，上次为%(before)d件。\n\n"
        "打开视图：%(link)s\n管理订阅：%(manage)s\n"
    )
    if subscription.last_count is None:
        body = _(
            "您好：\n\n您订阅的%(page)s视图（%(view)d号）现有%(n)d件诉求。\n\n"
            "打开视图：%(link)s\n管理订阅：%(manage)s\n"
        )
    return {
        "key": f"case-view:{subscription.pk}:{occasion}",
        "channel": "mail",
        "kind": "case.view_count",
        "to": [subscription.user.email],
        "recipient": subscription.user,
        "subject": _("%(page)s视图（%(view)d号）：%(n)d件") % words,
        "body": body % words,
        "organisation": view.organisation,
        "url": url,
    }


def handed_on(view: SavedView) -> dict[str, Any]:
    """To whoever leads the office: a view that is shared there is theirs now."""
    words = {"page": view.get_page_display(), "view": view.pk}
    return {
        "key": f"case-view:{view.pk}:handed:{view.owner_id}",
        "channel": "notice",
        "kind": "case.view_handed",
        "recipient": view.owner,
        "subject": _("%(page)s视图（%(view)d号）已移交给您") % words,
        "body": _("保存人已经离开本单位，该共享视图由您修改、删除。"),
        "organisation": view.organisation,
        "url": reverse("complaints:saved_views"),
    }


def not_sent(subscription: ViewSubscription, reason: str, *, occasion: str) -> dict[str, Any]:
    """The notice: nothing went out, and why."""
    words = {"page": subscription.view.get_page_display(), "view": subscription.view_id}
    return {
        "key": f"case-view:{subscription.pk}:{occasion}:failed",
        "channel": "notice",
        "kind": "case.view_failed",
        "recipient": subscription.user,
        "subject": _("%(page)s视图（%(view)d号）的订阅没有发送") % words,
        "body": reason,
        "organisation": subscription.view.organisation,
        "url": reverse("complaints:saved_views"),
    }
