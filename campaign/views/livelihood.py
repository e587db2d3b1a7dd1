"""Setting the tag 民生 of a problem or of a task, with a reason (S1-1.1.1)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from campaign.models import RectificationItem
from campaign.services import livelihood as services
from campaign.views.duties import find_duty
from core import clock, pages, policy


@policy.needs(Permission.RECTIFICATION_MANAGE)
@require_POST
def tag_item(request: HttpRequest, pk: int) -> HttpResponse:
    """Tag an item of the ledger, or take the tag off."""
    seen = RectificationItem.objects.visible_to(request.user).select_related("regulator")
    item = get_object_or_404(seen, pk=pk)
    services.tag_item(
        item=item,
        tagged=request.POST.get("tagged") == "1",
        reason=request.POST.get("reason", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("民生标签已更改。"))
    return pages.go(request, "campaign:rectification_item", item.pk)


@policy.needs(Permission.CAMPAIGN_MANAGE)
@require_POST
def tag_duty(request: HttpRequest, pk: int) -> HttpResponse:
    """Tag a task of the campaign, or take the tag off."""
    duty = find_duty(request, pk)
    services.tag_duty(
        duty=duty,
        tagged=request.POST.get("tagged") == "1",
        reason=request.POST.get("reason", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("民生标签已更改。"))
    return pages.go(request, "campaign:duty", duty.pk)
