"""What allauth asks us: who may sign up (nobody), where a client is, how secrets are kept."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.second_factor import CONTEXT
from core import crypto
from core.addresses import client_address


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are made by invitation only."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _("登录名或口令不正确。"),
        "incorrect_password": _("口令不正确。"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        return client_address(request)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not within minutes of signing in: then the secrets were asked for just now."""
        request = context.request
        records = get_authentication_records(request, request.user)
        latest = max((record["at"] for record in records), default=0)
        if time.time() - latest < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Pages say themselves what happened."""

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Letters leave by the outbox only."""

    def send_mail(self, *args: Any, **kwargs: Any) -> None:
        raise AssertionError("letters leave by the outbox only")


class SecondFactorAdapter(DefaultMFAAdapter):
    """Secrets are encrypted at rest; people whose role needs the factor cannot drop it."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("您的角色必须使用动态口令登录，不能停用。"),
        "incorrect_code": _("动态口令或恢复码不正确。"),
    }

    def get_totp_label(self, user: Any) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return crypto.encrypt(text, context=CONTEXT)

    def decrypt(self, encrypted_text: str) -> str:
        return crypto.decrypt(encrypted_text, context=CONTEXT)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        return not (settings.SECOND_FACTOR_FOR_STAFF and authenticator.user.needs_second_factor)

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """Letters leave by the outbox only."""
