"""Wording of letters about accounts: object in, sealed letter out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, SignInLink, User
from core.letters import in_words_of


def _address(token: str) -> str:
    return settings.SITE_URL + reverse("accounts:set_password", args=[token])


def _letter(user: User, template: str, subject: str, **context: Any) -> dict[str, Any]:
    body = render_to_string(f"accounts/mail/{template}.txt", {"user": user, **context})
    return {"channel": "mail", "to": user.email, "subject": subject, "body": body}


def invitation(
    user: User, organisation: Organisation, link: SignInLink, token: str
) -> dict[str, Any]:
    """Invite a person to set their first password."""
    with in_words_of(user):
        letter = _letter(
            user,
            "invitation",
            _("邀请您使用居民用电服务监管平台"),
            organisation=organisation,
            link=link,
            address=_address(token),
        )
    return {"key": f"invitation-{link.pk}", "kind": "accounts.invitation", **letter}


def reset(user: User, link: SignInLink, token: str) -> dict[str, Any]:
    """Tell a person how to set a new password."""
    with in_words_of(user):
        letter = _letter(user, "reset", _("重设登录口令"), link=link, address=_address(token))
    return {"key": f"password-reset-{link.pk}", "kind": "accounts.reset", **letter}


def locked(user: User, *, occasion: str) -> dict[str, Any]:
    """Tell a person that somebody guessed at their account until it was locked."""
    with in_words_of(user):
        letter = _letter(user, "locked", _("您的账号因多次登录失败被暂时锁定"))
    return {"key": f"locked-{occasion}", "kind": "accounts.locked", **letter}


def unused(user: User, since: datetime, ends_at: datetime) -> dict[str, Any]:
    """Warn a person that their account will be suspended because nobody uses it."""
    with in_words_of(user):
        letter = _letter(
            user,
            "unused",
            _("您的账号长期未使用，即将停用"),
            since=since,
            ends_at=ends_at,
            address=settings.SITE_URL + reverse("account_login"),
        )
    return {"key": f"unused-{user.pk}-{since:%Y%m%d%H%M%S}", "kind": "accounts.unused", **letter}


def appointed(membership: Membership) -> dict[str, Any]:
    """Tell a person inside the portal which role they hold from when, and what it allows."""
    user, role = membership.user, membership.role_definition
    with in_words_of(user):
        return {
            "key": f"membership-{membership.pk}-appointed",
            "channel": "notice",
            "kind": "accounts.appointed",
            "recipient": user,
            "subject": _("您已担任%(organisation)s的%(role)s")
            % {"organisation": membership.organisation.name, "role": role.name},
            "body": _("自%(day)s起。职责：%(sentence)s")
            % {"day": membership.starts_on.isoformat(), "sentence": role.sentence},
            "url": reverse("accounts:roles"),
        }
