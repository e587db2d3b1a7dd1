"""The weekly check-up: every invariant is proved and the administrators are told, also when well.

Silence would look the same as a check that no longer runs.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Membership, User
from accounts.permissions import Permission, roles_with
from core import clock, invariants, outbox
from core.models import Letter

# Monday before office hours.
WEEKDAY, HOUR = 0, time(7, 0)


def occasion(now: datetime) -> datetime:
    """The last Monday 07:00 at or before an instant."""
    local = now.astimezone(clock.ZONE)
    monday = local.date() - timedelta(days=(local.weekday() - WEEKDAY) % 7)
    begun = clock.at(monday, HOUR.hour, HOUR.minute)
    return begun if begun <= now else begun - timedelta(days=7)


def run_if_due(*, now: datetime) -> bool:
    """Check once per week, however often it is asked; a missed Monday is made up for."""
    begun = occasion(now)
    prefix = f"checkup-{begun:%Y-%m-%d}-"
    if Letter.objects.filter(key__startswith=prefix).exists():
        return False
    people = administrators(now)
    if not people:
        return False
    found = invariants.check_all()
    broken = {name: breaches for name, breaches in found.items() if breaches}
    for person, permission in people:
        outbox.post(
            key=f"{prefix}{person.pk}",
            channel="notice",
            kind="checkup",
            recipient=person,
            subject=subject(len(found), len(broken)),
            body=body(broken),
            url=reverse("audit" if permission == Permission.AUDIT_VIEW else "outbox"),
            now=now,
        )
    return True


def administrators(now: datetime) -> list[tuple[User, Permission]]:
    """Whoever looks after letters or the audit trail today."""
    today = clock.day_of(now)
    found: dict[int, tuple[User, Permission]] = {}
    for permission in (Permission.AUDIT_VIEW, Permission.OUTBOX_MANAGE):
        roles = roles_with(permission)
        holders = Membership.objects.in_force(on=today).filter(role__in=roles)
        for membership in holders.select_related("user").order_by("pk"):
            found.setdefault(membership.user_id, (membership.user, permission))
    return list(found.values())


def subject(checks: int, broken: int) -> str:
    if not broken:
        return _("每周体检：%(checks)d 项全部正常") % {"checks": checks}
    return _("每周体检：%(checks)d 项中有 %(broken)d 项异常") % {"checks": checks, "broken": broken}


def body(broken: dict[str, list[str]]) -> str:
    if not broken:
        return _("审计链、存储文件、回执编号等各项规则均成立。")
    lines = [f"{name}：{breach}" for name, breaches in broken.items() for breach in breaches[:5]]
    return "\n".join(lines[:50])
