"""Django's and allauth's news about sign-in; nothing inside the portal uses signals for itself."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account_signals
from allauth.mfa import signals as factor_signals
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from accounts import lockout
from accounts.middleware import begin
from accounts.models import User
from core import audit, clock


@receiver(user_logged_in)
def start_session(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Every way of signing in starts the ages of the session."""
    begin(request, user)


@receiver(account_signals.user_logged_in)
def record_sign_in(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    audit.record("person.sign_in", user, by=user, now=clock.now(), organisation=user.home)


@receiver(account_signals.user_logged_out)
def record_sign_out(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """Nobody signs out where the session was anonymous or its person is suspended by now."""
    if user is None:
        return
    audit.record("person.sign_out", user, by=user, now=clock.now(), organisation=user.home)


@receiver(user_login_failed)
def record_failure(sender: Any, credentials: dict[str, Any], **kwargs: Any) -> None:
    """The same for known and unknown names, and never the name itself: it may be a password."""
    request = kwargs.get("request")
    account = lockout.account_key(str(credentials.get("username", "")))[:24]
    audit.record(
        "person.sign_in_failed",
        None,
        by=None,
        now=clock.now(),
        organisation="",
        account=account,
        locked=bool(getattr(request, "sign_in_locked", False)),
    )


@receiver(factor_signals.authenticator_added)
def record_factor_added(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _record_factor("person.factor_added", user, authenticator)


@receiver(factor_signals.authenticator_removed)
def record_factor_removed(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _record_factor("person.factor_removed", user, authenticator)


@receiver(factor_signals.authentication_failed)
def record_factor_failed(sender: Any, user: User, authenticator: Any, **kwargs: Any) -> None:
    _record_factor("person.factor_failed", user, authenticator)


def _record_factor(kind: str, user: User, authenticator: Any) -> None:
    details = {"factor": str(authenticator.type)}
    audit.record(kind, user, by=user, now=clock.now(), organisation=user.home, **details)
