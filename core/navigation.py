"""The menu: each app declares its entries in its ``navigation.py``; the rail shows what applies.

An app writes ``ENTRIES = [Entry(label, url_name, icon, permission, order, …)]``. A menu is a list
of doors, not a lock: the view behind each entry still checks who comes in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

from core import clock, counts


class Group:
    """The parts of the menu, in the words of the rail. Entries without one stand above them."""

    SUPERVISION = _("专项监管")
    SERVICE = _("诉求服务")
    FILING = _("报送和报告")
    SUPPLY = _("停限电和有序用电")
    GRIDS = _("网格服务")
    RULES = _("规则和目录")
    PEOPLE = _("组织与人员")
    SYSTEM = _("系统")


# With more entries than this a rail no longer fits a window: its parts fold.
FITS = 14


@dataclass(frozen=True)
class Entry:
    """One door in the menu.

    ``permission``: one permission, several (any of them opens the entry), or None for everybody.
    ``count``: called with ``user, now=``; a number greater than zero is shown beside the label and
    must equal the length of the list that the entry opens (``core.counts`` keeps it for a while).
    ``phone``: also in the bottom bar of a phone (the first four by order are taken).
    """

    label: Any
    url_name: str
    icon: str
    permission: Any = None
    order: int = 50
    group: Any = ""
    count: Callable[..., int] | None = None
    phone: bool = False


@dataclass(frozen=True)
class Item:
    """An entry as one person sees it on one page."""

    label: Any
    url: str
    icon: str
    group: Any
    count: int
    current: bool
    phone: bool


@dataclass
class Part:
    """Entries of one group as one person sees them."""

    title: Any
    items: list[Item] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Where one stands, or where work waits, a part is unfolded."""
        return any(item.current or item.count for item in self.items)


@dataclass
class Menu:
    """What the rail shows, grouped in the order in which the groups first appear."""

    items: list[Item] = field(default_factory=list)

    @property
    def folds(self) -> bool:
        return len(self.items) > FITS

    @property
    def groups(self) -> list[Part]:
        grouped: dict[Any, Part] = {}
        for item in self.items:
            grouped.setdefault(item.group, Part(item.group)).items.append(item)
        return list(grouped.values())

    @property
    def phone(self) -> list[Item]:
        return [item for item in self.items if item.phone][:4]

    @property
    def beyond(self) -> list[Item]:
        """What the bottom bar of a phone leaves out, for those whose whole menu is short: people on
        site, who get everywhere from the home page itself."""
        return [] if self.folds else [item for item in self.items if item not in self.phone]


# The common mechanisms' own pages. Permissions are named by their codes: core knows no accounts.
ENTRIES: list[Entry] = []


def declared() -> list[Entry]:
    """Entries of all installed apps, by order."""
    entries: list[Entry] = []
    for app in apps.get_app_configs():
        if module_has_submodule(app.module, "navigation"):
            entries += import_module(f"{app.name}.navigation").ENTRIES
    return sorted(entries, key=lambda entry: entry.order)


def menu_for(user: Any, path: str) -> Menu:
    """The menu of a person who stands on the page ``path``."""
    now = clock.now()
    visible = [(entry, url) for entry in declared() if (url := _url(entry)) and opens(entry, user)]
    here = max((url for _, url in visible if _inside(path, url)), key=len, default="")
    asked = {entry.url_name: entry.count for entry, _url in visible if entry.count}
    found = counts.of(user, asked, now=now)
    return Menu(
        [
            Item(
                label=entry.label,
                url=url,
                icon=entry.icon,
                group=entry.group,
                count=found.get(entry.url_name, 0),
                current=url == here,
                phone=entry.phone,
            )
            for entry, url in visible
        ]
    )


def opens(entry: Entry, user: Any) -> bool:
    """Whether the person's roles carry what the entry asks for."""
    if entry.permission is None:
        return True
    wanted: Iterable[Any] = (
        entry.permission
        if isinstance(entry.permission, list | tuple | set | frozenset)
        else (entry.permission,)
    )
    return any(user.can(permission) for permission in wanted)


def _url(entry: Entry) -> str:
    try:
        return reverse(entry.url_name)
    except NoReverseMatch:
        return ""


def _inside(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
