"""Writing a password: history, age, sessions."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from accounts.models import PasswordHistory, SignInLink, User
from core import audit


def write_password(*, user: User, password: str, now: datetime) -> None:
    """Store a validated password of a locked person, remember it, end all sessions and links."""
    user.set_password(password)
    user.password_set_at = now
    user.save(update_fields=["password", "password_set_at"])
    PasswordHistory.objects.create(user=user, encoded=user.password, set_at=now)
    SignInLink.objects.filter(user=user).usable(now=now).update(withdrawn_at=now)
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)


@transaction.atomic
def change_password(*, user: User, password: str, by: User, now: datetime) -> User:
    """Change one's own password (validated by the form); every session ends, also this one."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    write_password(user=user, password=password, now=now)
    audit.record("person.password_changed", user, by=by, now=now, organisation=user.home)
    user.refresh_from_db()
    return user
