"""One's own account: password, second factor, sessions, calendar feed, language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import passwords, services
from accounts.forms import ChangePasswordForm
from accounts.middleware import EPOCH, SEEN, begin
from accounts.models import Delegation, Membership, User
from core import clock, policy


@policy.signed_in
@require_GET
def profile(request: HttpRequest) -> HttpResponse:
    """Everything about one's own account on one page."""
    user = request.user
    factors = Authenticator.objects.filter(user=user)
    codes = factors.filter(type=Authenticator.Type.RECOVERY_CODES).first()
    context = {
        "memberships": Membership.objects.filter(user=user).select_related("organisation"),
        "today": clock.today(),
        "delegations": Delegation.objects.filter(user=user).select_related(
            "content_object", "given_by"
        ),
        "totp": factors.filter(type=Authenticator.Type.TOTP).first(),
        "codes_left": len(codes.wrap().get_unused_codes()) if codes else 0,
        "factor_forced": settings.SECOND_FACTOR_FOR_STAFF and user.needs_second_factor,
        "sessions": sessions_of(user),
        "current_session": request.session.session_key,
        "rules": passwords.profile(),
        "languages": settings.LANGUAGES,
        # Other programs fetch it from outside, so the address names the portal's host.
        "calendar_url": f"{settings.SITE_URL}/calendar/{user.calendar_token}.ics",
    }
    return render(request, "accounts/profile.html", context)


@dataclass(frozen=True)
class LiveSession:
    """A session that still exists, with what its owner recognises it by."""

    entry: UserSession
    seen_at: datetime | None


def sessions_of(user: User) -> list[LiveSession]:
    """Sessions of a person that are still alive, the one used last first. Reads only."""
    entries = {entry.session_key: entry for entry in UserSession.objects.filter(user=user)}
    rows = Session.objects.filter(session_key__in=entries).order_by("-expire_date")
    found = []
    for row in rows:
        data = row.get_decoded()
        if data.get(EPOCH) != user.session_epoch:
            continue
        seen = data.get(SEEN)
        seen_at = datetime.fromtimestamp(seen, tz=clock.ZONE) if seen else None
        found.append(LiveSession(entries[row.session_key], seen_at))
    return sorted(found, key=lambda one: one.seen_at or one.entry.created_at, reverse=True)


@policy.signed_in
@sensitive_post_parameters("current", "password", "again")
@require_http_methods(["GET", "POST"])
def change_password(request: HttpRequest) -> HttpResponse:
    """A new password; all other sessions end, this one goes on."""
    form = ChangePasswordForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        user = services.change_password(
            user=request.user,
            password=form.cleaned_data["password"],
            by=request.user,
            now=clock.now(),
        )
        update_session_auth_hash(request, user)
        begin(request, user)
        messages.success(request, _("口令已修改，其他登录均已终止。"))
        return redirect("accounts:profile")
    context = {
        "form": form,
        "too_old": settings.PASSWORDS_EXPIRE
        and passwords.is_too_old(request.user, now=clock.now()),
        "rules": passwords.profile(),
    }
    status = 422 if form.is_bound else 200
    return render(request, "accounts/change_password.html", context, status=status)


@policy.signed_in
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """End one of one's own sessions."""
    session = get_object_or_404(UserSession, pk=pk, user=request.user)
    services.kill_session(session=session, by=request.user, now=clock.now())
    messages.success(request, _("该登录已终止。"))
    return redirect("accounts:profile")


@policy.signed_in
@require_POST
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End all of one's own sessions but this one."""
    services.kill_sessions(user=request.user, by=request.user, now=clock.now())
    request.user.refresh_from_db()
    begin(request, request.user)
    UserSession.objects.create_from_request(request)
    messages.success(request, _("其他登录均已终止。"))
    return redirect("accounts:profile")


@policy.signed_in
@require_POST
def renew_calendar(request: HttpRequest) -> HttpResponse:
    """A new address of one's calendar feed."""
    had_one = bool(request.user.calendar_token)
    services.renew_calendar_token(user=request.user, by=request.user, now=clock.now())
    told = _("日历订阅地址已更换，旧地址立即失效。") if had_one else _("日历订阅地址已生成。")
    messages.success(request, told)
    return redirect("accounts:profile")


@policy.signed_in
@require_POST
def drop_calendar(request: HttpRequest) -> HttpResponse:
    """End one's calendar feed."""
    services.drop_calendar_token(user=request.user, by=request.user, now=clock.now())
    messages.success(request, _("日历订阅已停用，原地址立即失效。"))
    return redirect("accounts:profile")


@policy.signed_in
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """The language of pages and letters."""
    language = request.POST.get("language", "")
    if language in ("", *dict(settings.LANGUAGES)):
        services.choose_language(
            user=request.user, language=language, by=request.user, now=clock.now()
        )
    return redirect("accounts:profile")
