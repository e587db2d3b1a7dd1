"""Checks and patrols in words: plans with how far they are, each time with its state."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from core import clock
from core.components import Tab
from grids.models import Patrol, PatrolPlan
from grids.patrol_forms import RESULTS
from grids.queries.hazards import PatrolFilters
from grids.services.patrols import FOUND

PLAN_LAMPS = {
    PatrolPlan.State.PROPOSED: "near",
    PatrolPlan.State.STANDING: "ok",
    PatrolPlan.State.DECLINED: "pause",
    PatrolPlan.State.CANCELLED: "pause",
}
NOTHING = {"total": 0, "done": 0, "overdue": 0, "found": 0}


def views(filters: PatrolFilters, counts: dict[str, int]) -> list[Tab]:
    """Mine, all, due, overdue, to be signed, done: each with its length."""
    labels = {
        "mine": _("我的待开展"),
        "": _("全部"),
        "due": _("待开展"),
        "overdue": _("逾期未完成"),
        "filed": _("待对方确认"),
        "done": _("已完成"),
    }
    current, mine = "mine" if filters.mine else filters.view, {"mine": "1", "view": "due"}
    return [
        Tab(
            label,
            filters.url(**(mine if view == "mine" else {"view": view, "mine": ""})),
            current == view,
            counts[view],
        )
        for view, label in labels.items()
    ]


def row(patrol: Patrol, *, now: datetime) -> dict[str, Any]:
    """A patrol as lists show it."""
    today = clock.day_of(now)
    return {"patrol": patrol, "lamp": lamp(patrol, today), "word": word(patrol, today)}


def lamp(patrol: Patrol, today: date) -> str:
    if patrol.state == Patrol.State.DONE:
        return "late" if patrol.in_time is False else "done"
    if patrol.due_on < today:
        return "late"
    if patrol.state == Patrol.State.FILED or patrol.due_on == today:
        return "near"
    return "ok" if patrol.starts_on <= today else "pause"


def word(patrol: Patrol, today: date) -> str:
    if patrol.state == Patrol.State.DONE and patrol.in_time is False:
        return _("逾期完成")
    if patrol.state == Patrol.State.PLANNED and patrol.due_on < today:
        return _("逾期未开展")
    return str(Patrol.State(patrol.state).label)


def plan_row(plan: PatrolPlan, counts: dict[int, dict[str, int]]) -> dict[str, Any]:
    """A plan as lists show it; each number opens its list."""
    url = PatrolFilters(plan=str(plan.pk)).url
    return {
        "plan": plan,
        "lamp": PLAN_LAMPS[PatrolPlan.State(plan.state)],
        "word": PatrolPlan.State(plan.state).label,
        **counts.get(plan.pk, NOTHING),
        "url": url(),
        "done_url": url(view="done"),
        "overdue_url": url(view="overdue"),
        "found_url": url(found="1"),
    }


def results(patrol: Patrol) -> list[dict[str, Any]]:
    """What was looked at, item by item, and the word for what was seen."""
    words = dict(RESULTS)
    rows = []
    for one in patrol.plan.checklist.items:
        result = patrol.results.get(one["code"], {}).get("result", "")
        lamp_of = {"": "pause", FOUND: "late", "ok": "done"}.get(result, "pause")
        rows.append({"title": one["title"], "lamp": lamp_of, "word": words.get(result, "—")})
    return rows


def described(filters: PatrolFilters, plan: PatrolPlan | None) -> list[str]:
    """What a list was narrowed by beside its filter bar, in words."""
    words = []
    if plan is not None:
        words.append(_("计划：%(title)s") % {"title": plan.title})
    if filters.found:
        words.append(_("发现隐患的"))
    if filters.grid or filters.cell:
        words.append(_("一个网格的"))
    if filters.unit:
        words.append(_("供电单位：%(code)s") % {"code": filters.unit})
    return words
