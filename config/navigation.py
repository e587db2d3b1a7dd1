"""Entries of the pages that belong to no app: the desk and the working calendar."""

from django.utils.translation import gettext_lazy as _

from core.navigation import Entry

ENTRIES = [
    Entry(_("工作台"), "desk", "layout-dashboard", order=0, phone=True),
    Entry(_("工作日历"), "workdays", "calendar-month", order=80),
]
