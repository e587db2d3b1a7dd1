"""Business passed on in words: rows of lists, steps with their clocks, what somebody may do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from core import arithmetic, masking, sla
from core.components import Event, Stat, Tab
from grids.business.definition import title_of
from grids.business.moves import Move, State
from grids.business_forms import FORMS, MoveForm
from grids.models import BusinessRequest, BusinessStep
from grids.queries.business import Filters, Line
from grids.services import business_acts as acts
from grids.services import business_clocks as clocks

if TYPE_CHECKING:
    from accounts.models import User

L = gettext_lazy
SECTIONS = {
    "list": (L("涉电业务"), "grids:business_list", (Permission.BUSINESS_VIEW,)),
    "board": (L("办电时长和成本"), "grids:business_board", (Permission.BUSINESS_VIEW,)),
    "types": (
        L("办理流程"),
        "grids:business_types",
        (Permission.BUSINESS_VIEW, Permission.RULE_MANAGE),
    ),
    "proposals": (L("流程调整"), "grids:business_proposals", (Permission.BUSINESS_VIEW,)),
}
PERSONAL = {
    "customer_name": (L("客户名称"), "name"),
    "customer_phone": (L("联系电话"), "phone"),
    "account_no": (L("户号"), "account_no"),
    "address": (L("用电地址"), "address"),
}
# The moves of a page, in this order; the first ones stand out.
ORDER = [one for one in Move if one in FORMS]
STOPPING = {Move.RETURN, Move.WITHDRAW, Move.OBJECT}


def sections(user: User, current: str) -> list[Tab]:
    """The pages of business that a person may open."""
    return [
        Tab(label, reverse(name), key == current)
        for key, (label, name, permissions) in SECTIONS.items()
        if any(user.can(one) for one in permissions)
    ]


def views(filters: Filters, counts: dict[str, int]) -> list[Tab]:
    """All, open, done, stopped: each with its length."""
    labels = {"": _("全部"), "open": _("在办"), "done": _("办结"), "stopped": _("退回、撤回")}
    return [
        Tab(label, filters.url(view=view), filters.view == view, counts[view])
        for view, label in labels.items()
    ]


def lamp(request: BusinessRequest, *, now: datetime) -> str:
    """State of the step that runs; of what has ended, whether it was in time."""
    if request.state in (State.RETURNED, State.WITHDRAWN, State.MATERIALS):
        return "pause"
    if not request.is_open:
        return "done" if request.in_time else "late"
    return sla.lamp(now, request.due_at)


def row(request: BusinessRequest, *, now: datetime) -> dict[str, Any]:
    """A request as lists show it."""
    return {
        "request": request,
        "lamp": lamp(request, now=now),
        "word": State(request.state).label,
        "customer": masking.mask("name", request.customer_name),
        "address": masking.mask("address", request.address),
    }


def customer(request: BusinessRequest, shown: dict[str, str] | None = None) -> list[Any]:
    """The customer's particulars, masked unless they were revealed."""
    return [
        (label, shown[name] if shown else masking.mask(kind, getattr(request, name)))
        for name, (label, kind) in PERSONAL.items()
    ]


def paid(request: BusinessRequest) -> str:
    """What the customer paid; empty before the end."""
    if request.fee is None:
        return ""
    return arithmetic.printed(request.fee - (request.reduction or 0))


def steps(request: BusinessRequest, rows: list[BusinessStep], *, now: datetime) -> list[Any]:
    """Every step with its clock, who does it and by which rule."""
    definition = request.type.definition
    return [_step(one, definition, request, now=now) for one in rows]


def _step(
    step: BusinessStep, definition: Any, request: BusinessRequest, *, now: datetime
) -> dict[str, Any]:
    told = definition.step(step.code)
    stands = request.state == State.MATERIALS
    running = step.started_at is not None and step.done_at is None and request.is_open
    light = sla.lamp(now, step.due_at, paused=stands or not running)
    if step.done_at is not None:
        light = "late" if step.late(step.done_at) else "done"
    spans = [(one.start, one.end) for one in clocks.pauses_of(step)]
    if step.pauses and not step.pauses[-1]["to"]:
        spans.append((datetime.fromisoformat(step.pauses[-1]["from"]), now))
    return {
        "step": step,
        "who": who(step),
        "running": running,
        "lamp": light,
        "word": _word(step, running, light),
        "pauses": spans,
        "until": step.done_at or now,
        "lines": list(sla.shown(step.explanation)),
        "rule": definition.rules.get(told.rule) if told.rule else None,
        "limit": limit_of(told.limit),
    }


def _word(step: BusinessStep, running: bool, light: str) -> str:
    if step.done_at is not None:
        return _("逾期完成") if light == "late" else _("已完成")
    return "" if running else _("未开始")


def who(step: BusinessStep) -> str:
    """Who does a step."""
    if step.joint:
        return _("供电企业、政府部门会签")
    names = {
        "company": _("供电企业"),
        "government": _("政府部门"),
        "officer": _("政府网格"),
        "customer": _("客户"),
    }
    return names[step.actor]


def limit_of(limit: Any) -> str:
    """So many working days."""
    if limit is None:
        return _("不限时")
    units = {
        "working_days": _("%(n)d个工作日"),
        "calendar_days": _("%(n)d日"),
        "hours": _("%(n)d小时"),
        "minutes": _("%(n)d分钟"),
    }
    return units[limit.unit] % {"n": limit.value}


def events(rows: Any) -> list[Event]:
    """What happened, the last first."""
    return [
        Event(
            at=one.at,
            title=f"{one.get_kind_display()} {one.step}"
            if one.step and one.kind != Move.TAKE
            else one.get_kind_display(),
            detail=one.text,
            by=f"{one.organisation} {one.by or _('系统接口')}",
            tone="late" if one.kind in STOPPING else "",
        )
        for one in rows
    ]


def papers(request: BusinessRequest) -> list[dict[str, Any]]:
    """The list of materials, with what was handed in and what is missing."""
    return [
        {
            "paper": one,
            "given": one.code in request.materials,
            "missing": one.code in request.missing,
        }
        for one in request.type.definition.materials
    ]


def offered(
    request: BusinessRequest, user: User, bound: MoveForm | None = None, move: Move | None = None
) -> list[dict[str, Any]]:
    """The moves that a person may make now, each with its form."""
    step = acts.running(request)
    seen = {"seen": step.code if step else ""}
    found = []
    for one in ORDER:
        if one is not move and acts.refusal(one, request, user):
            continue
        form = (
            bound
            if one is move and bound is not None
            else FORMS[one](initial=seen, request=request)
        )
        found.append(
            {
                "move": one,
                "url": reverse(f"grids:business_{one.value}", args=[request.pk]),
                "form": form,
                "open": one is move,
                "stopping": one in STOPPING,
            }
        )
    return found


def described(filters: Filters) -> list[str]:
    """What a list was narrowed by beside its filter bar, in words."""
    words = []
    if filters.unit:
        words.append(_("承办单位：%(code)s") % {"code": filters.unit})
    if filters.source:
        words.append(_("政府网格：%(code)s") % {"code": filters.source})
    if filters.time:
        words.append(_("按时办结的") if filters.time == "met" else _("逾期办结的"))
    if filters.reduced:
        words.append(_("有减免费用的"))
    if filters.overdue:
        words.append(_("当前环节已逾期的"))
    if filters.ended_since or filters.ended_until:
        days = {"first": filters.ended_since or "—", "last": filters.ended_until or "—"}
        words.append(_("办结日期%(first)s至%(last)s") % days)
    return words


def rule_of(request: BusinessRequest, code: str) -> str:
    return title_of(request.type.definition.rules, code)


# --- Figures --------------------------------------------------------------------------------------


def percent(rate: Any) -> str:
    return arithmetic.NOTHING if rate is None else f"{arithmetic.printed(rate)}%"


def stats(line: Line) -> list[Stat]:
    """The whole in a row of numbers, each of which opens its list."""
    url = line.filters.url
    late = line.n - line.met
    return [
        Stat(_("办结件数"), line.n, url()),
        Stat(_("全程平均工作日"), arithmetic.printed(line.mean_days), url()),
        Stat(_("按时办结率"), percent(line.rate), url(time="met")),
        Stat(_("逾期办结"), late, url(time="late"), "", "late" if late else ""),
        Stat(_("件均费用（元）"), arithmetic.printed(line.mean_fee), url()),
    ]


def cells(line: Line) -> dict[str, Any]:
    """One line as the table shows it, and the list that each number opens."""
    url = line.filters.url
    return {
        "line": line,
        "days": arithmetic.printed(line.mean_days),
        "company_days": arithmetic.printed(line.mean_company_days),
        "rate": percent(line.rate),
        "government": percent(line.government_rate),
        "fee": arithmetic.printed(line.mean_fee),
        "reduced": arithmetic.printed(line.reduced),
        "late": line.n - line.met,
        "url": url(),
        "met_url": url(time="met"),
        "late_url": url(time="late"),
        "reduced_url": url(reduced="1"),
    }
