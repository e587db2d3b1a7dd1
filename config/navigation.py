"""Entries of the pages that belong to no app: desk, working calendar, letters, audit trail."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from config.outbox_views import visible_letters
from core.navigation import Entry, Group


def parked(user: Any, *, now: Any) -> int:
    """Letters that wait for a person."""
    return visible_letters(user).needing_a_person().count()


ENTRIES = [
    Entry(_("工作台"), "desk", "layout-dashboard", order=0, phone=True),
    Entry(_("工作日历"), "workdays", "calendar-month", order=68, group=Group.RULES),
    Entry(
        _("信件收发"),
        "outbox",
        "mail-cog",
        Permission.OUTBOX_MANAGE,
        order=92,
        group=Group.SYSTEM,
        count=parked,
    ),
    Entry(
        _("审计记录"), "audit", "shield-check", Permission.AUDIT_VIEW, order=94, group=Group.SYSTEM
    ),
    Entry(
        _("个人信息访问日志"),
        "access_log",
        "eye-check",
        [Permission.PRIVACY_VIEW, Permission.AUDIT_VIEW],
        order=95,
        group=Group.SYSTEM,
    ),
]
