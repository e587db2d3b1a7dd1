"""Registers of mixed lines, of what load control reaches, and of demand response."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Stat, Tab
from core.paging import keyset
from core.sheets.writer import Out
from reporting import shortage
from reporting.models import LoadControl, MixedLine, ResponseResource
from reporting.queries.executions import within
from reporting.registers_forms import (
    DoneForm,
    EndForm,
    LoadControlForm,
    MixedLineForm,
    ResponseForm,
)
from reporting.services import load_control as services
from reporting.templatetags.supply import load
from reporting.views import workbooks

VIEW, DRAFT = Permission.FILING_VIEW, Permission.FILING_DRAFT
ROWS = 50
LINE_VIEWS: dict[str, Any] = {
    "all": gettext_lazy("全部"),
    "lacking": gettext_lazy("未加装断电设施"),
    "overdue": gettext_lazy("逾期未加装"),
    "done": gettext_lazy("已完成"),
}


def _asked(request: HttpRequest, seen: Any, views: Any) -> tuple[dict[str, str], str, Any]:
    """Unit and words, the view, and what fits unit and words."""
    params = {name: request.GET.get(name, "").strip()[:40] for name in ("unit", "q")}
    found = seen.select_related("organisation")
    if params["unit"]:
        found = found.filter(within(params["unit"]))
    view = request.GET.get("view", "")
    return params, view if view in views else next(iter(views)), found


def _units(seen: Any) -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk__in=seen.order_by().values("organisation"))


def _tabs(views: Any, view: str, params: dict[str, str], counts: dict[str, int]) -> list[Tab]:
    return [
        Tab(label, "?" + urlencode({"view": key, **params}), key == view, counts[key])
        for key, label in views.items()
    ]


def _lines_in(found: Any, view: str) -> Any:
    match view:
        case "lacking":
            return found.lacking()
        case "overdue":
            return found.overdue(on=clock.today())
        case "done":
            return found.filter(Q(done_on__isnull=False) | Q(separated_on__isnull=False))
    return found


def _seen_lines(request: HttpRequest) -> tuple[dict[str, str], str, Any]:
    seen = MixedLine.objects.visible_to(request.user)
    params, view, found = _asked(request, seen, LINE_VIEWS)
    if words := params["q"]:
        found = found.filter(Q(code__icontains=words) | Q(name__icontains=words))
    return params, view, found


@policy.needs(VIEW)
@require_safe
def mixed_lines(request: HttpRequest) -> HttpResponse:
    """Lines that enterprises share with residents; those without a device, and the overdue."""
    return _mixed_lines(request)


def _mixed_lines(request: HttpRequest, form: MixedLineForm | None = None) -> HttpResponse:
    params, view, found = _seen_lines(request)
    counts = {key: _lines_in(found, key).count() for key in LINE_VIEWS}
    order = ("organisation_id", "code", "pk")
    page = keyset(_lines_in(found, view), request.GET, order=order, size=ROWS)
    shown = form or MixedLineForm(user=request.user)
    homes = found.lacking().aggregate(sum=Sum("residents"))["sum"] or 0
    context = {
        "tabs": _tabs(LINE_VIEWS, view, params, counts),
        "view": view,
        "params": params,
        "units": _units(MixedLine.objects.visible_to(request.user)),
        "page": page,
        "today": clock.today(),
        "homes": homes,
        "new_form": shown if shown.open else None,
        "done_form": DoneForm(initial={"done_on": clock.today()}, auto_id=False),
        "mine": {one.pk for one in page if not services.refusal(one.organisation, by=request.user)},
        "export_url": f"{reverse('reporting:mixed_lines_export')}?"
        + urlencode({"view": view, **params}),
    }
    status = pages.status_of(form) if form else 200
    page_name = "reporting/supply/mixed_lines.html"
    return pages.render(request, page_name, context=context, status=status)


@policy.needs(DRAFT)
@require_POST
def mixed_line_new(request: HttpRequest) -> HttpResponse:
    """Enter a line."""
    form = MixedLineForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.register_line, **given):
            messages.success(request, _("线路已登记。"))
            return pages.go(request, "reporting:mixed_lines")
    return _mixed_lines(request, form)


@policy.needs(DRAFT)
@require_POST
def mixed_line_done(request: HttpRequest, pk: int) -> HttpResponse:
    """The device was fitted, or the enterprises moved to a line of their own."""
    line = get_object_or_404(MixedLine.objects.visible_to(request.user), pk=pk)
    form = DoneForm(request.POST)
    if form.is_valid():
        services.finish_line(line, **form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("办理情况已登记。"))
        return pages.go(request, "reporting:mixed_lines")
    messages.error(request, _("请填写办理情况和完成日期。"))
    return pages.go(request, "reporting:mixed_lines")


@policy.needs(VIEW)
@require_safe
def mixed_lines_export(request: HttpRequest) -> HttpResponse:
    """The register as a workbook."""
    _params, view, found = _seen_lines(request)
    found = _lines_in(found, view).order_by("organisation__path", "code")
    columns = [
        Out("organisation", _("供电单位"), 28),
        Out("code", _("线路编号"), 18),
        Out("name", _("线路名称"), 24),
        Out("substation", _("变电站"), 20),
        Out("residents", _("居民户数")),
        Out("enterprises", _("企业户数")),
        Out("separable", _("可分离"), 8),
        Out("due_on", _("加装期限"), 12),
        Out("done_on", _("加装完成日期"), 14),
        Out("separated_on", _("分离完成日期"), 14),
        Out("note", _("说明"), 30),
    ]
    names = ("code", "name", "substation", "residents", "enterprises")
    names += ("due_on", "done_on", "separated_on", "note")

    def lines() -> Iterator[dict[str, Any]]:
        for one in found:
            yield {
                **{name: getattr(one, name) for name in names},
                "organisation": one.organisation.name,
                "separable": _("是") if one.separable else _("否"),
            }

    title = _("企业居民共线线路")
    return workbooks.export(request, columns, lines(), title=title, count=found.count())


@policy.needs(VIEW)
@require_safe
def load_controls(request: HttpRequest) -> HttpResponse:
    """What of its peak each unit can watch and control, against the limits in force."""
    return _load_controls(request)


def _load_controls(request: HttpRequest, form: LoadControlForm | None = None) -> HttpResponse:
    seen = LoadControl.objects.visible_to(request.user)
    today = clock.today()
    found = seen.standing().select_related("organisation").order_by("counted_on", "pk")
    # The newest comes last and stays.
    last = {one.organisation_id: one for one in found}
    rows = sorted((judged(one) for one in last.values()), key=lambda r: r["one"].organisation.path)
    shown = form or LoadControlForm(user=request.user, initial={"counted_on": today})
    all_of_them = seen.select_related("organisation", "entered_by")
    context = {
        "rows": rows,
        "rule": shortage.rule("load_management", on=today),
        "short": sum(1 for row in rows if row["shortfalls"]),
        "page": keyset(all_of_them, request.GET, order=("-counted_on", "-pk"), size=ROWS),
        "new_form": shown if shown.open else None,
        "export_url": reverse("reporting:load_controls_export"),
    }
    status = pages.status_of(form) if form else 200
    page_name = "reporting/supply/load_controls.html"
    return pages.render(request, page_name, context=context, status=status)


def judged(one: LoadControl) -> dict[str, Any]:
    """A row with what of it is short of the limits in force on its day."""
    limits = shortage.rule("load_management", on=one.counted_on).content
    told = (
        (_("监测能力"), one.monitored_share, Decimal(limits["monitored_share"])),
        (_("控制能力"), one.controlled_share, Decimal(limits["controlled_share"])),
    )
    words = _("%(what)s%(value)s%%，低于%(least)s%%")
    shortfalls = [
        words % {"what": what, "value": load(value), "least": load(least)}
        for what, value, least in told
        if value < least
    ]
    if one.managed_users < one.users:
        text = _("还有%(n)d户应纳入而未纳入管理")
        shortfalls.append(text % {"n": one.users - one.managed_users})
    return {"one": one, "shortfalls": shortfalls}


@policy.needs(DRAFT)
@require_POST
def load_control_new(request: HttpRequest) -> HttpResponse:
    """Say what a unit can watch and control."""
    form = LoadControlForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.enter_control, **given):
            messages.success(request, _("负荷管理能力已登记。"))
            return pages.go(request, "reporting:load_controls")
    return _load_controls(request, form)


@policy.needs(VIEW)
@require_safe
def load_controls_export(request: HttpRequest) -> HttpResponse:
    """All that was entered, as a workbook."""
    found = LoadControl.objects.visible_to(request.user).standing().select_related("organisation")
    names = ("counted_on", "peak_mw", "monitored_mw", "controlled_mw", "users", "managed_users")
    names += ("basis",)
    columns = [
        Out("organisation", _("供电单位"), 28),
        Out("counted_on", _("统计日期"), 12),
        Out("peak_mw", _("最大用电负荷（兆瓦）")),
        Out("monitored_mw", _("可监测负荷（兆瓦）")),
        Out("monitored_share", _("监测比例（%）")),
        Out("controlled_mw", _("可控制负荷（兆瓦）")),
        Out("controlled_share", _("控制比例（%）")),
        Out("users", _("应纳入管理用户数")),
        Out("managed_users", _("已纳入管理用户数")),
        Out("basis", _("数据来源"), 30),
        Out("shortfalls", _("未达要求"), 40),
    ]
    lines = [
        {
            **{name: getattr(one, name) for name in names},
            "organisation": one.organisation.name,
            "monitored_share": round(one.monitored_share, 2),
            "controlled_share": round(one.controlled_share, 2),
            "shortfalls": "；".join(judged(one)["shortfalls"]),
        }
        for one in found
    ]
    return workbooks.export(request, columns, lines, title=_("负荷管理能力"), count=len(lines))


RESPONSE_VIEWS: dict[str, Any] = {"open": gettext_lazy("现有"), "ended": gettext_lazy("已退出")}


def _seen_responses(request: HttpRequest) -> tuple[dict[str, str], str, Any]:
    seen = ResponseResource.objects.visible_to(request.user)
    params, view, found = _asked(request, seen, RESPONSE_VIEWS)
    if words := params["q"]:
        found = found.filter(
            Q(grid__icontains=words) | Q(user_no=words) | Q(user_name__icontains=words)
        )
    return params, view, found


def _responses_in(found: Any, view: str) -> Any:
    return found.filter(ended_on__isnull=view == "open")


@policy.needs(VIEW)
@require_safe
def responses(request: HttpRequest) -> HttpResponse:
    """Who yields load when asked, grid by grid."""
    return _responses(request)


def _responses(request: HttpRequest, form: ResponseForm | None = None) -> HttpResponse:
    params, view, found = _seen_responses(request)
    counts = {key: _responses_in(found, key).count() for key in RESPONSE_VIEWS}
    listed = _responses_in(found, view)
    grids = (
        listed.order_by("organisation__path", "grid")
        .values("organisation__short_name", "organisation__code", "grid")
        .annotate(kw=Sum("capacity_kw"))
    )
    total = listed.aggregate(kw=Sum("capacity_kw"))["kw"] or Decimal(0)
    order = ("organisation_id", "grid", "user_no", "pk")
    page = keyset(listed, request.GET, order=order, size=ROWS)
    shown = form or ResponseForm(user=request.user, initial={"agreed_on": clock.today()})
    context = {
        "tabs": _tabs(RESPONSE_VIEWS, view, params, counts),
        "view": view,
        "params": params,
        "units": _units(ResponseResource.objects.visible_to(request.user)),
        "page": page,
        "stats": [
            Stat(_("资源户数"), counts[view], "?" + urlencode({"view": view, **params})),
            Stat(_("可响应负荷（千瓦）"), load(total), "?" + urlencode({"view": view, **params})),
        ],
        "grids": [
            {
                **one,
                "url": "?"
                + urlencode({"view": view, "unit": one["organisation__code"], "q": one["grid"]}),
            }
            for one in grids[:ROWS]
        ],
        "new_form": shown if shown.open else None,
        "end_form": EndForm(initial={"ended_on": clock.today()}, auto_id=False),
        "mine": {one.pk for one in page if not services.refusal(one.organisation, by=request.user)},
        "export_url": f"{reverse('reporting:responses_export')}?"
        + urlencode({"view": view, **params}),
    }
    status = pages.status_of(form) if form else 200
    page_name = "reporting/supply/responses.html"
    return pages.render(request, page_name, context=context, status=status)


@policy.needs(DRAFT)
@require_POST
def response_new(request: HttpRequest) -> HttpResponse:
    """Enter a user; nobody who must be kept supplied."""
    form = ResponseForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.add_resource, **given):
            messages.success(request, _("资源已登记。"))
            return pages.go(request, "reporting:responses")
    return _responses(request, form)


@policy.needs(DRAFT)
@require_POST
def response_end(request: HttpRequest, pk: int) -> HttpResponse:
    """A user takes no part any more."""
    one = get_object_or_404(ResponseResource.objects.visible_to(request.user), pk=pk)
    form = EndForm(request.POST)
    if form.is_valid():
        services.end_resource(one, **form.cleaned_data, by=request.user, now=clock.now())
        messages.success(request, _("已登记退出。"))
    else:
        messages.error(request, _("请填写退出日期。"))
    return pages.go(request, "reporting:responses")


@policy.needs(VIEW)
@require_safe
def responses_export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook."""
    _params, view, found = _seen_responses(request)
    found = _responses_in(found, view).order_by("organisation__path", "grid", "user_no")
    names = ("grid", "user_no", "user_name", "capacity_kw", "notice_minutes")
    names += ("agreed_on", "ended_on")
    columns = [
        Out("organisation", _("供电单位"), 28),
        Out("grid", _("网格"), 20),
        Out("user_no", _("户号"), 18),
        Out("user_name", _("用户名称"), 28),
        Out("kind", _("资源类别"), 18),
        Out("capacity_kw", _("可响应负荷（千瓦）")),
        Out("notice_minutes", _("提前通知（分钟）")),
        Out("agreed_on", _("签约日期"), 12),
        Out("ended_on", _("退出日期"), 12),
    ]
    lines = [
        {
            **{name: getattr(one, name) for name in names},
            "organisation": one.organisation.name,
            "kind": one.get_kind_display(),
        }
        for one in found[: workbooks.MOST_EXPORTED]
    ]
    return workbooks.export(request, columns, lines, title=_("需求响应资源"), count=found.count())
