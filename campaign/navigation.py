"""The app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry

ENTRIES = [
    Entry(
        _("专项行动"),
        "campaign:list",
        "flag",
        permission=Permission.CAMPAIGN_VIEW,
        order=10,
        phone=True,
    ),
    Entry(
        _("整改台账"),
        "campaign:rectification",
        "list-check",
        permission=Permission.CAMPAIGN_VIEW,
        order=13,
    ),
    Entry(
        _("检查和稽查"),
        "campaign:inspections",
        "clipboard-check",
        permission=Permission.INSPECTION_VIEW,
        order=12,
    ),
    Entry(
        _("法律条款"),
        "campaign:articles",
        "scale",
        permission=Permission.ARTICLE_MANAGE,
        order=61,
    ),
    Entry(
        _("执法处理"),
        "campaign:enforcement",
        "gavel",
        permission=Permission.CAMPAIGN_VIEW,
        order=14,
    ),
]
