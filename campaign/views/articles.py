"""The articles that findings and measures cite, and the checklists built on them (S1-1.1.2a)."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.permissions import Permission
from campaign import services
from campaign.inspection_forms import ArticleForm
from campaign.models import Checklist, LegalArticle
from core import clock, pages, policy
from core.errors import Refused

CHANGE = Permission.ARTICLE_MANAGE
READ = (Permission.CAMPAIGN_VIEW, CHANGE)


def _day(request: HttpRequest) -> date:
    """The day that is asked for; today for anything else."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return clock.today()


@policy.needs(*READ)
@require_http_methods(["GET", "POST"])
def articles(request: HttpRequest) -> HttpResponse:
    """Articles in force on a day, or all versions; those who keep them enter a new one here."""
    on, whole = _day(request), request.GET.get("all") == "1"
    seen = LegalArticle.objects.visible_to(request.user)
    form = None
    if not services.article_refusal(request.user):
        form = ArticleForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            told = {"by": request.user, "now": clock.now(), **form.cleaned_data}
            if pages.attempt(form, services.enter_article, **told) is not None:
                messages.success(request, _("条款已录入。"))
                return pages.go(request, "campaign:articles")
    elif request.method == "POST":
        raise Refused(services.article_refusal(request.user))
    shown = seen if whole else seen.in_force(on=on)
    # A figure beside a guarantee opens exactly the articles that it counts.
    if codes := request.GET.get("codes", "")[:300]:
        shown = shown.filter(code__in=codes.split(","))
    context: dict[str, Any] = {
        "rows": [(one, one.counts_on(on)) for one in shown],
        "on": on,
        "whole": whole,
        "form": form,
        "checklists": _checklists(request, on),
    }
    return pages.render(request, "campaign/inspections/articles.html", context=context)


def _checklists(request: HttpRequest, on: date) -> list[tuple[Checklist, list[Any]]]:
    """Checklists in force with their items, each with its articles of that day in words."""
    standing = LegalArticle.objects.in_force(on=on)
    named = {one.code: str(one) for one in standing}
    return [
        (
            checklist,
            [
                (item, [named[c] for c in item.articles if c in named])
                for item in checklist.items.all()
            ],
        )
        for checklist in Checklist.objects.visible_to(request.user).in_force(on=on)
    ]


@policy.needs(CHANGE)
@require_POST
def end_article(request: HttpRequest, pk: int) -> HttpResponse:
    """Say until when an article counted."""
    article = get_object_or_404(LegalArticle.objects.visible_to(request.user), pk=pk)
    try:
        last_day = date.fromisoformat(request.POST.get("last_day", ""))
    except ValueError:
        raise Refused(_("请填写失效日期。")) from None
    services.end_article(
        article=article,
        last_day=last_day,
        reason=request.POST.get("reason", "")[:200],
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "campaign:articles")
