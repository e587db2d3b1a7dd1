"""Power grids: the list, one with its ground, people, pairings and channels, and the acts on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, pages, policy
from core.components import Tab
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import Out
from grids import open_work, presenting, services
from grids.forms import AreasForm, ChannelForm, CloseForm, GridForm, LastDayForm, PairForm
from grids.models import GridArea, GridChannel, GridPairing, PowerGrid
from grids.people_forms import AppointForm, CoverForm, HandOverForm
from grids.queries import standing
from grids.queries.lists import VIEWS, Filters
from grids.views import workbooks
from grids.views.common import MANAGE, RELATED, VIEW, find, may_manage

AREAS_SHOWN = 200


@policy.needs(VIEW)
@require_safe
def grid_list(request: HttpRequest) -> HttpResponse:
    """Power grids in sight, each with whoever answers for it."""
    now, filters = clock.now(), Filters.of(request.GET)
    found = filters.narrow(request.user, now=now).select_related(*RELATED).defer("boundary")
    page = keyset(found, request.GET, order=("code", "pk"))
    people = standing.people(page, at=now)
    counted = standing.areas_of([one.pk for one in page], on=clock.today())
    context = {
        "sections": presenting.sections(request.user, "list"),
        "tabs": [
            Tab(
                label,
                "?" + filters.query(view=view),
                view == filters.view,
                filters.narrow(request.user, now=now, view=view).count(),
            )
            for view, label in VIEWS.items()
        ],
        "filters": filters,
        "page": page,
        "rows": [(one, people.get(one.pk, []), counted.get(one.pk, (0, 0))) for one in page],
        "may_add": request.user.can(MANAGE),
        "export_url": f"{reverse('grids:export')}?{filters.query()}",
    }
    return pages.render(request, "grids/list.html", context=context)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    now, filters = clock.now(), Filters.of(request.GET)
    found = filters.narrow(request.user, now=now).select_related(*RELATED).defer("boundary")
    columns = [
        Out("enterprise", _("供电企业"), 24),
        Out("station", _("供电所"), 20),
        Out("code", _("网格编号"), 16),
        Out("name", _("网格名称"), 24),
        Out("region", _("所在区划"), 14),
        Out("business_area", _("营业区域"), 30),
        Out("places", _("地名"), 40),
        Out("households", _("户数")),
        Out("areas", _("台区数")),
        Out("manager", _("网格经理"), 14),
        Out("phone", _("服务电话"), 18),
        Out("valid_from", _("启用日期"), 12),
        Out("valid_until", _("停用日期"), 12),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        grids = list(found.order_by("code", "pk"))
        people = standing.people(grids, at=now)
        counted = standing.areas_of([one.pk for one in grids], on=clock.today())
        for one in grids:
            first = next(iter(people.get(one.pk, [])), None)
            manager = first.member.user.name if first and first.post == "manager" else ""
            yield {
                "enterprise": one.enterprise.name,
                "station": one.station.name if one.station else "",
                "region": one.region.name,
                "places": "、".join(one.places),
                "areas": counted.get(one.pk, (0, 0))[0],
                "manager": manager,
                "phone": one.duty_phone,
                **{
                    name: getattr(one, name)
                    for name in ("code", "name", "business_area", "households")
                },
                "valid_from": one.valid_from,
                "valid_until": one.valid_until,
            }

    title = _("电力网格")
    return workbooks.export(request, columns, lines(), title=title, count=found.count())


@policy.needs(VIEW)
@require_safe
def grid(request: HttpRequest, pk: int) -> HttpResponse:
    """One grid: who answers for it, its ground, its pairings, its channels, its numbers."""
    return shown(request, find(request, pk))


FORMS: tuple[Any, ...] = (
    AppointForm,
    CoverForm,
    HandOverForm,
    AreasForm,
    PairForm,
    ChannelForm,
    CloseForm,
)
DAYS = ("valid_from", "opened_on")


def shown(request: HttpRequest, one: PowerGrid, form: Any = None) -> HttpResponse:
    """The page of a grid, with a form that was not taken."""
    now, today = clock.now(), clock.today()
    keeps = may_manage(request.user, one)
    rows = one.areas.on(today).select_related("area__feeder").order_by("area__code")
    people = standing.people([one], at=now).get(one.pk, [])
    manager = people[0] if people and people[0].post == "manager" else None
    context: dict[str, Any] = {
        "grid": one,
        "people": people,
        "manager": manager,
        "held": presenting.managers_over_time(one, now=now),
        "rows": rows[:AREAS_SHOWN],
        "counted": standing.areas_of([one.pk], on=today).get(one.pk, (0, 0)),
        "feeders": one.feeders.on(today).select_related("feeder").order_by("feeder__code"),
        "pairings": one.pairings.on(today).select_related("government_grid__department"),
        "channels": one.channels.order_by("closed_on", "kind", "name"),
        "open_hand_over": one.hand_overs.proposed().select_related("successor__user").first(),
        "open_work": open_work.listed(one, manager and manager.principal, now=now),
        "numbers": presenting.NUMBERS,
        "now": now,
        "today": today,
        "stands": one.stands_on(today),
        "may_manage": keeps,
        "form": form,
    }
    if keeps:
        context["forms"] = {each.key: _blank(each, one, now) for each in FORMS}
        if form is not None:
            context["forms"][form.key] = form
    status = pages.status_of(form) if form is not None else 200
    return pages.render(request, "grids/grid.html", context=context, status=status)


def _blank(kind: Any, one: PowerGrid, now: Any) -> Any:
    today = now.astimezone(clock.ZONE)
    initial: dict[str, Any] = dict.fromkeys(DAYS, today.date())
    names = ("starts_at", "effective_at")
    return kind(grid=one, initial=initial | dict.fromkeys(names, today.replace(second=0)))


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a grid."""
    form = GridForm(
        request.POST if request.method == "POST" else None,
        user=request.user,
        initial={"valid_from": clock.today()},
    )
    if form.is_bound and form.is_valid():
        given = {**form.said(), "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.found_grid, **given):
            messages.success(request, _("电力网格已登记。"))
            return pages.go(request, "grids:grid", made.pk)
    return pages.render(request, "grids/edit.html", context={"form": form})


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change what is said of a grid."""
    one = find(request, pk)
    if not may_manage(request.user, one):
        raise Refused(
            _("网格由%(organisation)s或者其上级供电单位维护。") % {"organisation": one.organisation}
        )
    if request.method == "POST":
        form = GridForm(request.POST, user=request.user, grid=one)
        if form.is_valid():
            said = form.said()
            given = {**said, "grid": one, "by": request.user, "now": clock.now()}
            if pages.attempt(form, services.change_grid, **given):
                messages.success(request, _("电力网格已修改。"))
                return pages.go(request, "grids:grid", one.pk)
    else:
        form = GridForm.standing(one, user=request.user)
    return pages.render(request, "grids/edit.html", context={"form": form, "grid": one})


# --- Acts on the page of a grid -------------------------------------------------------------------


def take(request: HttpRequest, pk: int, kind: Any, service: Any, success: str) -> HttpResponse:
    """Take one of the small forms of the page, or show the page with what is wrong in it."""
    one = find(request, pk)
    form = kind(request.POST, grid=one)
    if form.is_valid():
        pages.attempt(form, service, grid=one, **form.said(), by=request.user, now=clock.now())
    if form.errors:
        return shown(request, one, form)
    messages.success(request, success)
    return pages.go(request, "grids:grid", one.pk)


@policy.needs(MANAGE)
@require_POST
def assign_areas(request: HttpRequest, pk: int) -> HttpResponse:
    """Let transformer areas lie in the grid."""
    return take(request, pk, AreasForm, services.assign_areas, _("台区已划入。"))


@policy.needs(MANAGE)
@require_POST
def pair(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the grid work with a government grid."""

    def service(*, grid: PowerGrid, **said: Any) -> GridPairing:
        return services.pair(grid, **said)

    return take(request, pk, PairForm, service, _("网格对接已登记。"))


@policy.needs(MANAGE)
@require_POST
def open_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter a channel of the grid."""
    return take(request, pk, ChannelForm, services.open_channel, _("服务渠道已登记。"))


@policy.needs(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the grid."""
    return take(request, pk, CloseForm, services.close_grid, _("电力网格已停用。"))


def _last_day(request: HttpRequest) -> Any:
    form = LastDayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写最后一日。"))
    return form.cleaned_data["last_day"]


@policy.needs(MANAGE)
@require_POST
def release_area(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a transformer area leave its grid."""
    row = get_object_or_404(GridArea.objects.visible_to(request.user), pk=pk)
    services.release_area(row, last_day=_last_day(request), by=request.user, now=clock.now())
    messages.success(request, _("台区已移出。"))
    return pages.go(request, "grids:grid", row.grid_id)


@policy.needs(MANAGE)
@require_POST
def end_pairing(request: HttpRequest, pk: int) -> HttpResponse:
    """End a pairing."""
    row = get_object_or_404(GridPairing.objects.visible_to(request.user), pk=pk)
    services.end_pairing(row, last_day=_last_day(request), by=request.user, now=clock.now())
    messages.success(request, _("网格对接已终止。"))
    return pages.go(request, "grids:grid", row.power_grid_id)


@policy.needs(MANAGE)
@require_POST
def close_channel(request: HttpRequest, pk: int) -> HttpResponse:
    """End a channel."""
    row = get_object_or_404(GridChannel.objects.visible_to(request.user), pk=pk)
    services.close_channel(row, closed_on=_last_day(request), by=request.user, now=clock.now())
    messages.success(request, _("服务渠道已停用。"))
    return pages.go(request, "grids:grid", row.grid_id)
