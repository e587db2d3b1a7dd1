"""The parts of the section of cases, as tabs on top of their pages.

A part that a role may not open is not shown to it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from core.components import Tab


@dataclass(frozen=True)
class Section:
    """One part: its label, its page, who opens it."""

    label: Any
    url_name: str
    permissions: tuple[Permission, ...]


SECTIONS = [
    Section(_("诉求清单"), "complaints:list", (Permission.CASE_VIEW,)),
    Section(_("派单台"), "complaints:board", (Permission.CASE_DECIDE, Permission.CASE_HANDLE)),
    Section(_("督办"), "complaints:supervision", (Permission.CASE_VIEW,)),
    Section(_("回访"), "complaints:visits", (Permission.CASE_VIEW,)),
    Section(_("办理情况"), "complaints:workload", (Permission.CASE_VIEW,)),
    Section(_("目录"), "complaints:terms", (Permission.CASE_VIEW, Permission.CATALOGUE_MANAGE)),
    Section(
        _("程序"), "complaints:procedures", (Permission.CASE_VIEW, Permission.CATALOGUE_MANAGE)
    ),
    Section(_("诉求分析"), "complaints:analysis", (Permission.CASE_VIEW,)),
    Section(_("服务热线"), "complaints:hotlines", (Permission.CASE_VIEW,)),
    Section(
        _("保存期限"), "complaints:retention", (Permission.CASE_DECIDE, Permission.CASE_APPROVE)
    ),
]


def tabs(user: User, current: str) -> list[Tab]:
    """The parts that the person may open; ``current`` is the name of the page shown."""
    return [
        Tab(one.label, reverse(one.url_name), one.url_name == current)
        for one in SECTIONS
        if any(user.can(permission) for permission in one.permissions)
    ]
