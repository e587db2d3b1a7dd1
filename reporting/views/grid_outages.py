"""Outages by power grid: times and hours of a period, the list behind each number, the workbook."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from core import arithmetic, pages, policy
from core.components import Stat
from core.periods import Period
from core.sheets.writer import Out
from grids.models import PowerGrid
from reporting import outage_presenting as presenting
from reporting.queries import grid_outages as queries
from reporting.queries.outages import Filters
from reporting.views import workbooks
from reporting.views.outage_monitor import period_of

VIEW = Permission.OUTAGE_VIEW
LONGEST, EARLIEST = timedelta(days=366), date(2000, 1, 1)


def _asked(request: HttpRequest) -> tuple[Any, str]:
    period = period_of(Filters.of(request.GET))
    last = max(period.last, EARLIEST)
    period = Period(max(period.first, last - LONGEST, EARLIEST), last)
    return period, urlencode({"since": period.first, "until": period.last})


def _printed(value: Any) -> str:
    if value is None:
        return arithmetic.NOTHING
    return arithmetic.printed(arithmetic.half_up(Fraction(value), 2))


@policy.needs(VIEW)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Every grid in sight with how often and how long it was off."""
    period, query = _asked(request)
    lines, unplaced = queries.counted(request.user, period)
    times, lost = sum(one.times for one in lines), sum(one.lost for one in lines)
    context = {
        "tabs": presenting.sections(request.user, "grids"),
        "period": period,
        "stats": [
            Stat(_("网格"), len(lines)),
            Stat(_("停电次数"), times),
            Stat(_("居民停电户时数"), _printed(lost)),
            Stat(
                _("不能确定网格的位置"),
                len(unplaced),
                f"{reverse('reporting:grid_outages_unplaced')}?{query}",
                tone="near" if unplaced else "done",
            ),
        ],
        "rows": [
            {
                "line": one,
                "url": f"{reverse('reporting:grid_outage', args=[one.grid.pk])}?{query}",
                "hours": _printed(one.hours),
                "lost": _printed(one.lost),
                "each": _printed(one.each),
                "hours_before": _printed(one.hours_before),
                "better": one.hours < one.hours_before,
                "worse": one.hours > one.hours_before,
            }
            for one in lines
        ],
        "export_url": f"{reverse('reporting:grid_outages_export')}?{query}",
    }
    return pages.render(request, "reporting/outages/grids.html", context=context)


@policy.needs(VIEW)
@require_GET
def one_grid(request: HttpRequest, pk: int) -> HttpResponse:
    """The outages that the numbers of a grid are counted from."""
    seen = PowerGrid.objects.visible_to(request.user)
    grid = get_object_or_404(seen, pk=pk)
    period, _query = _asked(request)
    lines, _left = queries.counted(request.user, period, grids=seen.filter(pk=grid.pk))
    hits = lines[0].hits if lines else []
    context = {
        "tabs": presenting.sections(request.user, "grids"),
        "grid": grid,
        "period": period,
        "line": lines[0] if lines else None,
        "hours": _printed(lines[0].hours) if lines else "0",
        "lost": _printed(lines[0].lost) if lines else "0",
        "rows": [(one, _printed(one.hours), _printed(one.lost)) for one in hits],
    }
    return pages.render(request, "reporting/outages/grid.html", context=context)


@policy.needs(VIEW)
@require_GET
def unplaced(request: HttpRequest) -> HttpResponse:
    """Places of notices of which no grid is known for sure, and why."""
    period, _query = _asked(request)
    _lines, left = queries.counted(request.user, period)
    context = {
        "tabs": presenting.sections(request.user, "grids"),
        "period": period,
        "rows": left,
    }
    return pages.render(request, "reporting/outages/unplaced.html", context=context)


@policy.needs(VIEW)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The same lines as a workbook."""
    period, _query = _asked(request)
    lines, _left = queries.counted(request.user, period)
    columns = [
        Out("unit", _("供电单位"), 24),
        Out("code", _("网格编号"), 16),
        Out("name", _("网格名称"), 24),
        Out("homes", _("户数"), 10),
        Out("times", _("停电次数"), 10),
        Out("hours", _("停电时间（小时）"), 16),
        Out("lost", _("居民停电户时数"), 16),
        Out("each", _("户均停电（小时）"), 16),
        Out("times_before", _("上期停电次数"), 14),
        Out("hours_before", _("上期停电时间（小时）"), 20),
    ]

    def rows() -> Iterator[dict[str, Any]]:
        for one in lines:
            yield {
                "unit": one.grid.organisation.name,
                "code": one.grid.code,
                "name": one.grid.name,
                "homes": one.homes,
                "times": one.times,
                "times_before": one.times_before,
                "hours": arithmetic.half_up(one.hours, 2),
                "lost": arithmetic.half_up(one.lost, 2),
                "each": None if one.each is None else arithmetic.half_up(one.each, 2),
                "hours_before": arithmetic.half_up(one.hours_before, 2),
            }

    title = _("网格停电情况%(first)s至%(last)s") % {"first": period.first, "last": period.last}
    return workbooks.export(request, columns, rows(), title=title, count=len(lines))
