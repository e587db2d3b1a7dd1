"""The way from a template to a running campaign: template → organisations → dates → preview."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import Organisation
from campaign import queries, services
from campaign.forms import CreateForm, DatesForm, OrganisationsForm
from campaign.models import Campaign, Participant
from campaign.unfolding import Planned, default_executors
from campaign.views.common import MANAGE, find, manage_refusal
from campaign.workflow import CampaignState
from core import clock, pages, policy
from core.components import Step
from core.errors import Refused


def steps(current: int, campaign: Campaign | None = None) -> list[Step]:
    """The four pages of the wizard; those behind can be opened again."""
    labels = [
        (_("选择模板"), ""),
        (_("实施单位"), "organisations"),
        (_("时间安排"), "dates"),
        (_("预览启动"), "preview"),
    ]
    found = []
    for number, (label, name) in enumerate(labels, start=1):
        state = "done" if number < current else "now" if number == current else "next"
        url = reverse(f"campaign:{name}", args=[campaign.pk]) if campaign and name else ""
        found.append(Step(label, state, url if number != current else ""))
    return found


def find_draft(request: HttpRequest, pk: int) -> Campaign:
    """The draft; refused once it is launched, because nothing of it can be changed any more."""
    campaign = find(request, pk)
    if campaign.state != CampaignState.DRAFT:
        raise Refused(_("该专项行动已经启动，不能再修改部署内容。"))
    return campaign


@policy.needs(MANAGE)
def new(request: HttpRequest) -> HttpResponse:
    """Choose template, issuing office and document number."""
    now = clock.now()
    asked = request.GET.get("source", "")
    initial = {"source": asked} if asked.isascii() and asked.isdigit() else {}
    form = CreateForm(request.POST or None, user=request.user, now=now, initial=initial)
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        issuer = data["issuing_organisation"]
        executors = default_executors(issuer, on=clock.today())
        campaign = pages.attempt(
            form, services.create, executors=executors, by=request.user, now=now, **data
        )
        if campaign is not None:
            return pages.go(request, "campaign:organisations", campaign.pk)
    context = {"form": form, "steps": steps(1)}
    return pages.render(request, "campaign/new.html", context=context)


def _candidates(campaign: Campaign) -> list[Organisation]:
    """Provincial companies; those of the issuer's territory first."""
    near = default_executors(campaign.issuing_organisation, on=clock.today())
    every = Organisation.objects.in_force().filter(kind=Organisation.Kind.PROVINCIAL_COMPANY)
    return near + [one for one in every.order_by("code") if one not in near]


@policy.needs(MANAGE)
def organisations(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose the companies that carry the campaign out."""
    campaign = find_draft(request, pk)
    listed = _candidates(campaign)
    standing = campaign.participants.filter(part=Participant.Part.EXECUTOR)
    form = OrganisationsForm(
        request.POST or None,
        companies=Organisation.objects.filter(pk__in=[one.pk for one in listed]),
        initial={"executors": list(standing.values_list("organisation_id", flat=True))},
    )
    if request.method == "POST" and form.is_valid():
        pages.attempt(
            form,
            services.choose_organisations,
            campaign=campaign,
            executors=form.cleaned_data["executors"],
            by=request.user,
            now=clock.now(),
        )
        if not form.errors:
            return pages.go(request, "campaign:dates", campaign.pk)
    context = {"campaign": campaign, "form": form, "steps": steps(2, campaign)}
    return pages.render(request, "campaign/organisations.html", context=context)


@policy.needs(MANAGE)
def dates(request: HttpRequest, pk: int) -> HttpResponse:
    """Set first and last day of phases and duties."""
    campaign = find_draft(request, pk)
    form = DatesForm(request.POST or None, campaign=campaign, on=clock.today())
    if request.method == "POST" and form.is_valid():
        pages.attempt(
            form,
            services.reschedule,
            campaign=campaign,
            phases=form.chosen("phase"),
            duties=form.chosen("duty"),
            by=request.user,
            now=clock.now(),
        )
        if not form.errors:
            return pages.go(request, "campaign:preview", campaign.pk)
    context = {"campaign": campaign, "form": form, "steps": steps(3, campaign)}
    return pages.render(request, "campaign/dates.html", context=context)


@policy.needs(MANAGE)
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """How the campaign will unfold: every duty with due date, recipient, copy and reminders."""
    campaign = find_draft(request, pk)
    planned = services.preview(campaign=campaign, now=clock.now())
    past = [plan for plan in planned if plan.due.due_at < clock.now()]
    context = {
        "campaign": campaign,
        "regions": queries.regions_of(campaign),
        "planned": planned,
        "organisations": len({plan.organisation.pk for plan in planned}),
        "reminders": sum(len(plan.reminders) for plan in planned),
        "first": _span(planned),
        "past": len(past),
        "refusal": manage_refusal(request, campaign),
        "steps": steps(4, campaign),
    }
    return pages.render(request, "campaign/preview.html", context=context)


def _span(planned: list[Planned]) -> date | None:
    return min((plan.definition.due_on for plan in planned), default=None)


@require_POST
@policy.needs(MANAGE)
def launch(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand the duties out."""
    campaign = find(request, pk)
    services.launch(campaign=campaign, by=request.user, now=clock.now())
    return pages.go(request, "campaign:home", campaign.pk)


@require_POST
@policy.needs(MANAGE)
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """End the campaign."""
    campaign = find(request, pk)
    services.close_campaign(campaign=campaign, by=request.user, now=clock.now())
    return pages.go(request, "campaign:home", campaign.pk)
