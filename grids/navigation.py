"""Grids' entries in the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.navigation import Entry, Group

ENTRIES = [
    Entry(
        _("网格"),
        "grids:list",
        "map-pin",
        permission=Permission.GRID_VIEW,
        order=37,
        group=Group.GRIDS,
        phone=True,
    ),
    Entry(
        _("涉电业务"),
        "grids:business_list",
        "plug-connected",
        permission=Permission.BUSINESS_VIEW,
        order=24,
        group=Group.SERVICE,
        phone=True,
    ),
    Entry(
        _("网格台账"),
        "grids:registers",
        "clipboard-list",
        permission=Permission.REGISTER_VIEW,
        order=38,
        group=Group.GRIDS,
        phone=True,
    ),
    Entry(
        _("特殊群体"),
        "grids:special",
        "heart-handshake",
        permission=Permission.SPECIAL_VIEW,
        order=39,
        group=Group.GRIDS,
    ),
    Entry(
        _("隐患治理"),
        "grids:hazards",
        "alert-triangle",
        permission=Permission.HAZARD_VIEW,
        order=25,
        group=Group.GRIDS,
        phone=True,
    ),
    Entry(
        _("数据共享"),
        "grids:agreements",
        "arrows-exchange",
        permission=Permission.SHARING_VIEW,
        order=40,
        group=Group.GRIDS,
    ),
]
