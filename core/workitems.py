"""Work items: what each app wants a person to do, gathered on the desk.

Every app may have a ``work.py`` with ``items(user, *, now) -> list[WorkItem]``. An item belongs to
exactly one group, so that the numbers on the desk add up to the lists below them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from django.utils.translation import gettext_lazy as _

GROUPS = {
    "overdue": _("已逾期"),
    "due_today": _("今日到期"),
    "mine": _("待我办理"),
    "others": _("等待他人"),
    "new": _("新到"),
}
# Lamps that come before the others where no deadline says what comes first.
URGENT = ("late", "near")


@dataclass(frozen=True)
class WorkItem:
    """One row of the desk: one click away from the act.

    ``group`` is a key of ``GROUPS``; ``due_at`` an instant or None; ``lamp`` one of ok, near, late,
    pause, done; ``lamp_text`` the word beside it.
    """

    group: str
    title: Any
    detail: Any
    url: str
    due_at: datetime | None = None
    lamp: str = "ok"
    lamp_text: Any = ""

    def __post_init__(self) -> None:
        if self.group not in GROUPS:
            raise ValueError(f"unknown group of work items: {self.group}")


@dataclass(frozen=True)
class PanelRow:
    """One line of a panel: a share ("done of total") as a bar, or just a value."""

    label: Any
    url: str = ""
    note: Any = ""
    done: int = 0
    total: int = 0
    value: Any = ""
    tone: str = ""


@dataclass(frozen=True)
class Panel:
    """A small overview beside the work items, e.g. how far each company is."""

    title: Any
    rows: tuple[PanelRow, ...]
    url: str = ""
    link: Any = ""
    note: Any = ""


def panels(user: Any, *, now: datetime) -> list[Panel]:
    """What the apps' work.py show beside the list: ``panels(user, *, now) -> list[Panel]``."""
    shown: list[Panel] = []
    for module in modules():
        if hasattr(module, "panels"):
            shown += module.panels(user, now=now)
    return [panel for panel in shown if panel.rows]


def modules() -> list[Any]:
    """The work.py of every app that has one."""
    return [
        import_module(f"{app.name}.work")
        for app in apps.get_app_configs()
        if module_has_submodule(app.module, "work")
    ]


def found(user: Any, *, now: datetime) -> list[WorkItem]:
    """What the apps' work.py give for a person, in their order."""
    items: list[WorkItem] = []
    for module in modules():
        items += module.items(user, now=now)
    return items


def collect(user: Any, *, now: datetime) -> list[WorkItem]:
    """Items of all apps for one person: by group, then by deadline, those without one last and
    among them the red before the yellow before the rest."""
    order = list(GROUPS)
    return sorted(
        found(user, now=now),
        key=lambda item: (
            order.index(item.group),
            item.due_at is None,
            item.due_at or now,
            URGENT.index(item.lamp) if item.lamp in URGENT else len(URGENT),
            str(item.title),
        ),
    )
