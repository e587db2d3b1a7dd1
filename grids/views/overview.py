"""Where nobody answers for a grid, who has too much, the limits, and finding a grid."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core import clock, pages, policy
from core.components import Stat
from core.sheets.writer import Out
from grids import drawing, presenting
from grids.forms import LocateForm, TightenForm, units_of
from grids.models import GridRule, PowerGrid, TransformerArea
from grids.queries import lists, locating, registers, standing
from grids.services import ruling
from grids.views import workbooks
from grids.views.common import MANAGE, RELATED, VIEW

DAYS = 90
MOST_DRAWN = 500
HOUR = timedelta(hours=1)
# Transformer areas in no grid that the page shows; the workbook has all of them.
MOST_LOOSE = 500


def _period(request: HttpRequest) -> tuple[Any, Any]:
    """First and last day that are asked for; until today where nothing sound is."""
    today = clock.today()

    def asked(name: str) -> Any:
        try:
            return parse_date(request.GET.get(name, ""))
        except ValueError:
            return None

    until = min(asked("until") or today, today)
    since = asked("since") or until - timedelta(days=DAYS)
    return min(since, until), until


def _gaps(request: HttpRequest) -> tuple[Any, Any, list[standing.Gap], list[standing.Loose]]:
    since, until = _period(request)
    now = clock.now()
    end = min(clock.at(until) + timedelta(days=1), now)
    grids = PowerGrid.objects.visible_to(request.user).select_related(*RELATED).defer("boundary")
    gaps = standing.gaps(grids, since=clock.at(since), until=end)
    areas = TransformerArea.objects.visible_to(request.user).select_related("enterprise")
    return since, until, gaps, standing.loose(areas, since=clock.at(since), until=end)


@policy.needs(VIEW)
@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """Gaps of a period, ground in no grid, grids that are vacant now, managers beyond limits."""
    since, until, gaps, loose = _gaps(request)
    now = clock.now()
    seen = PowerGrid.objects.visible_to(request.user).on(clock.today())
    loads = standing.loads(seen.order_by().values("pk"), at=now)
    over = [load for load in loads if load.over]
    vacant = standing.vacant(request.user, at=now).count()
    context = {
        "sections": presenting.sections(request.user, "report"),
        "since": since,
        "until": until,
        "stats": [
            Stat(_("在用网格"), seen.count(), lists.url(view="all"), icon="map-pin"),
            Stat(
                _("没有网格经理"),
                vacant,
                lists.url(view="vacant"),
                tone="late" if vacant else "done",
                icon="user-off",
            ),
            Stat(_("期间空缺"), len(gaps), "#gaps", tone="near" if gaps else "done"),
            Stat(_("台区未划入网格"), len(loose), "#loose", tone="near" if loose else "done"),
            Stat(_("负荷超限的网格经理"), len(over), "#loads", tone="near" if over else "done"),
        ],
        "gaps": [(gap, round(gap.length / HOUR, 1)) for gap in gaps],
        "loose": [(gap, round(gap.length / HOUR, 1)) for gap in loose[:MOST_LOOSE]],
        "loose_total": len(loose),
        "loads": loads,
        "export_url": f"{reverse('grids:report_export')}?since={since}&until={until}",
    }
    return pages.render(request, "grids/report.html", context=context)


@policy.needs(VIEW)
@require_safe
def report_export(request: HttpRequest) -> HttpResponse:
    """The gaps of a period as a workbook, then the transformer areas in no grid."""
    _since, _until, gaps, loose = _gaps(request)
    columns = [
        Out("enterprise", _("供电企业"), 24),
        Out("station", _("供电所"), 20),
        Out("code", _("网格编号"), 16),
        Out("name", _("网格名称"), 24),
        Out("area", _("台区"), 24),
        Out("start", _("空缺开始"), 18),
        Out("end", _("空缺结束"), 18),
        Out("hours", _("时长（小时）"), 14),
    ]

    def span(gap: standing.Gap | standing.Loose) -> dict[str, Any]:
        return {
            "start": clock.written(gap.start),
            "end": "" if gap.open else clock.written(gap.end),
            "hours": round(gap.length / HOUR, 1),
        }

    def lines() -> Iterator[dict[str, Any]]:
        for gap in gaps:
            one = gap.grid
            yield {
                "enterprise": one.enterprise.name,
                "station": one.station.name if one.station else "",
                "code": one.code,
                "name": one.name,
                "area": "",
                **span(gap),
            }
        none = {"station": "", "code": "", "name": ""}
        for each in loose:
            area = f"{each.area.code} {each.area.name}"
            yield {"enterprise": each.area.enterprise.name, **none, "area": area, **span(each)}

    count = len(gaps) + len(loose)
    return workbooks.export(request, columns, lines(), title=_("网格经理空缺"), count=count)


# --- The map --------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """Borders of the grids in sight side by side, those without a manager marked."""
    now = clock.now()
    filters = lists.Filters.of(request.GET)
    found = filters.narrow(request.user, now=now).filter(west__isnull=False)
    rows = list(found.select_related(*RELATED).order_by("code", "pk")[:MOST_DRAWN])
    people = standing.people(rows, at=now)
    boxes = [(one.pk, one.boundary, (one.west, one.south, one.east, one.north)) for one in rows]
    places = registers.points_of(request.user, grids=[one.pk for one in rows], on=clock.today())
    sheet = drawing.drawn(boxes, [(one, *point) for one, point in places])
    grids = {one.pk: one for one in rows}
    held = {pk for pk, who in people.items() if who[0].post == "manager"}
    context = {
        "sections": presenting.sections(request.user, "map"),
        "filters": filters,
        "sheet": sheet,
        "shapes": [(one, grids[one.key], one.key in held) for one in sheet.shapes] if sheet else [],
        "without": filters.narrow(request.user, now=now).filter(west__isnull=True).count(),
    }
    return pages.render(request, "grids/map.html", context=context)


# --- Finding --------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_safe
def locate(request: HttpRequest) -> HttpResponse:
    """In which grid a place lies, or why that is not known."""
    asked = any(request.GET.get(name) for name in LocateForm.base_fields)
    form = LocateForm(request.GET if asked else None)
    found = None
    if asked and form.is_valid():
        found = locating.grid_for(**form.cleaned_data, on=clock.today())
    seen = PowerGrid.objects.visible_to(request.user)
    mine = found and found.grid and seen.filter(pk=found.grid.pk).exists()
    context = {
        "sections": presenting.sections(request.user, "locate"),
        "form": form,
        "found": found,
        "grid": found.grid if found and mine else None,
        "elsewhere": bool(found and found.grid and not mine),
        "by": [str(form.fields[name].label) for name in found.by if name in form.fields]
        if found
        else [],
    }
    status = pages.status_of(form) if form.is_bound else 200
    return pages.render(request, "grids/locate.html", context=context, status=status)


# --- Limits ---------------------------------------------------------------------------------------


@policy.needs(VIEW)
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """The limits of grid work: of the standard, and the tighter ones of units."""
    return _rules(request)


def _rules(request: HttpRequest, of: int = 0, form: TightenForm | None = None) -> HttpResponse:
    seen = GridRule.objects.visible_to(request.user).select_related("organisation")
    may_add = request.user.can(MANAGE) and units_of(request.user).exists()
    context = {
        "sections": presenting.sections(request.user, "rules"),
        "rows": seen.order_by("code", "organisation__path", "valid_from"),
        "form": (form or TightenForm(user=request.user, initial={"valid_from": clock.today()}))
        if may_add
        else None,
        "of": of,
    }
    status = pages.status_of(form) if form is not None else 200
    return pages.render(request, "grids/rules.html", context=context, status=status)


@policy.needs(MANAGE)
@require_POST
def tighten(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a tighter limit for a unit."""
    base = GridRule.objects.visible_to(request.user).filter(organisation__isnull=True)
    rule = get_object_or_404(base, pk=pk)
    form = TightenForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "rule": rule, "by": request.user, "now": clock.now()}
        if pages.attempt(form, ruling.tighten, **given):
            messages.success(request, _("细则已设定。"))
            return pages.go(request, "grids:rules")
    return _rules(request, rule.pk, form)
