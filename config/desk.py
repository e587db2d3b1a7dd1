"""The home page: every app's work items for the person who looks."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from core import clock, pages, policy, workitems
from core.components import Stat

NOTES = {
    "overdue": _("须立即办理"),
    "due_today": _("今日 24 时前"),
    "mine": _("轮到我办理"),
    "others": _("等待对方办理"),
    "new": _("尚未查看"),
}
# So many of each group stand on the desk; the rest is one click away.
AT_MOST = 12
TONES = {"overdue": "late", "due_today": "near"}
ICONS = {
    "overdue": "alert-triangle",
    "due_today": "clock-hour-4",
    "mine": "inbox",
    "others": "hourglass",
    "new": "mail",
}


@policy.signed_in
def desk(request: HttpRequest) -> HttpResponse:
    """What is due, overdue, waiting and new; ``?group=`` keeps one group only."""
    now = clock.now()
    items = workitems.collect(request.user, now=now)
    chosen = request.GET.get("group", "")
    chosen = chosen if chosen in workitems.GROUPS else ""
    groups = [
        (key, label, [item for item in items if item.group == key])
        for key, label in workitems.GROUPS.items()
    ]
    stats = [
        Stat(
            label=label,
            value=len(rows),
            url=f"?group={key}",
            note=NOTES[key],
            tone=TONES.get(key, "") if rows else "",
            icon=ICONS[key],
            current=key == chosen,
        )
        for key, label, rows in groups
    ]
    context = {
        "greeting": greeting(now),
        "stats": stats,
        "groups": [
            # All groups side by side stay in sight; a chosen one is shown whole.
            {"key": key, "label": label, "rows": rows, "shown": rows if chosen else rows[:AT_MOST]}
            for key, label, rows in groups
            if rows and chosen in ("", key)
        ],
        "chosen": chosen,
        "chosen_label": workitems.GROUPS.get(chosen, ""),
        "todo": sum(len(rows) for key, _label, rows in groups if key in URGENT),
        "total": len(items),
        "panels": workitems.panels(request.user, now=now),
    }
    return pages.render(request, "config/desk.html", context=context)


URGENT = ("overdue", "due_today", "mine")


def greeting(now: datetime) -> str:
    """Good morning, afternoon or evening by the clock in Asia/Shanghai."""
    hour = now.astimezone(clock.ZONE).hour
    if 5 <= hour < 12:
        return _("上午好")
    return _("下午好") if 12 <= hour < 18 else _("晚上好")
