"""What every page of the portal is given: the clock, the menu, unread notices."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject

from core import clock, navigation, notices
from core import help as help_topics


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of base.html. Lazy: a fragment or a letter pays nothing for the menu."""
    user = getattr(request, "user", None)
    signed_in = bool(user and user.is_authenticated)
    # A page that two menu entries lead to may say under which of them it stands.
    place = getattr(request, "menu_path", request.path)
    return {
        "now": clock.now(),
        "clock_is_moved": clock.is_moved(),
        "is_demo": settings.DEMO,
        "menu": SimpleLazyObject(
            lambda: navigation.menu_for(user, place) if signed_in else navigation.Menu()
        ),
        "help_url": SimpleLazyObject(lambda: help_url(request)),
        "profile_url": SimpleLazyObject(profile_url),
        "unread_notices": SimpleLazyObject(lambda: unread(user) if signed_in else 0),
    }


def help_url(request: HttpRequest) -> str:
    """The help topic of this page, or the list of all topics."""
    match = request.resolver_match
    topic = help_topics.topic_for(match.view_name) if match else None
    return reverse("core:help_page", args=[topic.slug]) if topic else reverse("core:help")


def profile_url() -> str:
    try:
        return reverse("accounts:profile")
    except NoReverseMatch:
        return ""


def unread(user: Any) -> int:
    """How many notices the person has not opened yet."""
    return notices.for_user(user).filter(read_at__isnull=True).count()
