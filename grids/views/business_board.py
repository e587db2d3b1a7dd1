"""Days and fees of business passed on: by unit, kind and month; and how each kind is handled.

Source: grid standard 5.3.1, 5.3.2 (S2-5.3.1d, S2-5.3.1e, S2-5.3.2b, S2-5.3.2c).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts.permissions import Permission
from core import charts, clock, pages, policy
from core.periods import Period
from grids import business_presenting as presenting
from grids.business_forms import TypeForm
from grids.models import BusinessType
from grids.queries import business as queries
from grids.queries.business import Filters
from grids.services import business_types as services

VIEW, CHANGE = Permission.BUSINESS_VIEW, Permission.RULE_MANAGE
CHART = (760, 300)


def period_of(params: Any) -> Period:
    """The days that were asked for; without, the year up to today."""
    last = queries.day_of(params.get("until", "")) or clock.today()
    first = queries.day_of(params.get("since", "")) or date(last.year, 1, 1)
    return Period(min(first, last), last)


@policy.needs(VIEW)
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """How long it took and what it cost, and how that changes; every number opens its list."""
    now, user, period = clock.now(), request.user, period_of(request.GET)
    asked = ("unit", "source", "type", "group")
    filters = Filters.of({name: request.GET.get(name, "") for name in asked})
    whole = queries.whole(user, filters, period, now=now)
    months = queries.by_month(user, filters, period, now=now)
    context = {
        "sections": presenting.sections(user, "board"),
        "filters": filters,
        "told": presenting.described(filters),
        "period": period,
        "groups": BusinessType.Group.choices,
        "stats": presenting.stats(whole),
        "whole": presenting.cells(whole),
        "units": [presenting.cells(one) for one in queries.by_unit(user, filters, period, now=now)],
        "types": [presenting.cells(one) for one in queries.by_type(user, filters, period, now=now)],
        "months": [presenting.cells(one) for one in months],
        "days_svg": _trend(
            _("平均办电时长（工作日）"),
            months,
            {_("全程"): "mean_days", _("供电企业"): "mean_company_days"},
        ),
        "fee_svg": _trend(_("件均费用（元）"), months, {_("件均费用"): "mean_fee"}),
    }
    return pages.render(request, "grids/business/board.html", context=context)


def _trend(title: str, months: list[queries.Line], series: dict[str, str]) -> str:
    """Lines over months; a month in which nothing ended is a gap."""
    labels = [str(one.label) for one in months]
    values = {label: [_number(one, name) for one in months] for label, name in series.items()}
    links = {
        (place, month): (one.filters.url(), f"{one.label} {label}")
        for place, label in enumerate(series)
        for month, one in enumerate(months)
        if one.n
    }
    return mark_safe(charts.svg(charts.line(labels, values), *CHART, title=title, links=links))


def _number(line: queries.Line, name: str) -> float | None:
    found = getattr(line, name)
    return None if found is None else float(found)


@policy.needs(VIEW, CHANGE)
@require_GET
def types(request: HttpRequest) -> HttpResponse:
    """Every version of every kind: for whom, from when, how many steps and materials."""
    seen = BusinessType.objects.visible_to(request.user).select_related("company")
    context = {
        "sections": presenting.sections(request.user, "types"),
        "rows": [_version(one) for one in seen.order_by("group", "code", "version")],
        "today": clock.today(),
    }
    return pages.render(request, "grids/business/types.html", context=context)


def _version(kind: BusinessType) -> dict[str, Any]:
    told = kind.definition
    days = sum(one.limit.value for one in told.steps if one.limit and one.limit.unit == DAYS)
    return {"kind": kind, "told": told, "days": days}


DAYS = "working_days"


@policy.needs(VIEW, CHANGE)
@require_GET
def type_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One version: steps with who, how long and by which rule; materials; fee."""
    seen = BusinessType.objects.visible_to(request.user).select_related("company")
    kind = get_object_or_404(seen, pk=pk)
    told = kind.definition
    context = {
        "kind": kind,
        "may_revise": request.user.can(CHANGE),
        "may_adapt": request.user.can(Permission.GRID_MANAGE),
        "told": told,
        "steps": [
            (one, presenting.who(one), presenting.limit_of(one.limit), told.rules.get(one.rule))
            for one in told.steps
        ],
        "total": presenting.limit_of(told.total) if told.total else "",
        "rules": list(told.rules.values()),
    }
    return pages.render(request, "grids/business/type.html", context=context)


@policy.needs(CHANGE)
@require_http_methods(["GET", "POST"])
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """A further version of a kind from a day to come."""
    seen = BusinessType.objects.visible_to(request.user).select_related("company")
    base = get_object_or_404(seen, pk=pk)
    form = TypeForm(request.POST or None, base=base)
    if form.is_bound and form.is_valid():
        names = ("company", "valid_from", "basis", "fee")
        made = pages.attempt(
            form,
            services.revise,
            base=base,
            limits=form.limits,
            by=request.user,
            now=clock.now(),
            **{name: form.cleaned_data[name] for name in names},
        )
        if made is not None:
            messages.success(request, _("已建立第%(number)d版。") % {"number": made.version})
            return pages.go(request, "grids:business_type", made.pk)
    context = {"form": form, "kind": base}
    return pages.render(request, "grids/business/revise.html", context=context)
