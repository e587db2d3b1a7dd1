"""The app's entries in the menu."""

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry, Group

ENTRIES = [
    Entry(
        _("诉求办理"),
        "complaints:list",
        "inbox",
        permission=Permission.CASE_VIEW,
        order=20,
        group=Group.SERVICE,
        phone=True,
    ),
    Entry(
        _("涉电诉求"),
        "complaints:claims",
        "bell",
        permission=Permission.CLAIM_VIEW,
        order=23,
        group=Group.SERVICE,
        phone=True,
    ),
    Entry(
        _("诉求目录"),
        "complaints:terms",
        "list-details",
        permission=Permission.CATALOGUE_MANAGE,
        order=60,
        group=Group.RULES,
    ),
]
