"""The daily duty on accounts that nobody uses: warn, and later suspend."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import notifications, unused
from accounts.models import User
from accounts.services.people import suspend
from core import outbox
from core.clock import day_of
from core.models import Letter


def look_after_unused(*, now: datetime) -> tuple[int, int]:
    """Warn whose account will soon have been unused for too long, suspend whose warning is old
    enough; how many of each. Asked twice it does nothing more.

    Nobody is suspended without a warning that was sent so many days before, also when the rule is
    new; one that could not be sent waits for the administrator's word in the outbox. And never the
    last person who could open accounts again. The rule is ``catalogue/unused.yaml``.
    """
    rule = unused.rule_on(day_of(now))
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
    told_at = _told_at(letter)
    if told_at is None or now < max(over, told_at + notice):
        return int(letter.created_at == now), 0
    if unused.is_last_keeper(user, on=day_of(now)):
        return 0, 0
    reason = _("连续 %(days)d 天没有登录，自动停用。") % {"days": (now - since).days}
    suspend(user=user, by=None, now=now, reason=reason)
    return 0, 1


def _told_at(letter: Letter) -> datetime | None:
    """When the person was warned; None as long as the warning is on its way or stuck."""
    if letter.state == Letter.State.DROPPED:
        return letter.created_at  # somebody decided that no mail is needed
    return letter.sent_at
