"""What the pages of grids show, put together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.permissions import Permission
from core import masking
from core.components import Tab
from grids.models import Assignment, GridMember, PowerGrid, RegisterEntry
from grids.queries import registers, standing

# Numbers that stand beside every grid (S2-6.4.1b).
NUMBERS = (("95598", gettext_lazy("供电服务热线")), ("12398", gettext_lazy("能源监管热线")))


def sections(user: User, current: str) -> list[Tab]:
    """The pages of grids that a person may open."""
    pages = [
        ("list", _("电力网格"), Permission.GRID_VIEW),
        ("governments", _("政府网格"), Permission.GRID_VIEW),
        ("people", _("网格人员"), Permission.GRID_VIEW),
        ("report", _("空缺和负荷"), Permission.GRID_VIEW),
        ("map", _("网格地图"), Permission.GRID_VIEW),
        ("locate", _("查找网格"), Permission.GRID_VIEW),
        ("rules", _("网格规则"), Permission.GRID_VIEW),
        ("imports", _("导入"), Permission.GRID_MANAGE),
    ]
    return [
        Tab(label, reverse(f"grids:{name}"), name == current)
        for name, label, permission in pages
        if user.can(permission)
    ]


def public_name(member: GridMember) -> str:
    """A person's name for everybody: in full only where the person agreed."""
    return member.user.name if member.named else masking.mask("name", member.user.name)


@dataclass(frozen=True)
class Card:
    """What everybody may know of a grid: nothing of any customer, of people what they agreed to."""

    grid: PowerGrid
    manager: str
    staff_number: str
    covering: bool
    phone: str
    url: str
    code_url: str
    channels: list[Any]
    # What the company offers there for a time: heading, and label and text of each line.
    offers: list[tuple[str, list[tuple[str, str]]]]

    @property
    def numbers(self) -> tuple[tuple[str, Any], ...]:
        return NUMBERS


def card(grid: PowerGrid, *, at: datetime) -> Card:
    """The card of a grid at an instant."""
    row = standing.manager_of(grid, at=at)
    member = row.member if row else None
    return Card(
        grid=grid,
        manager=public_name(member) if member else "",
        staff_number=member.staff_number if member else "",
        covering=bool(row and row.is_cover),
        phone=grid.duty_phone or (member.work_phone if member else ""),
        url=reverse("grids:public_grid", args=[grid.pk]),
        code_url=reverse("grids:public_code", args=[grid.pk]),
        channels=list(grid.channels.filter(closed_on__isnull=True).order_by("kind", "name")),
        offers=[_offer(one) for one in registers.public_of(grid, now=at)],
    )


def _offer(entry: RegisterEntry) -> tuple[str, list[tuple[str, str]]]:
    """What everybody reads of an entry: the columns that its register names for it."""
    told = entry.definition
    columns = [told.form.column(key) for key in told.options.public]
    return entry.title, [
        (one.label, str(entry.values.get(one.key) or "")) for one in columns if not one.personal
    ]


@dataclass(frozen=True)
class Held:
    """One line of who answered for a grid: a person, or nobody."""

    start: datetime
    end: datetime | None
    row: Assignment | None = None
    state: str = ""


def managers_over_time(grid: PowerGrid, *, now: datetime) -> list[Held]:
    """Managers of a grid with the gaps between them, the latest first."""
    rows = grid.assignments.managers().select_related(*standing.RELATED).order_by("starts_at")
    held = [
        Held(row.starts_at, row.ends_at, row, _state(row.starts_at, row.ends_at, now))
        for row in rows
    ]
    first, last = standing.lifetime(grid)
    gaps = standing.gaps([grid], since=first, until=max(now, first))
    held += [Held(gap.start, None if gap.open else gap.end) for gap in gaps]
    return sorted(held, key=lambda one: one.start, reverse=True)


def _state(start: datetime, end: datetime | None, now: datetime) -> str:
    if start > now:
        return "later"
    return "past" if end is not None and end <= now else "now"
