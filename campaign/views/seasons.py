"""A phase together with the season that it is combined with (S1-5.3b)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from campaign import seasons
from campaign.forms import day_field
from campaign.models import Phase, PhaseSeason
from campaign.services.seasons import combine
from campaign.views.common import MANAGE, find, manages
from campaign.workflow import CampaignState
from core import clock, pages, policy
from core.errors import Refused


class SeasonForm(forms.Form):
    """With which season a phase goes together."""

    name = forms.CharField(label=_("季节性督导"), max_length=30)
    starts_on = day_field(_("开始日期"))
    ends_on = day_field(_("结束日期"))
    document_number = forms.CharField(label=_("依据文号"), max_length=60, required=False)
    focus = forms.CharField(
        label=_("督导重点"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


def of_phase(request: HttpRequest, phase: Phase) -> dict[str, Any]:
    """What the page of a phase shows: the season, what happened in it, and its form."""
    campaign = phase.campaign
    season = PhaseSeason.objects.filter(phase=phase).select_related("linked_by").first()
    told = seasons.told(season, user=request.user, today=clock.today()) if season else None
    may = manages(request, campaign) and campaign.state == CampaignState.LAUNCHED
    if season:
        names = ("name", "starts_on", "ends_on", "document_number", "focus")
        initial = {name: getattr(season, name) for name in names}
    else:
        initial = seasons.proposed(phase)
    form = SeasonForm(initial=initial, auto_id="season_%s") if may else None
    return {"season": season, "told": told, "season_form": form}


@require_POST
@policy.needs(MANAGE)
def link(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Combine a phase with a season."""
    phase = get_object_or_404(find(request, pk).phases, number=number)
    form = SeasonForm(request.POST, auto_id="season_%s")
    if not form.is_valid():
        raise Refused(
            "；".join(f"{form[name].label}：{errors[0]}" for name, errors in form.errors.items())
        )
    combine(phase=phase, by=request.user, now=clock.now(), **form.cleaned_data)
    return pages.go(request, "campaign:phase", pk, number)
