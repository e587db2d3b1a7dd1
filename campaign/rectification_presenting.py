"""How items of the ledger are shown: lamp and word, the acts on offer, the timeline."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from campaign import rectification_queries as queries
from campaign import rectification_workflow as workflow
from campaign.models import RectificationEntry, RectificationItem
from campaign.rectification_forms import FORMS, ActForm
from campaign.rectification_workflow import ItemMove, ItemState
from campaign.services import rectification_checks as checks
from complaints.models import Case
from core import clock
from core.components import Event, Tab

# The order in which acts are offered; the first one offered is the next step.
ORDER = (
    *(ItemMove.GRANT_EXTENSION, ItemMove.VERIFY, ItemMove.CLOSE, ItemMove.LOOK_BACK),
    *(ItemMove.REPORT, ItemMove.PROGRESS, ItemMove.PLAN, ItemMove.ASK_EXTENSION),
    *(ItemMove.COMMENT, ItemMove.URGE, ItemMove.RETURN, ItemMove.REOPEN, ItemMove.WITHDRAW),
)
TONES = {
    ItemMove.REOPEN: "late",
    ItemMove.RETURN: "late",
    ItemMove.URGE: "near",
    ItemMove.CLOSE: "done",
    ItemMove.VERIFY: "done",
}


def shown(item: RectificationItem, *, now: datetime) -> tuple[str, str]:
    """Lamp and word of a deadline that people read."""
    lamp = item.lamp(now)
    if lamp != "late":
        return lamp, item.get_state_display()
    days = (clock.day_of(now) - clock.day_of(item.due_at)).days
    return lamp, _("逾期%(days)d日") % {"days": max(days, 1)}


def tabs(filters: queries.Filters, counts: dict[str, int]) -> list[Tab]:
    labels = {
        "todo": _("未销号"),
        "overdue": _("逾期"),
        "check": _("待核查、待销号"),
        "look_back": _("待回头看"),
        "closed": _("已销号"),
        "all": _("全部"),
    }
    found = [
        Tab(labels[one], filters.query(view=one, age=""), filters.shown == one, counts[one])
        for one in queries.TABS
    ]
    found.append(
        Tab(_("逾期分析"), filters.query(view="ageing", age=""), filters.shown == "ageing")
    )
    found.append(
        Tab(
            _("按来源"),
            filters.query(view="sources", age="", source=""),
            filters.shown == "sources",
        )
    )
    return found


def offered(
    item: RectificationItem,
    user: User,
    *,
    now: datetime,
    bound: ActForm | None = None,
) -> list[dict[str, Any]]:
    """The acts that a person may do now, each with its form."""
    waiting = item.extensions.filter(granted__isnull=True).exists()
    on = clock.day_of(now)
    found = []
    for act in ORDER:
        mine = bound is not None and bound.act == act
        if not mine and (workflow.refusal(act, item, by=user) or _idle(act, item, waiting)):
            continue
        if not mine and _parted(act, item, user, now):
            continue
        form = bound if mine else FORMS[act](item=item, act=act, on=on)
        label = _("审批延期") if act is ItemMove.GRANT_EXTENSION else act.label
        url = reverse("campaign:rectification_act", args=[item.pk, act.value])
        found.append({"act": act, "label": label, "url": url, "form": form, "open": mine})
    return found


def _parted(act: ItemMove, item: RectificationItem, user: User, now: datetime) -> str:
    """Why who checked the item does not write it off as well, where the office wants two people."""
    return checks.close_refusal(item, by=user, now=now) if act is ItemMove.CLOSE else ""


def _idle(act: ItemMove, item: RectificationItem, waiting: bool) -> bool:
    """Acts that the table allows and that have no object now."""
    if act is ItemMove.GRANT_EXTENSION:
        return not waiting
    if act is ItemMove.ASK_EXTENSION:
        return waiting
    if act is ItemMove.LOOK_BACK:
        return item.looked_back_at is not None
    return False


def why_not(item: RectificationItem, user: User) -> str:
    """Why the person may not check what waits for a check; empty where nothing waits."""
    act = {ItemState.REPORTED: ItemMove.VERIFY, ItemState.VERIFIED: ItemMove.CLOSE}.get(
        ItemState(item.state)
    )
    if act is None:
        return ""
    return workflow.refusal(act, item, by=user) or _parted(act, item, user, clock.now())


def events(item: RectificationItem, user: User) -> list[dict[str, Any]]:
    """The timeline, newest first, each with its files."""
    entries = item.entries.select_related("by", "organisation").prefetch_related("files")
    cases = Case.objects.visible_to(user).in_bulk(
        [entry.data["case"] for entry in entries if "case" in entry.data]
    )
    return [
        {"event": _event(entry, cases), "files": list(entry.files.all())}
        for entry in sorted(entries, key=lambda one: (one.at, one.pk), reverse=True)
    ]


def _event(entry: RectificationEntry, cases: dict[int, Case]) -> Event:
    who = f"{entry.organisation} {entry.by.name}" if entry.by else _("系统自动")
    detail = entry.text
    if entry.percent is not None and entry.act == ItemMove.PROGRESS:
        detail = _("%(percent)d%% %(text)s") % {"percent": entry.percent, "text": detail}
    case = cases.get(entry.data.get("case", 0))
    return Event(
        at=entry.at,
        title=entry.get_act_display(),
        by=who,
        detail=detail,
        tone=TONES.get(ItemMove(entry.act), ""),
        url=reverse("complaints:case", args=[case.pk]) if case else "",
    )
