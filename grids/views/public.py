"""Grids for everybody: the card with its QR code, and finding one's own grid."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import lockout
from core import clock, pages, policy, qr
from core.addresses import client_address
from grids import presenting
from grids.forms import FinderForm
from grids.models import PowerGrid
from grids.queries import locating
from grids.views.common import RELATED, VIEW, find

# How often one address may ask within the window of the sign-in.
MOST_ASKED = 60


def _open(pk: int) -> PowerGrid:
    standing = PowerGrid.objects.on(clock.today()).select_related(*RELATED)
    return get_object_or_404(standing, pk=pk)


@policy.public
@require_http_methods(["GET", "POST"])
def finder(request: HttpRequest) -> HttpResponse:
    """Find the grid of an account or a place. By POST: what people type stands in no log."""
    form = FinderForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "numbers": presenting.NUMBERS}
    if form.is_bound and form.is_valid():
        now = clock.now()
        key = f"grid-finder:{client_address(request)}"
        if not lockout.reserve(key, now=now, limit=MOST_ASKED):
            pages.refuse(form, _("查询次数过多，请稍后再试，或拨打95598。"))
        else:
            found = locating.grid_for(**form.cleaned_data, on=clock.today())
            if found.grid is not None:
                return pages.go(request, "grids:public_grid", found.grid.pk)
            context["nothing"] = found.word
    return pages.render(request, "grids/public_finder.html", context=context)


@policy.public
@require_safe
def public_grid(request: HttpRequest, pk: int) -> HttpResponse:
    """What everybody may know of a grid: who answers for it, and the numbers."""
    card = presenting.card(_open(pk), at=clock.now())
    return pages.render(request, "grids/public_grid.html", context={"card": card})


@policy.public
@require_safe
def public_code(request: HttpRequest, pk: int) -> HttpResponse:
    """The QR code of a grid's page."""
    return qr.answer(reverse("grids:public_grid", args=[_open(pk).pk]))


@policy.needs(VIEW)
@require_safe
def card(request: HttpRequest, pk: int) -> HttpResponse:
    """The card of a grid, to be printed and posted."""
    one = find(request, pk)
    context = {"grid": one, "card": presenting.card(one, at=clock.now())}
    return pages.render(request, "grids/card.html", context=context)
