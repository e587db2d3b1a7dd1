"""Accounts that nobody uses: the rule, and whom it concerns. Pure reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

from django.db.models import Q

from accounts.models import Membership, User
from accounts.models.people import UserQuerySet
from accounts.permissions import Permission, roles_with
from core import catalogue_files

CATALOGUE = Path(__file__).parent / "catalogue" / "unused.yaml"


@dataclass(frozen=True)
class Rule:
    """After how many days without use an account is suspended, and how long before a warning."""

    valid_from: date
    suspend_after_days: int
    warn_days_before: int


@lru_cache
def rules() -> tuple[Rule, ...]:
    return tuple(Rule(**entry) for entry in catalogue_files.read(CATALOGUE))


def rule_on(day: date) -> Rule | None:
    """The rule in force on a day; None where there is none or it is switched off."""
    found = catalogue_files.in_force(rules(), on=day)
    return found if found and found.suspend_after_days else None


def not_used_since(instant: datetime) -> UserQuerySet:
    """Open accounts without a sign-in, or anything that stands for one, since an instant."""
    found = User.objects.filter(is_active=True, date_joined__lt=instant)
    for name in ("last_login", "password_set_at", "counted_from"):
        found = found.filter(Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": instant}))
    return found


def last_used(user: User) -> datetime:
    """When the counting of days without use began."""
    moments = (user.last_login, user.password_set_at, user.counted_from, user.date_joined)
    return max(moment for moment in moments if moment is not None)


def is_last_keeper(user: User, *, on: date) -> bool:
    """Whether this person looks after accounts and nobody else in office could open them again."""
    keepers = Membership.objects.in_force(on=on).filter(
        role__in=roles_with(Permission.PEOPLE_MANAGE), user__is_active=True
    )
    units = [m.organisation for m in keepers.filter(user=user).select_related("organisation")]
    others = list(User.objects.filter(pk__in=keepers.exclude(user=user).values("user")))
    if user.has_usable_password():
        # An invitation that was never taken up opens nothing.
        others = [other for other in others if other.has_usable_password()]
    return bool(units) and not any(
        all(other.may(Permission.PEOPLE_MANAGE, unit) for unit in units) for other in others
    )
