"""Menu entries of organisations and people."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry, Group

ENTRIES = [
    Entry(_("组织机构"), "accounts:organisations", "building", order=70, group=Group.PEOPLE),
    Entry(
        _("人员"),
        "accounts:people",
        "users",
        Permission.PEOPLE_MANAGE,
        order=71,
        group=Group.PEOPLE,
    ),
    Entry(_("角色与权限"), "accounts:roles", "shield-check", order=72, group=Group.PEOPLE),
    Entry(
        _("接口客户端"),
        "accounts:clients",
        "plug-connected",
        Permission.CLIENT_MANAGE,
        order=74,
        group=Group.PEOPLE,
    ),
    Entry(_("委托代理"), "accounts:delegations", "user-check", order=73, group=Group.PEOPLE),
    Entry(_("信息泄露报告"), "accounts:leaks", "shield-lock", order=75, group=Group.PEOPLE),
]
