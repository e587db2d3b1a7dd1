"""What was carried out over many events: the rows behind every number, and the statistics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from core import charts, clock, pages, policy
from core.components import Tab
from core.paging import keyset
from core.sheets.writer import Out
from reporting.models import Activation, ExecutionRow, Measure
from reporting.queries import executions as queries
from reporting.queries.executions import RowFilters, Sums
from reporting.templatetags.supply import kilo
from reporting.views import workbooks
from reporting.views.activations import LAMPS, S, stats

VIEW = Permission.FILING_VIEW
ROWS, MOST_DRAWN = 50, 24
BY: dict[str, Any] = {"event": gettext_lazy("按事件"), "unit": gettext_lazy("按供电单位")}
ONLY: dict[str, Any] = {
    queries.CUT: gettext_lazy("拉闸"),
    queries.HOMES: gettext_lazy("影响居民"),
    queries.LINES: gettext_lazy("涉及居民线路"),
    queries.USERS: gettext_lazy("按用户执行"),
}


@policy.needs(VIEW)
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows that fit, with their sums: what every number of the statistics opens."""
    filters = RowFilters.of(request.GET)
    found = filters.rows(request.user).select_related("activation__organisation")
    page = keyset(found, request.GET, order=("-from_at", "-pk"), size=ROWS)
    context = {
        "filters": filters,
        "page": page,
        "sums": queries.sums(found)[()],
        "units": queries.units(request.user),
        "measures": Measure.choices,
        "means": ExecutionRow.Means.choices,
        "only": ONLY,
        "export_url": f"{reverse('reporting:executions_export')}?{filters.query()}",
    }
    return pages.render(request, "reporting/supply/executions.html", context=context)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The rows as a workbook."""
    found = RowFilters.of(request.GET).rows(request.user)
    found = found.select_related("activation__organisation").order_by("-from_at", "-pk")
    columns = [
        Out("organisation", _("供电单位"), 28),
        Out("announced", _("预警时间"), 18),
        Out("grade", _("等级"), 8),
        Out("number", _("序号"), 8),
        Out("user_no", _("户号"), 18),
        Out("user_name", _("用户名称"), 28),
        Out("line_code", _("线路编号"), 18),
        Out("measure", _("措施"), 8),
        Out("means", _("控制方式"), 12),
        Out("ordered_kw", _("下达负荷（千瓦）")),
        Out("executed_kw", _("执行负荷（千瓦）")),
        Out("from_at", _("开始时间"), 18),
        Out("to_at", _("结束时间"), 18),
        Out("feeder_cut", _("拉闸"), 8),
        Out("resident_lines", _("涉及居民线路条次")),
        Out("households", _("影响居民户数")),
        Out("energy_kwh", _("影响电量（千瓦时）")),
    ]
    title = _("有序用电执行记录")
    lines = _lines(found)
    return workbooks.export(request, columns, lines, title=title, count=found.count())


def _lines(found: Any) -> Iterator[dict[str, Any]]:
    names = ("number", "user_no", "user_name", "line_code", "measure", "means", "ordered_kw")
    names += ("executed_kw", "resident_lines", "households", "energy_kwh")
    for one in found.iterator(chunk_size=1000):
        event = one.activation
        yield {
            **{name: getattr(one, name) for name in names},
            "organisation": event.organisation.name,
            "announced": workbooks.instant(event.announced_at),
            "grade": event.grade,
            "from_at": workbooks.instant(one.from_at),
            "to_at": workbooks.instant(one.to_at),
            "feeder_cut": _("是") if one.feeder_cut else _("否"),
        }


@dataclass(frozen=True)
class Line:
    """One line of the statistics: what it is, its sums, and the filter that opens them."""

    label: Any
    sums: Sums
    filters: RowFilters
    event: Activation | None = None
    events: int = 1

    @property
    def urls(self) -> dict[str, str]:
        """The rows behind each number."""
        url = self.filters.url
        return {
            "all": url(),
            "users": url(only=queries.USERS),
            "shifted": url(measure="错峰"),
            "avoided": url(measure="避峰"),
            "limited": url(measure="限电"),
            "cut": url(measure="拉闸"),
            "cut_lines": url(only=queries.CUT),
            "terminals": url(means="负控终端"),
            "resident_lines": url(only=queries.LINES),
            "households": url(only=queries.HOMES),
        }

    @property
    def lamp(self) -> str:
        return LAMPS[S(self.event.state)] if self.event else ""


def asked(request: HttpRequest) -> tuple[str, RowFilters]:
    """By what, and of which events; without a first day those of the year."""
    filters = RowFilters.of(request.GET)
    filters = filters.with_(measure="", means="", only="")
    if not (queries.day(filters.since) or filters.event):
        filters = filters.with_(since=str(clock.today().replace(month=1, day=1)))
    by = request.GET.get("by", "")
    return (by if by in BY else "event"), filters


def lines_of(by: str, filters: RowFilters, user: Any) -> tuple[list[Line], Line]:
    """The lines and the whole, by the same filter as the rows that they open."""
    events = filters.events(user).select_related("organisation")
    found = filters.rows(user)
    total = queries.sums(found)[()]
    whole = Line(_("合计"), total, filters, events=events.count())
    if by == "event":
        sums = queries.sums(found, "activation")
        return [
            Line(
                one,
                sums.get((one.pk,), Sums()),
                filters.with_(event=str(one.pk)),
                event=one,
            )
            for one in events.order_by("-announced_at", "-pk")
        ], whole
    return _by_unit(filters, found, events), whole


def _by_unit(filters: RowFilters, found: Any, events: Any) -> list[Line]:
    sums = queries.sums(found, "activation__organisation")
    counts: dict[int, int] = {}
    for pk in events.values_list("organisation", flat=True):
        counts[pk] = counts.get(pk, 0) + 1
    units = Organisation.objects.filter(pk__in=counts).order_by("path")
    above = {unit.path for unit in units}
    lines = []
    for unit in units:
        # A unit whose parts had events of their own is opened by its own events alone.
        own = filters.with_(unit=unit.code)
        if any(path != unit.path and path.startswith(unit.path) for path in above):
            own = own.with_(unit=f"={unit.code}")
        lines.append(Line(unit, sums.get((unit.pk,), Sums()), own, events=counts[unit.pk]))
    return lines


@policy.needs(VIEW)
@require_safe
def statistics(request: HttpRequest) -> HttpResponse:
    """The statistics of events; every number opens its rows."""
    by, filters = asked(request)
    lines, whole = lines_of(by, filters, request.user)
    kept = filters.query()
    context = {
        "by": by,
        "tabs": [Tab(label, f"?by={key}&{kept}", key == by) for key, label in BY.items()],
        "filters": filters,
        "units": queries.units(request.user),
        "lines": lines,
        "whole": whole,
        "stats": stats(whole.sums, filters),
        "svg": picture(lines, by),
        "export_url": f"{reverse('reporting:statistics_export')}?"
        + urlencode({"by": by})
        + f"&{kept}",
    }
    return pages.render(request, "reporting/supply/statistics.html", context=context)


def _name(line: Line) -> str:
    if line.event is None:
        return str(line.label)
    day = line.event.announced_at.astimezone(clock.ZONE)
    return f"{line.event.organisation} {day:%m-%d}"


def picture(lines: list[Line], by: str) -> str:
    """Load by measure of each line, stacked; empty where nothing was carried out."""
    drawn = [one for one in lines if one.sums.rows][:MOST_DRAWN]
    if not drawn:
        return ""
    if by == "event":
        drawn.reverse()
    names = {"错峰": "shifted", "避峰": "avoided", "限电": "limited", "拉闸": "cut"}
    option = charts.stacked(
        [_name(one) for one in drawn],
        {
            str(Measure(measure).label): [
                round(float(getattr(one.sums, name)) / 1000, 3) for one in drawn
            ]
            for measure, name in names.items()
        },
        unit=_("兆瓦"),
    )
    title = _("各项措施执行负荷")
    return mark_safe(charts.svg(option, 960, 340, title=title))  # noqa: S308 – drawn by the portal


def day_of(instant: Any) -> date | None:
    return clock.day_of(instant) if instant else None


@policy.needs(VIEW)
@require_safe
def statistics_export(request: HttpRequest) -> HttpResponse:
    """The statistics as a workbook."""
    by, filters = asked(request)
    lines, whole = lines_of(by, filters, request.user)
    columns = [
        Out("label", _("供电单位"), 28),
        Out("day", _("日期"), 12),
        Out("grade", _("启动等级"), 10),
        Out("start", _("启动时间"), 18),
        Out("end", _("解除时间"), 18),
        Out("max_gap_mw", _("最大缺口（兆瓦）")),
        Out("users", _("涉及用户数")),
        Out("shifted", _("错峰负荷（兆瓦）")),
        Out("avoided", _("避峰负荷（兆瓦）")),
        Out("limited", _("限电负荷（兆瓦）")),
        Out("cut_lines", _("拉闸条次")),
        Out("cut", _("拉闸负荷（兆瓦）")),
        Out("terminals", _("负荷控制条数")),
        Out("terminal", _("负荷控制负荷（兆瓦）")),
        Out("energy", _("影响电量（兆瓦时）")),
        Out("resident_lines", _("涉及居民线路条次")),
        Out("households", _("影响居民户数")),
    ]
    listed = [_cells(line) for line in [*lines, whole]]
    title = _("有序用电执行统计")
    return workbooks.export(request, columns, listed, title=title, count=len(listed))


def _cells(line: Line) -> dict[str, Any]:
    event, sums = line.event, line.sums
    loads = ("shifted", "avoided", "limited", "cut", "terminal", "energy")
    counts = ("users", "cut_lines", "terminals", "resident_lines", "households")
    return {
        "label": event.organisation.name if event else str(line.label),
        "day": day_of(event.announced_at) if event else None,
        "grade": event.grade if event else "",
        "start": workbooks.instant(event.started_at) if event else "",
        "end": workbooks.instant(event.released_at) if event else "",
        "max_gap_mw": event.gap_mw if event else None,
        **{name: float(kilo(getattr(sums, name))) for name in loads},
        **{name: getattr(sums, name) for name in counts},
    }
