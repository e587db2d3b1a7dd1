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
]
