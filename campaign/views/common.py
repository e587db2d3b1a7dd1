"""What several campaign pages share: finding the campaign, its tabs, the refusal on a button."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign import queries
from campaign.models import Campaign
from campaign.scope import works_for
from campaign.workflow import CampaignState
from core.components import Tab

VIEW, MANAGE = Permission.CAMPAIGN_VIEW, Permission.CAMPAIGN_MANAGE


def find(request: HttpRequest, pk: int) -> Campaign:
    """The campaign, if it is in sight; else 404."""
    seen = Campaign.objects.visible_to(request.user).select_related("issuing_organisation")
    return get_object_or_404(seen, pk=pk)


def manages(request: HttpRequest, campaign: Campaign) -> bool:
    """Whether the person may act for the issuing organisation."""
    return works_for(request.user, MANAGE, campaign.issuing_organisation)


def manage_refusal(request: HttpRequest, campaign: Campaign) -> str:
    """Why the person may not act for the issuing organisation; empty when they may."""
    if manages(request, campaign):
        return ""
    return _("由发文机关%(name)s办理。") % {"name": campaign.issuing_organisation}


def tabs(campaign: Campaign, current: str) -> list[Tab]:
    """The pages of one campaign."""
    named = [
        ("home", _("概况")),
        ("board", _("任务看板")),
        ("tree", _("目标任务")),
        ("reminders", _("催报")),
        ("groups", _("领导小组")),
        ("meetings", _("会议")),
        ("notes", _("督导督办")),
        ("safeguards", _("制度措施")),
        ("demonstrations", _("示范创建")),
        ("documents", _("文件")),
        ("plan", _("方案")),
    ]
    if campaign.state == CampaignState.DRAFT:
        named = [(name, label) for name, label in named if name in ("home", "reminders", "plan")]
    return [
        Tab(label, reverse(f"campaign:{name}", args=[campaign.pk]), name == current)
        for name, label in named
    ]


def livelihood_choice(request: HttpRequest) -> str:
    """What the address asks about the tag 民生; nothing for any other word."""
    asked = request.GET.get("livelihood", "")
    return asked if asked in queries.LIVELIHOOD else ""


def page_context(campaign: Campaign, current: str, **more: Any) -> dict[str, Any]:
    return {"campaign": campaign, "tabs": tabs(campaign, current), **more}
