"""Government grids: the list, one with its officers and the power grids that it works with."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import clock, pages, policy
from core.paging import keyset
from grids import access, presenting, services
from grids.forms import GovernmentForm
from grids.models import GovernmentGrid, PowerGrid
from grids.people_forms import AppointForm
from grids.queries import standing
from grids.views.common import MANAGE, VIEW

RELATED = ("region", "department", "keeper", "parent")


@policy.needs(VIEW)
@require_safe
def governments(request: HttpRequest) -> HttpResponse:
    """Government grids in sight."""
    q = request.GET.get("q", "").strip()[:40]
    found = GovernmentGrid.objects.visible_to(request.user).on(clock.today())
    if q:
        found = found.filter(Q(code__startswith=q) | Q(name__icontains=q))
    context = {
        "sections": presenting.sections(request.user, "governments"),
        "q": q,
        "page": keyset(found.select_related(*RELATED), request.GET, order=("code",)),
        "may_add": request.user.can(MANAGE),
    }
    return pages.render(request, "grids/governments.html", context=context)


def _find(request: HttpRequest, pk: int) -> GovernmentGrid:
    seen = GovernmentGrid.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_safe
def government(request: HttpRequest, pk: int) -> HttpResponse:
    """One government grid."""
    return _shown(request, _find(request, pk))


def _shown(request: HttpRequest, one: GovernmentGrid, form: Any = None) -> HttpResponse:
    now, today = clock.now(), clock.today()
    related = ("power_grid__enterprise", "power_grid__station")
    seen = PowerGrid.objects.visible_to(request.user)
    pairings = one.pairings.on(today).filter(power_grid__in=seen.order_by().values("pk"))
    pairings = pairings.select_related(*related)
    people = standing.people([each.power_grid for each in pairings], at=now)
    officers = one.assignments.visible_to(request.user).at(now)
    keeps = not access.refusal(one.keeper, by=request.user)
    start = now.astimezone(clock.ZONE).replace(second=0)
    context = {
        "grid": one,
        "children": one.children.visible_to(request.user).on(today),
        "officers": officers.select_related("member__user", "member__organisation"),
        "pairings": [(each, people.get(each.power_grid_id, [])) for each in pairings],
        "numbers": presenting.NUMBERS,
        "may_manage": keeps,
        "appoint_form": (form or AppointForm(grid=one, initial={"starts_at": start}))
        if keeps
        else None,
    }
    status = pages.status_of(form) if form is not None else 200
    return pages.render(request, "grids/government.html", context=context, status=status)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def government_new(request: HttpRequest) -> HttpResponse:
    """Enter a government grid."""
    initial = {"valid_from": clock.today()}
    form = GovernmentForm(
        request.POST if request.method == "POST" else None, user=request.user, initial=initial
    )
    if form.is_bound and form.is_valid():
        given = {**form.said(), "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.found_government_grid, **given):
            messages.success(request, _("政府网格已登记。"))
            return pages.go(request, "grids:government", made.pk)
    return pages.render(request, "grids/government_edit.html", context={"form": form})


@policy.needs(MANAGE)
@require_POST
def government_appoint(request: HttpRequest, pk: int) -> HttpResponse:
    """Enter an officer of a government grid."""
    one = _find(request, pk)
    form = AppointForm(request.POST, grid=one)
    if form.is_valid():
        given = {**form.said(), "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.appoint, grid=one, **given):
            messages.success(request, _("任职已登记。"))
            return pages.go(request, "grids:government", one.pk)
    return _shown(request, one, form)
