"""Saved views: find them again, share, rename, drop, subscribe."""

from __future__ import annotations

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from complaints import queries, saved_views
from complaints.models import SavedView, ViewSubscription
from complaints.services import saved_views as services
from core import clock, pages, policy

VIEW = Permission.CASE_VIEW


def find(request: HttpRequest, pk: int) -> SavedView:
    """The view, if it is in sight; else 404."""
    seen = SavedView.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "owner"), pk=pk)


@policy.needs(VIEW)
@require_safe
def view_list(request: HttpRequest) -> HttpResponse:
    """One's own views and those shared in the office, each with what is subscribed."""
    seen = SavedView.objects.visible_to(request.user).select_related("owner", "organisation")
    mine = ViewSubscription.objects.visible_to(request.user)
    subscribed = {one.view_id: one for one in mine}
    labels, choices, now = queries.Labels(), queries.choices(), clock.now()
    rows = [
        {
            "view": view,
            "words": saved_views.words(view, labels, choices, now=now),
            "subscription": subscribed.get(view.pk),
            "own": view.owner_id == request.user.pk,
        }
        for view in seen
    ]
    gone = mine.select_related("view").exclude(view__in=seen.values("pk"))
    context = {"rows": rows, "gone": gone, "rhythms": ViewSubscription.Rhythm.choices}
    return pages.render(request, "complaints/saved_views.html", context=context)


@policy.needs(VIEW)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the conditions of the page that was left."""
    services.save(
        page=request.POST.get("page", ""),
        params=dict(parse_qsl(request.POST.get("query", "")[:4000])),
        name=request.POST.get("name", ""),
        moving=request.POST.get("moving") == "1",
        shared=request.POST.get("shared") == "1",
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("视图已保存。"))
    return pages.go(request, "complaints:saved_views")


@policy.needs(VIEW)
@require_safe
def saved_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Open the page with the conditions of the view."""
    return redirect(saved_views.url_of(find(request, pk)))


@policy.needs(VIEW)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Another name; shared or not."""
    services.change(
        view=find(request, pk),
        name=request.POST.get("name", ""),
        shared=request.POST.get("shared") == "1",
        by=request.user,
        now=clock.now(),
    )
    messages.success(request, _("视图已修改。"))
    return pages.go(request, "complaints:saved_views")


@policy.needs(VIEW)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the view away."""
    services.drop(view=find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("视图已删除。"))
    return pages.go(request, "complaints:saved_views")


@policy.needs(VIEW)
@require_POST
def subscribe(request: HttpRequest, pk: int) -> HttpResponse:
    """Be told daily or weekly, or no more."""
    rhythm = request.POST.get("rhythm", "")
    view = find(request, pk)
    services.subscribe(view=view, rhythm=rhythm, by=request.user, now=clock.now())
    messages.success(request, _("已订阅。") if rhythm else _("已取消订阅。"))
    return pages.go(request, "complaints:saved_views")
