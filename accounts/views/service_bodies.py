"""Pages of how a unit is organised: the chart by level, bodies with their people and history.

Source: grid standard 7.1 (S2-7.1a, S2-7.1b).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import chart as charts
from accounts import services
from accounts.models import ServiceBody, ServiceSeat
from accounts.permissions import Permission
from accounts.service_forms import BodyForm, EndForm, SeatForm
from accounts.services.service_bodies import refusal, staff
from accounts.views.organisations import find_organisation
from core import clock, pages, policy
from core.errors import Refused

MANAGE = Permission.GRID_MANAGE


@policy.signed_in
@require_GET
def chart(request: HttpRequest, code: str) -> HttpResponse:
    """The unit and the levels below it, to be printed."""
    found = find_organisation(request, code)
    asked = request.GET.get("levels", "")
    depth = int(asked) if asked in {str(one) for one in range(1, charts.DEEPEST + 1)} else 2
    context = {
        "organisation": found,
        "chart": charts.chart(found, request.user, depth=depth, on=clock.today()),
        "depth": depth,
        "depths": range(1, charts.DEEPEST + 1),
        "now": clock.now(),
        "may_manage": not refusal(found, by=request.user),
    }
    return pages.render(request, "accounts/chart.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def new_body(request: HttpRequest, code: str) -> HttpResponse:
    """Register a body of the unit."""
    unit = find_organisation(request, code)
    form = BodyForm(request.POST or None, initial={"founded_on": clock.today()})
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            services.found_body,
            organisation=unit,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            messages.success(request, _("服务组织已登记。"))
            return pages.go(request, "accounts:service_body", made.pk)
    context = {"form": form, "organisation": unit, "why_not": refusal(unit, by=request.user)}
    return pages.render(request, "accounts/service_body_new.html", context=context)


@policy.signed_in
@require_GET
def body(request: HttpRequest, pk: int) -> HttpResponse:
    """One body: founding, functions, who is in it and who was."""
    return _shown(request, _find(request, pk))


def _shown(request: HttpRequest, found: ServiceBody, **bound: Any) -> HttpResponse:
    today, may = clock.today(), not refusal(found.organisation, by=request.user)
    may = may and found.dissolved_on is None
    seats = list(found.seats.select_related("person").order_by("joined_on", "pk"))
    order = list(ServiceSeat.Role.values)
    people = staff(found.organisation, on=today).order_by("name", "pk") if may else None
    context = {
        "body": found,
        "held": sorted(
            (one for one in seats if one.left_on is None), key=lambda one: order.index(one.role)
        ),
        "former": [one for one in seats if one.left_on is not None],
        "may_manage": may,
        "seat_form": bound.get("seat_form")
        or (SeatForm(people=people, initial={"joined_on": today}) if may else None),
        "end_form": bound.get("end_form") or EndForm(initial={"on": today}, auto_id="end_%s"),
        "form": bound.get("seat_form") or bound.get("end_form"),
        "now": clock.now(),
    }
    return pages.render(request, "accounts/service_body.html", context=context)


@policy.needs(MANAGE)
@require_POST
def seat(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a person into a body; a refusal stands at the form."""
    found = _find(request, pk)
    people = staff(found.organisation, on=clock.today()).order_by("name", "pk")
    form = SeatForm(request.POST, people=people)
    if form.is_valid():
        made = pages.attempt(
            form, services.seat, body=found, **form.cleaned_data, by=request.user, now=clock.now()
        )
        if made is not None:
            messages.success(request, _("成员已登记。"))
            return pages.go(request, "accounts:service_body", found.pk)
    return _shown(request, found, seat_form=form)


@policy.needs(MANAGE)
@require_POST
def unseat(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody leaves a body."""
    one = get_object_or_404(ServiceSeat.objects.visible_to(request.user), pk=pk)
    day, document = _end_of(request)
    services.unseat(seat=one, left_on=day, document=document, by=request.user, now=clock.now())
    messages.success(request, _("离任已登记。"))
    return pages.go(request, "accounts:service_body", one.body_id)


@policy.needs(MANAGE)
@require_POST
def dissolve(request: HttpRequest, pk: int) -> HttpResponse:
    """End a body."""
    found = _find(request, pk)
    form = EndForm(request.POST, auto_id="end_%s")
    if form.is_valid():
        done = pages.attempt(
            form,
            services.dissolve_body,
            body=found,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if done is not None:
            messages.success(request, _("服务组织已撤销，历任成员继续可查。"))
            return pages.go(request, "accounts:service_body", found.pk)
    return _shown(request, found, end_form=form)


def _end_of(request: HttpRequest) -> tuple[Any, str]:
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写离任日期和文号。"))
    return form.cleaned_data["on"], form.cleaned_data["document"]


def _find(request: HttpRequest, pk: int) -> ServiceBody:
    seen = ServiceBody.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(seen, pk=pk)
