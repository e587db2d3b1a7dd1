"""The app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry, Group

ENTRIES = [
    Entry(
        _("专项行动"),
        "campaign:list",
        "flag",
        permission=Permission.CAMPAIGN_VIEW,
        order=10,
        group=Group.SUPERVISION,
        phone=True,
    ),
    Entry(
        _("整改台账"),
        "campaign:rectification",
        "list-check",
        permission=Permission.CAMPAIGN_VIEW,
        order=13,
        group=Group.SUPERVISION,
    ),
    Entry(
        _("检查和稽查"),
        "campaign:inspections",
        "clipboard-check",
        permission=Permission.INSPECTION_VIEW,
        order=12,
        group=Group.SUPERVISION,
    ),
    Entry(
        _("法律条款"),
        "campaign:articles",
        "scale",
        permission=Permission.ARTICLE_MANAGE,
        order=61,
        group=Group.RULES,
    ),
    Entry(
        _("执法处理"),
        "campaign:enforcement",
        "gavel",
        permission=Permission.CAMPAIGN_VIEW,
        order=14,
        group=Group.SUPERVISION,
    ),
]
