"""Pages of periodic returns."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from core import pages, policy
from reporting.models import Return


@policy.needs(Permission.FILING_VIEW)
@require_GET
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One return: where it stands."""
    seen = Return.objects.visible_to(request.user).select_related("form", "organisation")
    entry = get_object_or_404(seen, pk=pk)
    return pages.render(request, "reporting/returns/detail.html", context={"entry": entry})
