"""What must always be true of grids; proved by ``manage.py verify``."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core import overlap
from core.invariants import register
from grids import (  # noqa: F401 (they register)
    business_invariants,
    guards,
    hazard_invariants,
    special_invariants,
    timeline,
)
from grids.models import Assignment


@register("grids.one-manager")
def one_manager() -> list[str]:
    """No power grid has two managers at one instant."""
    rows = Assignment.objects.managers().order_by("power_grid", "starts_at")
    columns = ("power_grid", "starts_at", "ends_at")
    spans: dict[int, list[timeline.Span]] = {}
    for grid, start, end in rows.values_list(*columns).iterator():
        spans.setdefault(grid, []).append(timeline.Span(start, end))
    return [
        _("电力网格 {grid} 同一时间有两名网格经理。").format(grid=grid)
        for grid, held in spans.items()
        if timeline.overlaps(held)
    ]


@register("grids.database-refuses-overlaps")
def database_refuses() -> list[str]:
    """The database holds the rules against overlaps."""
    return [_("数据库缺少约束 {name}。").format(name=one) for one in overlap.missing(guards.RULES)]
