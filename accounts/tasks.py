"""Work that the dispatcher does for accounts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from accounts import api, lockout, services
from accounts.models import User
from accounts.services import webhooks
from core import beats, clock
from core.api.idempotency import machine_now
from core.outbox import register_job, register_tick, register_webhook

register_webhook(webhooks.carry)


@register_job("accounts.reset_asked")
def reset_asked(payload: dict[str, Any], *, letter: Any, now: datetime) -> None:
    """Mail a reset link, if there is such a person. Twice: the later link replaces the earlier."""
    user = User.objects.filter(pk=payload["person"]).first()
    if user is not None:
        services.send_reset(user=user, by=None, now=now)


@register_tick("accounts.unused")
def unused_accounts(*, now: datetime) -> None:
    """Once a day, but never while the clock is moved: then nobody signs in as time goes by."""
    if not clock.is_moved() and beats.is_time("round:unused", now=now, every=timedelta(days=1)):
        services.look_after_unused(now=now)


@register_tick("accounts.attempts")
def attempts_over(*, now: datetime) -> None:
    """Once a day: guesses counted in windows that are over."""
    if beats.is_time("round:attempts", now=now, every=timedelta(days=1)):
        lockout.forget_over(now=now)


@register_tick("accounts.access-archives")
def archives_over(*, now: datetime) -> None:
    """Once a day: archives of the access log that were kept as long as their rule says."""
    if beats.is_time("round:access-archives", now=now, every=timedelta(days=1)):
        services.let_go_archives(now=now)


@register_tick("accounts.messages")
def messages_over(*, now: datetime) -> None:
    """Every hour: ids of signed messages that are too old to be taken again."""
    if beats.is_time("round:messages", now=now, every=timedelta(hours=1)):
        api.forget_messages(now=machine_now())


@register_tick("accounts.names")
def names_in_force(*, now: datetime) -> None:
    """A rename of a future day takes effect on its day."""
    services.show_names_in_force(now=now)
