"""What every request of a signed-in person must pass: a live session, a fit password, two factors.

The ages of a session are measured by the machine's clock, not by the demo's: moving the demo's date
must not sign everybody out.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from accounts import passwords
from core import audit, clock
from core.addresses import client_address

BEGAN, SEEN, EPOCH, ENDED = "began_at", "seen_at", "epoch", "ended_because"
# Writing the session at every request would make every page view a write.
TOUCH_EVERY = 60


class SessionMiddleware:
    """Ends sessions that are idle, too old or killed; the request then goes on without a person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if why := self.why_over(request):
                logout(request)
                request.session[ENDED] = why
            else:
                self.touch(request)
                self.speak(request)
        with audit.coming_from(client_address(request)):
            response = self.get_response(request)
        if request.user.is_authenticated:
            # Pages of people signed in are not for any cache (等保 剩余信息保护).
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    @staticmethod
    def why_over(request: HttpRequest) -> str:
        """``killed``, ``old``, ``idle`` or empty when the session lives on."""
        session, rules, now = request.session, passwords.profile(), time.time()
        if session.get(EPOCH) != request.user.session_epoch:
            return "killed"
        if now - session.get(BEGAN, 0) > rules.absolute_hours * 3600:
            return "old"
        return "idle" if now - session.get(SEEN, 0) > rules.idle_minutes * 60 else ""

    @staticmethod
    def touch(request: HttpRequest) -> None:
        now = time.time()
        if now - request.session[SEEN] > TOUCH_EVERY:
            request.session[SEEN] = now

    @staticmethod
    def speak(request: HttpRequest) -> None:
        """The person's own language goes before the browser's."""
        if request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language


class DutiesBeforeWorkMiddleware:
    """Leads to setting up the second factor or a new password before anything else is opened."""

    # Doors that stay open meanwhile: the set-up itself, signing out, help.
    ALWAYS = frozenset(
        {"account_login", "account_logout", "account_reauthenticate", "mfa_reauthenticate"}
        | {"mfa_activate_totp", "mfa_view_recovery_codes", "mfa_download_recovery_codes"}
        | {"accounts:change_password", "core:set_language"}
    )

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs) -> HttpResponse | None:  # type: ignore[no-untyped-def]
        """Redirect while something is owed; None when the view may answer."""
        match = request.resolver_match
        if not request.user.is_authenticated or (match and match.view_name in self.ALWAYS):
            return None
        if settings.PASSWORDS_EXPIRE and passwords.is_too_old(request.user, now=clock.now()):
            return redirect("accounts:change_password")
        if owes_second_factor(request.user):
            return redirect("mfa_activate_totp")
        return None


def owes_second_factor(user) -> bool:  # type: ignore[no-untyped-def]
    """Whether a role of the person demands a second factor that is not set up yet."""
    if not settings.SECOND_FACTOR_FOR_STAFF or not user.needs_second_factor:
        return False
    return not Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def begin(request: HttpRequest, user) -> None:  # type: ignore[no-untyped-def]
    """Start the ages of a session (also after its owner ended all others)."""
    now = time.time()
    request.session[BEGAN] = request.session[SEEN] = now
    request.session[EPOCH] = user.session_epoch
