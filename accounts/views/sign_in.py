"""Signing in with allauth's flow, and setting a password by a single-use link."""

from __future__ import annotations

import secrets

from allauth.account.views import LoginView
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts import lockout, names
from accounts.forms import AskResetForm, NewPasswordForm
from accounts.middleware import ENDED
from accounts.models import User
from accounts.services import links
from core import clock, outbox, policy
from core.addresses import client_address
from core.errors import Refused


class SignInView(LoginView):
    """allauth's sign-in page; says why the last session ended. A wrong password answers 200."""

    def get_context_data(self, **kwargs):  # type: ignore[no-untyped-def]
        ended = self.request.session.pop(ENDED, "")
        reasons = {
            "idle": _("您较长时间没有操作，为安全起见已退出登录。"),
            "old": _("本次登录已超过最长时限，请重新登录。"),
            "killed": _("您的登录已被终止，请重新登录。"),
        }
        return {**super().get_context_data(**kwargs), "ended": reasons.get(ended, "")}


@policy.public
@never_cache
@sensitive_post_parameters("password", "again")
@require_http_methods(["GET", "POST"])
def set_password(request: HttpRequest, token: str) -> HttpResponse:
    """The page that an invitation or a reset leads to; each link works once."""
    now = clock.now()
    key = lockout.token_key(client_address(request))
    limit = settings.SIGN_IN_ADDRESS_LIMIT
    posted = request.method == "POST"
    if posted and not lockout.reserve(key, now=now, limit=limit):
        return render(request, "accounts/link_invalid.html", {"locked": True}, status=429)
    link = links.find(token, now=now)
    if link is None:
        return render(request, "accounts/link_invalid.html", status=404)
    if posted:
        lockout.release(key)
    form = NewPasswordForm(request.POST or None, user=link.user)
    if request.method == "POST" and form.is_valid():
        try:
            links.redeem(token=token, password=form.cleaned_data["password"], now=now)
        except Refused:
            return render(request, "accounts/link_invalid.html", status=404)
        messages.success(request, _("口令已设置，请登录。"))
        return redirect("account_login")
    context = {"form": form, "link": link}
    return render(request, "accounts/set_password.html", context, status=_status(form))


@policy.public
@never_cache
@require_http_methods(["GET", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    """Ask for a reset link. The answer and its work are the same for every name."""
    form = AskResetForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        key = lockout.token_key(client_address(request))
        if not lockout.reserve(key, now=now, limit=settings.SIGN_IN_ADDRESS_LIMIT):
            return render(request, "accounts/link_invalid.html", {"locked": True}, status=429)
        _post_reset(form.cleaned_data["username"], now=now)
        return render(request, "accounts/reset_asked.html")
    return render(request, "accounts/ask_reset.html", {"form": form}, status=_status(form))


def _post_reset(username: str, *, now) -> None:  # type: ignore[no-untyped-def]
    """One job letter, also for unknown names and for names that asked too often."""
    account = f"reset:{names.normalised(username)}"
    allowed = lockout.reserve(lockout.token_key(account), now=now)
    user = User.objects.filter(username=names.normalised(username), is_active=True).first()
    with transaction.atomic():
        outbox.post(
            key=f"reset-asked-{secrets.token_hex(8)}",
            channel="job",
            kind="accounts.reset_asked",
            payload={"person": user.pk if user and allowed else None},
            now=now,
        )


def _status(form) -> int:  # type: ignore[no-untyped-def]
    return 422 if form.is_bound and not form.is_valid() else 200
