"""Pages of good practice: an article, its approval and sharing, the public page (S1-2.2.5f)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign import demonstration_workflow as workflow
from campaign.demonstration_forms import PracticeForm, ShareForm, WordsForm
from campaign.models import Campaign, Demonstration, GoodPractice
from campaign.scope import workplaces, works_for
from campaign.services import practice_recalls as recalls
from campaign.services import practising as services
from campaign.views.common import MANAGE, VIEW, find, page_context
from core import clock, pages, policy
from core.errors import Conflict
from core.paging import keyset

DRAFT, APPROVE = Permission.FILING_DRAFT, workflow.APPROVE


def _authors(request: HttpRequest) -> Any:
    """Offices and companies for which the person writes."""
    offices = [p.pk for p in workplaces(request.user, MANAGE) if p.is_regulator]
    companies = [p.pk for p in workplaces(request.user, DRAFT) if p.is_company]
    return Organisation.objects.filter(pk__in=[*offices, *companies])


@policy.needs(MANAGE, DRAFT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin an article; ``?unit=`` begins one on that unit."""
    campaign = find(request, pk)
    units = Demonstration.objects.visible_to(request.user).filter(campaign=campaign)
    asked = request.GET.get("unit", "")
    form = PracticeForm(
        request.POST or None,
        authors=_authors(request),
        units=units,
        initial={"unit": asked if asked.isascii() and asked.isdigit() else ""},
    )
    if request.method == "POST" and form.is_valid():
        given = {"campaign": campaign, "by": request.user, "now": clock.now()}
        made = pages.attempt(form, services.draft_practice, **given, **form.cleaned_data)
        if made is not None:
            return pages.go(request, "campaign:practice", made.pk)
    context = page_context(campaign, "demonstrations", form=form)
    return pages.render(
        request,
        "campaign/demonstrations/practice_new.html",
        context=context,
        status=pages.status_of(form),
    )


def _find(request: HttpRequest, pk: int) -> GoodPractice:
    related = ("campaign", "author", "office", "unit", "drafted_by", "decided_by")
    seen = GoodPractice.objects.visible_to(request.user).select_related(*related)
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
@require_http_methods(["GET", "POST"])
def practice(request: HttpRequest, pk: int) -> HttpResponse:
    """An article with the acts that are open to the person; a draft is written here."""
    found = _find(request, pk)
    form = WordsForm(request.POST or None, initial={"title": found.title, "body": found.body})
    if request.method == "POST" and form.is_valid():
        given = {"practice": found, "by": request.user, "now": clock.now(), **form.cleaned_data}
        if pages.attempt(form, services.revise_practice, **given):
            messages.success(request, _("已保存。"))
            return pages.go(request, "campaign:practice", found.pk)
    user = request.user
    sharing = workflow.sharing_refusal(found, by=user)
    asked = recalls.waiting(found)
    if asked is not None:
        asked.practice = found
    inside = any(works_for(user, VIEW, one) for one in (found.author, found.office))
    context = page_context(
        found.campaign,
        "demonstrations",
        practice=found,
        unit=found.unit if found.unit and _sees(request, found.unit_id) else None,
        lamp=workflow.LAMPS[found.state],
        form=form,
        writing=workflow.writing_refusal(found, by=user),
        judging=workflow.judging_refusal(found, by=user) or services.own_words(found, by=user),
        sharing=sharing,
        share_form=None if sharing else _share_form(found),
        # With whom it was shared is for those who wrote and approved it.
        shares=found.shares.select_related("organisation") if inside else [],
        inside=inside,
        asked=asked,
        recalling=workflow.recalling_refusal(asked, by=user) if asked else "",
        needs_second=recalls.read_by_others(found),
        recalls=found.recalls.exclude(granted=None).select_related("asked_by", "decided_by")
        if inside
        else [],
    )
    return pages.render(
        request,
        "campaign/demonstrations/practice.html",
        context=context,
        status=pages.status_of(form),
    )


def _sees(request: HttpRequest, pk: int) -> bool:
    return Demonstration.objects.visible_to(request.user).filter(pk=pk).exists()


def _share_form(found: GoodPractice, data: Any = None) -> ShareForm:
    return ShareForm(data, organisations=_others(found.campaign, found))


def _others(campaign: Campaign, found: GoodPractice) -> Any:
    """The parties of the campaign without its author and those who have it."""
    parties = campaign.participants.values("organisation")
    had = found.shares.values("organisation")
    units = Organisation.objects.filter(pk__in=parties).exclude(pk__in=had)
    return units.exclude(pk=found.author_id).order_by("code")


@policy.needs(MANAGE, DRAFT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a draft to the office's head."""
    found = _find(request, pk)
    services.submit_practice(practice=found, by=request.user, now=clock.now())
    messages.success(request, _("已提交审定。"))
    return pages.go(request, "campaign:practice", found.pk)


@policy.needs(APPROVE)
@require_POST
def judge(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve an article or send it back."""
    found = _find(request, pk)
    services.judge_practice(
        practice=found,
        approve=request.POST.get("decision") == "approve",
        note=request.POST.get("note", ""),
        by=request.user,
        now=clock.now(),
    )
    # Sent back, it is its author's again.
    if _visible(request, found.pk):
        return pages.go(request, "campaign:practice", found.pk)
    return pages.go(request, "campaign:demonstrations", found.campaign_id)


def _visible(request: HttpRequest, pk: int) -> bool:
    return GoodPractice.objects.visible_to(request.user).filter(pk=pk).exists()


@policy.needs(MANAGE, APPROVE)
@require_POST
def share(request: HttpRequest, pk: int) -> HttpResponse:
    """Share an approved article with chosen organisations or with everybody."""
    found = _find(request, pk)
    form = _share_form(found, request.POST)
    if not form.is_valid():
        # Somebody else shared it meanwhile: who was ticked beside must not be lost silently.
        raise Conflict(_("所选单位中有的已经推广或者不能推广，请刷新页面后重新选择。"))
    services.share_practice(
        practice=found,
        organisations=form.cleaned_data["organisations"],
        publish=form.cleaned_data["publish"],
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已推广。"))
    return pages.go(request, "campaign:practice", found.pk)


@policy.needs(MANAGE, APPROVE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an article back; one that others read, when another person agrees."""
    found, reason = _find(request, pk), request.POST.get("reason", "")
    done = recalls.withdraw_practice(
        practice=found, reason=reason, by=request.user, now=clock.now()
    )
    if done.state != workflow.PracticeState.WITHDRAWN:
        messages.success(request, _("已提请撤回，请另一人办理。"))
        return pages.go(request, "campaign:practice", found.pk)
    return pages.go(request, "campaign:demonstrations", found.campaign_id)


@policy.needs(APPROVE)
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person takes an article back, or lets it stand."""
    found = _find(request, pk)
    recalls.settle(
        practice=found,
        grant=request.POST.get("decision") == "grant",
        note=request.POST.get("note", ""),
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("已办理。"))
    return pages.go(request, "campaign:practice", found.pk)


# -- public ----------------------------------------------------------------------------------------


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Published articles, newest first."""
    found = GoodPractice.objects.published().select_related("author")
    page = keyset(found, request.GET, order=("-published_at", "-pk"))
    return pages.render(request, "campaign/demonstrations/public_list.html", context={"page": page})


@policy.public
@require_GET
def public(request: HttpRequest, pk: int) -> HttpResponse:
    """A published article."""
    found = get_object_or_404(GoodPractice.objects.published().select_related("author"), pk=pk)
    return pages.render(request, "campaign/demonstrations/public.html", context={"practice": found})
