"""Ending a matter: by one person, or proposed by one and decided by another.

Source: campaign plan 三(六)2 (S1-3.3.6(2)).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaign.enforcement_workflow import MatterState
from campaign.models import EnforcementClosing
from campaign.services import enforcement_closings as services
from campaign.views.enforcement import APPROVE, MANAGE, closing_form, find, shown
from core import clock, pages, policy


@policy.needs(MANAGE)
@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the matter with its conclusion, or propose it where items are not written off."""
    found = find(request, pk)
    form = closing_form(found, request.POST)
    told = {"matter": found, "by": request.user, "now": clock.now()}
    if form.is_valid():
        done = pages.attempt(form, services.close_matter, **told, **form.cleaned_data)
        if done is not None:
            if done.state != MatterState.CLOSED:
                messages.success(request, _("已提请结案，请另一人批准。"))
            return pages.go(request, "campaign:enforcement_matter", found.pk)
    return shown(request, found, bound={"close": form})


@policy.needs(MANAGE, APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int, act: str) -> HttpResponse:
    """Approve a proposed closing, refuse it with a reason, or take it back."""
    seen = EnforcementClosing.objects.visible_to(request.user)
    found = get_object_or_404(seen.select_related("matter"), pk=pk)
    told: dict[str, Any] = {"closing": found, "by": request.user, "now": clock.now()}
    if act == "approve":
        services.approve(**told)
        messages.success(request, _("已批准结案。"))
    elif act == "refuse":
        services.refuse(reason=request.POST.get("reason", ""), **told)
        messages.success(request, _("已办理。"))
    elif act == "withdraw":
        services.withdraw(**told)
        messages.success(request, _("已撤回。"))
    else:
        raise Http404
    return pages.go(request, "campaign:enforcement_matter", found.matter_id)
