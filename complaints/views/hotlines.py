"""Hotlines of power companies: the register, how each serves, and the monthly return."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from complaints import service_lines
from complaints.forms_hotline import EndForm, HotlineForm, ReturnForm
from complaints.models import Hotline, HotlineReturn
from complaints.service_lines import Judged
from complaints.services import service_lines as services
from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import XLSX, Out, write

VIEW, HANDLE = Permission.CASE_VIEW, Permission.CASE_HANDLE
ROWS = 50
MOST_EXPORTED = 5000
VIEWS: dict[str, Any] = {
    "all": gettext_lazy("全部"),
    service_lines.SHORT: gettext_lazy("未达标准"),
    service_lines.UNFILED: gettext_lazy("上月未报送"),
    service_lines.CLOSED: gettext_lazy("已停用"),
}


@policy.needs(VIEW)
@require_safe
def hotlines(request: HttpRequest) -> HttpResponse:
    """The register, each line with its last return."""
    return _register(request)


def _asked(request: HttpRequest) -> tuple[str, str, Any]:
    """Words, view, and the hotlines that fit the words."""
    words = request.GET.get("q", "").strip()[:60]
    view = request.GET.get("view", "")
    found = service_lines.seen(request.user)
    if words:
        found = found.filter(Q(number__contains=words) | Q(organisation__name__icontains=words))
    return words, view if view in VIEWS else "all", found


def _register(request: HttpRequest, form: HotlineForm | None = None) -> HttpResponse:
    words, view, found = _asked(request)
    today, user = clock.today(), request.user
    rows = list(service_lines.judged(found, today=today))
    states = [one.state for one in rows]
    counts = {name: states.count(name) for name in VIEWS} | {"all": len(rows)}
    if view != "all":
        found = found.filter(pk__in=[one.hotline.pk for one in rows if one.state == view])
    page = keyset(found, request.GET, order=("organisation__path", "number", "pk"), size=ROWS)
    by_key = {one.hotline.pk: one for one in rows}
    asked = urlencode({"view": view, "q": words})
    shown = form or HotlineForm(user=user, initial={"opened_on": today})
    fields: Any = shown.fields
    context = {
        "tabs": [
            Tab(label, "?" + urlencode({"view": name, "q": words}), name == view, counts[name])
            for name, label in VIEWS.items()
        ],
        "view": view,
        "q": words,
        "page": page,
        "rows": [_row(by_key[one.pk]) for one in page],
        "standards": service_lines.Standards().of(today.replace(day=1)),
        "export_url": f"{reverse('complaints:hotlines_export')}?{asked}",
        "new_form": shown if fields["organisation"].queryset.exists() else None,
        "form": form,
    }
    status = pages.status_of(form) if form else 200
    return pages.render(request, "complaints/hotlines.html", context=context, status=status)


def _row(one: Judged) -> dict[str, Any]:
    return {"one": one, "line": one.hotline, **_figures(one.last)}


def _figures(filed: Any) -> dict[str, Any]:
    """The last return as the list shows it."""
    if filed is None:
        return {"filed": None}
    rate = service_lines.rate
    return {
        "filed": filed,
        "rate": service_lines.shown(rate(filed.connected, filed.calls)),
        "year_rate": service_lines.shown(rate(filed.year_connected, filed.year_calls)),
    }


@require_POST
@policy.needs(HANDLE)
def new(request: HttpRequest) -> HttpResponse:
    """Enter a hotline."""
    form = HotlineForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.answers(), "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.register, **given):
            messages.success(request, _("热线已登记。"))
            return pages.go(request, "complaints:hotline", made.pk)
    return _register(request, form)


def find(request: HttpRequest, pk: int) -> Hotline:
    """The hotline, if it is in sight; else 404."""
    return get_object_or_404(service_lines.seen(request.user), pk=pk)


@policy.needs(VIEW)
@require_safe
def hotline(request: HttpRequest, pk: int) -> HttpResponse:
    """One hotline: what it is, every month of it, and the forms of those who keep it."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, line: Hotline, **bound: Any) -> HttpResponse:
    today = clock.today()
    filed = HotlineReturn.objects.filter(hotline=line).with_year().select_related("filed_by")
    page = keyset(filed, request.GET, order=("-month", "-filed_at", "-pk"), size=ROWS)
    standards = service_lines.Standards()
    form = bound.get("return_form") or ReturnForm(today=today)
    end_form = bound.get("end_form") or EndForm(initial={"closed_on": today})
    context = {
        "line": line,
        "one": next(service_lines.judged([line], today=today)),
        "page": page,
        "rows": [{**_figures(one), "shortfalls": standards.shortfalls(one)} for one in page],
        "may_keep": line.closed_on is None and not services.refusal(line, by=request.user),
        "return_form": form,
        "end_form": end_form,
    }
    status = pages.status_of(*bound.values()) if bound else 200
    return pages.render(request, "complaints/hotline.html", context=context, status=status)


def _keepable(request: HttpRequest, pk: int) -> Hotline:
    """In sight, and the person's to keep; else 404 or 409."""
    line = find(request, pk)
    if why_not := services.refusal(line, by=request.user):
        raise Refused(why_not)
    return line


@require_POST
@policy.needs(HANDLE)
def file_return(request: HttpRequest, pk: int) -> HttpResponse:
    """File or correct a month."""
    line, form = _keepable(request, pk), ReturnForm(request.POST, today=clock.today())
    if form.is_valid():
        given = {**form.answers(), "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.file_return, hotline=line, **given):
            messages.success(request, _("热线服务情况已报送。"))
            return pages.go(request, "complaints:hotline", pk)
    return _page(request, line, return_form=form)


@require_POST
@policy.needs(HANDLE)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """A hotline is not served any more."""
    line, form = _keepable(request, pk), EndForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        pages.attempt(form, services.end, hotline=line, **given)
        if not form.errors:
            messages.success(request, _("热线已停用。"))
            return pages.go(request, "complaints:hotline", pk)
    return _page(request, line, end_form=form)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The list as a workbook."""
    now = clock.now()
    _words, view, found = _asked(request)
    if (count := found.count()) > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    columns = [
        Out("organisation", _("开通单位"), 28),
        Out("number", _("号码"), 18),
        Out("channel", _("类别"), 14),
        Out("hours", _("服务时间"), 18),
        Out("responsible", _("责任单位"), 28),
        Out("state", _("状态"), 14),
        Out("month", _("月份"), 10),
        Out("calls", _("人工呼入量")),
        Out("connected", _("人工接通量")),
        Out("rate", _("接通率")),
        Out("year_rate", _("年累计接通率")),
        Out("staff", _("座席人员数")),
        Out("samples", _("抽检录音数")),
        Out("score", _("抽检平均得分")),
        Out("recordings", _("录音保存月数")),
        Out("shortfalls", _("未达标准"), 40),
    ]
    judged = service_lines.judged(found, today=clock.today())
    lines = _lines(one for one in judged if view in ("all", one.state))
    content = write(columns, lines, sheet=_("服务热线"), taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="hotlines-{now:%Y%m%d}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response


def _lines(found: Iterator[Judged]) -> Iterator[dict[str, Any]]:
    for one in found:
        line, told = one.hotline, _figures(one.last)
        filed = told.pop("filed")
        names = ("calls", "connected", "staff", "samples", "score", "recordings")
        yield {
            "organisation": line.organisation.name,
            "number": line.number,
            "channel": line.get_channel_display(),
            "hours": line.hours,
            "responsible": line.responsible.name,
            "state": one.word,
            "month": f"{filed.month:%Y-%m}" if filed else "",
            **{name: getattr(filed, name, None) for name in names},
            **told,
            "shortfalls": "；".join(one.shortfalls),
        }
