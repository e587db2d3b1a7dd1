"""What a password must be: the rules of the chosen profile, as data and as a Django validator."""

from __future__ import annotations

import string
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.utils.translation import gettext as _

from accounts.models import PasswordHistory, User
from core import catalogue_files

CATALOGUE = Path(__file__).parent / "catalogue" / "passwords.yaml"


@dataclass(frozen=True)
class Profile:
    """Rules of one profile. ``classes``: of lower, upper, digit, other. 0 switches a rule off."""

    min_length: int
    classes: int
    history: int
    max_age_days: int
    idle_minutes: int
    absolute_hours: int
    invitation_hours: int
    reset_hours: int


@lru_cache
def _profiles() -> dict[str, Profile]:
    data = catalogue_files.read(CATALOGUE)
    return {name: Profile(**rules) for name, rules in data.items()}


def profile() -> Profile:
    """The profile that the settings choose. Raises ``ImproperlyConfigured`` for an unknown one."""
    try:
        return _profiles()[settings.PASSWORD_PROFILE]
    except KeyError:
        known = ", ".join(_profiles())
        raise ImproperlyConfigured(f"PASSWORD_PROFILE must be one of {known}") from None


def classes_of(password: str) -> int:
    """How many of the four kinds of characters a password has."""
    kinds = (
        any(c in string.ascii_lowercase for c in password),
        any(c in string.ascii_uppercase for c in password),
        any(c in string.digits for c in password),
        any(c not in string.ascii_letters + string.digits for c in password),
    )
    return sum(kinds)


def is_too_old(user: User, *, now: datetime) -> bool:
    """Whether the person must change the password before anything else."""
    days = profile().max_age_days
    if not days or not user.has_usable_password():
        return False
    return user.password_set_at is None or now - user.password_set_at > timedelta(days=days)


class ProfileValidator:
    """Length, classes and history by the profile; all that is wrong is said at once."""

    def validate(self, password: str, user: User | None = None) -> None:
        rules = profile()
        errors = []
        if len(password) < rules.min_length:
            errors.append(_("口令至少 %(n)d 位。") % {"n": rules.min_length})
        if classes_of(password) < rules.classes:
            text = _("口令须包含大写字母、小写字母、数字、其他符号中的至少 %(n)d 类。")
            errors.append(text % {"n": rules.classes})
        if user and user.pk and self._was_used(password, user, rules.history):
            errors.append(_("不能使用最近 %(n)d 次用过的口令。") % {"n": rules.history})
        if errors:
            raise ValidationError(errors)

    def get_help_text(self) -> str:
        rules = profile()
        text = _("至少 %(length)d 位，包含大写字母、小写字母、数字、其他符号中的至少 %(n)d 类。")
        return text % {"length": rules.min_length, "n": rules.classes}

    @staticmethod
    def _was_used(password: str, user: User, depth: int) -> bool:
        if not depth:
            return False
        recent = PasswordHistory.objects.filter(user=user)[:depth]
        return any(check_password(password, entry.encoded) for entry in recent)
