"""What a unit asks of itself, apart from what it promised society (S2-1d).

Source: grid standard 1: it is no promise to the outside, only the least that is done inside.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organisation, OrganisationQuerySet
from accounts.permissions import Permission
from core import clock, pages, policy
from core.errors import Refused
from grids.models import GridRule
from grids.models.rules import nearest
from reporting.queries import openness

MOST_UNITS = 300


@policy.needs(Permission.GRID_VIEW)
@require_safe
def any_unit(request: HttpRequest) -> HttpResponse:
    """The page of the unit that was chosen, else of the first in sight: one's own."""
    seen = _seen(request)
    chosen = seen.filter(code=request.GET.get("unit", "")[:32]).first() or seen.first()
    if chosen is None:
        raise Refused(_("辖区内没有电力企业。"))
    return redirect("reporting:commitments", code=chosen.code)


def _seen(request: HttpRequest) -> OrganisationQuerySet:
    seen = Organisation.objects.visible_to(request.user, Permission.GRID_VIEW)
    return seen.companies().in_force().order_by("path")


@policy.needs(Permission.GRID_VIEW)
@require_safe
def commitments(request: HttpRequest, code: str) -> HttpResponse:
    """Internal limits and public promises of one enterprise, in two tables that never mix."""
    seen = _seen(request)
    unit = get_object_or_404(seen, code=code)
    context = {
        "units": seen[:MOST_UNITS],
        "unit": unit,
        "internal": _internal(unit),
        "promises": openness.promises(unit, on=clock.today()),
    }
    return pages.render(request, "reporting/commitments.html", context=context)


def _internal(unit: Organisation) -> list[dict[str, Any]]:
    """By limit: what holds for all, and what the unit (or the nearest above it) tightened."""
    rows = GridRule.objects.filter(valid_from__lte=clock.today()).select_related("organisation")
    by_code: dict[str, list[GridRule]] = {}
    for one in rows.order_by("code", "valid_from"):
        by_code.setdefault(one.code, []).append(one)
    found = []
    for rules in by_code.values():
        base, own = nearest(rules, None), nearest(rules, unit)
        if (shown := own or base) is not None:
            tightened = own if own and own.organisation else None
            found.append({"shown": shown, "base": base, "own": tightened})
    return found
