"""Notices, search, help, language: what everybody has on every page."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, redirect
from django.urls import translate_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.views.decorators.http import require_POST, require_safe

from core import clock, gallery_samples, pages, policy
from core import help as topics
from core import notices as letters
from core import search as finders
from core.paging import keyset


@policy.signed_in
def notices(request: HttpRequest) -> HttpResponse:
    """The person's notices, newest first; ``?unread=1`` shows only those not opened yet."""
    rows = letters.for_user(request.user)
    only_unread = request.GET.get("unread") == "1"
    if only_unread:
        rows = rows.filter(read_at__isnull=True)
    page = keyset(rows, request.GET, order=("-sent_at", "-pk"), size=30)
    return pages.render(
        request, "core/notices.html", context={"page": page, "only_unread": only_unread}
    )


@policy.signed_in
@require_POST
def open_notice(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice read and go to what it is about."""
    notice = get_object_or_404(letters.for_user(request.user), pk=pk)
    letters.for_user(request.user).filter(pk=pk, read_at=None).update(read_at=clock.now())
    return pages.go(request, notice.url or "core:notices")


@policy.signed_in
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark all of the person's notices read."""
    letters.for_user(request.user).filter(read_at=None).update(read_at=clock.now())
    return pages.go(request, "core:notices")


@policy.signed_in
def search(request: HttpRequest) -> HttpResponse:
    """What the apps find for ``?q=``, each kind within the person's sight."""
    searched = request.GET.get("q", "").strip()[:60]
    found = finders.run(request.user, searched) if searched else []
    total = sum(len(results) for _, results in found)
    # A kind that fills its page has perhaps more than what stands here: no number is claimed then.
    most = finders.PER_KIND
    cut = any(len(results) >= most for _, results in found)
    context = {"searched": searched, "found": found, "total": total, "cut": cut, "most": most}
    return pages.render(request, "core/search.html", context=context)


@policy.signed_in
def help_index(request: HttpRequest) -> HttpResponse:
    """All help topics."""
    return pages.render(request, "core/help/index.html", context={"topics": topics.TOPICS})


@policy.signed_in
def help_page(request: HttpRequest, page: str) -> HttpResponse:
    """One help topic."""
    topic = topics.TOPICS.get(page)
    if topic is None:
        raise Http404
    context = {"topic": topic, "topics": topics.TOPICS}
    return pages.render(request, f"core/help/{topic.slug}.html", context=context)


@policy.signed_in
@require_safe
def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in here, and a fresh token for forms: a page asks before it sends words."""
    return JsonResponse({"person": request.user.pk, "token": get_token(request)})


@policy.public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the pages, for this browser and for the person."""
    code = request.POST.get("language", "")
    target = request.POST.get("next", "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(target, hosts, request.is_secure())
    # A bare word would be taken for the name of a page, which there may not be.
    if not safe or not target.startswith(("/", "http")):
        target = "/"
    response = redirect(target)
    if code in dict(settings.LANGUAGES) and check_for_language(code):
        response = redirect(translate_url(target, code))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            code,
            max_age=365 * 24 * 3600,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
        if request.user.is_authenticated:
            get_user_model().objects.filter(pk=request.user.pk).update(language=code)
    return response


@policy.signed_in
def gallery(request: HttpRequest) -> HttpResponse:
    """Every component in every state; only where pages are made, never in production."""
    if not (settings.DEBUG or settings.DEMO or settings.CLOCK_MAY_MOVE):
        raise Http404
    return pages.render(request, "core/gallery.html", context=gallery_samples.samples())
