"""The daily duty on accounts that nobody uses: warn, and later suspend."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notifications, unused
from accounts.models import User
from accounts.services.people import suspend
from core import outbox
from core.clock import ZONE


def look_after_unused(*, now: datetime) -> tuple[int, int]:
    """Warn whose account will soon have been unused for too long, suspend whose warning is old
    enough; how many of each. Asked twice it does nothing more.

    Nobody is suspended without a warning so many days before, also when the rule is new; and never
    the last person who could open accounts again. The rule is ``catalogue/unused.yaml``.
    """
    rule = unused.rule_on(now.astimezone(ZONE).date())
    if rule is None:
        return 0, 0
    warned = suspended = 0
    before = now - timedelta(days=rule.suspend_after_days - rule.warn_days_before)
    people = unused.not_used_since(before).order_by("pk")
    for pk in list(people.values_list("pk", flat=True)):
        told, closed = _look_after(pk, rule, before=before, now=now)
        warned, suspended = warned + told, suspended + closed
    return warned, suspended


@transaction.atomic
def _look_after(pk: int, rule: unused.Rule, *, before: datetime, now: datetime) -> tuple[int, int]:
    user = User.objects.select_for_update(of=("self",)).get(pk=pk)
    if not unused.not_used_since(before).filter(pk=pk).exists():
        return 0, 0  # signed in a moment ago
    since, notice = unused.last_used(user), timedelta(days=rule.warn_days_before)
    over = since + timedelta(days=rule.suspend_after_days)
    letter = outbox.post(**notifications.unused(user, since, max(over, now + notice)), now=now)
    if now < max(over, letter.created_at + notice):
        return int(letter.created_at == now), 0
    if unused.is_last_keeper(user, on=now.astimezone(ZONE).date()):
        return 0, 0
    reason = _("连续 %(days)d 天没有登录，自动停用。") % {"days": (now - since).days}
    suspend(user=user, by=None, now=now, reason=reason)
    return 0, 1
