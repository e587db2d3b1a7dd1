"""The first entry of the menu."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry

ENTRIES = [Entry(_("工作台"), "desk", "layout-dashboard", order=0, phone=True)]
