"""Who answers for grids: now, over time, where nobody does, and who has too much."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Q, Sum

from accounts.models import User
from core import clock
from grids import timeline
from grids.models import (
    Assignment,
    GridArea,
    GridMember,
    GridPairing,
    GridRule,
    PowerGrid,
    TransformerArea,
)
from grids.models.rules import nearest

RELATED = ("member__user", "member__organisation", "principal__user")
INSTANT = timedelta(microseconds=1)


def people(grids: Iterable[PowerGrid], *, at: datetime) -> dict[int, list[Assignment]]:
    """Who works at each power grid at an instant, the manager first."""
    rows = Assignment.objects.at(at).filter(power_grid__in=[one.pk for one in grids])
    found: dict[int, list[Assignment]] = {}
    order = list(Assignment.Post.values)
    for row in sorted(rows.select_related(*RELATED), key=lambda one: order.index(one.post)):
        assert row.power_grid_id is not None
        found.setdefault(row.power_grid_id, []).append(row)
    return found


def manager_of(grid: PowerGrid, *, at: datetime) -> Assignment | None:
    """Who answers for a power grid at an instant."""
    rows = Assignment.objects.managers().at(at).filter(power_grid=grid)
    return rows.select_related(*RELATED).first()


def grids_managed_by(user: User, *, at: datetime) -> Any:
    """Power grids for which a person answers at an instant."""
    rows = Assignment.objects.managers().at(at).filter(member__user=user)
    return PowerGrid.objects.filter(pk__in=rows.order_by().values("power_grid"))


def government_grids_of(user: User, *, at: datetime) -> Any:
    """Numbers of the government grids at which a person works at an instant."""
    rows = Assignment.objects.at(at).filter(member__user=user, government_grid__isnull=False)
    return rows.order_by().values("government_grid")


def partners(user: User, *, at: datetime) -> Any:
    """Power grids that pair with the government grids of an officer."""
    day = clock.day_of(at)
    paired = GridPairing.objects.on(day).filter(
        government_grid__in=government_grids_of(user, at=at)
    )
    return PowerGrid.objects.filter(pk__in=paired.order_by().values("power_grid"))


@dataclass(frozen=True)
class Gap:
    """From when to when nobody answers for a grid; ``open``: nobody is appointed for later."""

    grid: PowerGrid
    start: datetime
    end: datetime
    open: bool

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def gaps(grids: Iterable[PowerGrid], *, since: datetime, until: datetime) -> list[Gap]:
    """Every span of time between two instants in which a grid has no manager, while it exists."""
    all_of_them = list(grids)
    rows = Assignment.objects.managers().filter(power_grid__in=[one.pk for one in all_of_them])
    held: dict[int, list[timeline.Span]] = {}
    columns = ("power_grid", "starts_at", "ends_at")
    for grid, start, end in rows.order_by().values_list(*columns):
        held.setdefault(grid, []).append(timeline.Span(start, end))
    found = []
    for grid in all_of_them:
        first, last = lifetime(grid)
        span = {"since": max(first, since), "until": min(last, until)}
        if span["since"] >= span["until"]:
            continue
        for gap in timeline.gaps(held.get(grid.pk, ()), **span):
            end = gap.until
            still = not any(end <= one.start for one in held.get(grid.pk, ()))
            found.append(Gap(grid, gap.start, end, still and end == span["until"]))
    return sorted(found, key=lambda gap: (gap.start, gap.grid.pk))


@dataclass(frozen=True)
class Loose:
    """From when to when a transformer area lies in no grid, so that nobody answers for it;
    ``open``: it is to lie in none later either."""

    area: TransformerArea
    start: datetime
    end: datetime
    open: bool

    @property
    def length(self) -> timedelta:
        return self.end - self.start


def loose(areas: Any, *, since: datetime, until: datetime) -> list[Loose]:
    """Every span of time between two instants in which transformer areas lie in no grid."""
    if since >= until:
        return []
    first, last = (clock.day_of(one) for one in (since, until - INSTANT))
    whole = GridArea.objects.on(first).from_day(last)
    some = areas.exclude(pk__in=whole.order_by().values("area"))
    held: dict[int, list[timeline.Span]] = {}
    columns = ("area", "valid_from", "valid_until")
    for area, start, end in GridArea.objects.filter(area__in=some).values_list(*columns):
        ends = clock.at(end) + timedelta(days=1) if end else None
        held.setdefault(area, []).append(timeline.Span(clock.at(start), ends))
    found = []
    for area in some:
        spans = held.get(area.pk, [])
        for gap in timeline.gaps(spans, since=since, until=until):
            later = any(gap.until <= one.start for one in spans)
            found.append(Loose(area, gap.start, gap.until, gap.until == until and not later))
    return sorted(found, key=lambda gap: (gap.start, gap.area.pk))


def lifetime(grid: PowerGrid) -> tuple[datetime, datetime]:
    """From its first instant up to its end."""
    first = clock.at(grid.valid_from)
    if grid.valid_until is None:
        return first, timeline.FOREVER
    return first, clock.at(grid.valid_until) + timedelta(days=1)


def vacant(user: User, *, at: datetime) -> Any:
    """Power grids in sight that exist and have no manager at an instant."""
    seen = PowerGrid.objects.visible_to(user).on(clock.day_of(at))
    held = Assignment.objects.managers().at(at).order_by().values("power_grid")
    return seen.exclude(pk__in=held)


# --- Load -----------------------------------------------------------------------------------------


@dataclass
class Load:
    """What one manager answers for, and the limits that it exceeds."""

    member: GridMember
    grids: list[PowerGrid] = field(default_factory=list)
    areas: int = 0
    households: int = 0
    over: list[tuple[GridRule, int]] = field(default_factory=list)


# Rule → what of a load it limits.
MEASURES: dict[str, Any] = {
    "manager_grids": lambda load: len(load.grids),
    "manager_areas": lambda load: load.areas,
    "manager_households": lambda load: load.households,
}


def loads(grids: Any, *, at: datetime) -> list[Load]:
    """Managers of some grids at an instant, with all that these grids hold; the heaviest first."""
    day = clock.day_of(at)
    rows = Assignment.objects.managers().at(at).filter(power_grid__in=grids)
    counted = areas_of(
        PowerGrid.objects.filter(pk__in=rows.order_by().values("power_grid")), on=day
    )
    found: dict[int, Load] = {}
    for row in rows.select_related(*RELATED, "power_grid").order_by("power_grid__code"):
        assert row.power_grid is not None
        load = found.setdefault(row.member_id, Load(row.member))
        load.grids.append(row.power_grid)
        areas, households = counted.get(row.power_grid_id, (0, 0))
        load.areas += areas
        load.households += row.power_grid.households or households
    rules = limits(on=day)
    for load in found.values():
        load.over = exceeded(load, rules)
    return sorted(found.values(), key=lambda one: (-one.households, one.member.pk))


def limits(*, on: date) -> dict[str, list[GridRule]]:
    """Rules that began, by code."""
    found: dict[str, list[GridRule]] = {}
    for rule in GridRule.objects.filter(valid_from__lte=on).select_related("organisation"):
        found.setdefault(rule.code, []).append(rule)
    return found


def exceeded(load: Load, rules: dict[str, list[GridRule]]) -> list[tuple[GridRule, int]]:
    over = []
    for code, measure in MEASURES.items():
        rule = nearest(rules.get(code, ()), load.member.organisation)
        if rule is not None and (value := measure(load)) > rule.value:
            over.append((rule, value))
    return over


def areas_of(grids: Any, *, on: date) -> dict[int, tuple[int, int]]:
    """Grid → transformer areas on a day and their households."""
    rows = GridArea.objects.on(on).filter(grid__in=grids).order_by()
    counted = rows.values("grid").annotate(n=Count("pk"), homes=Sum("area__households"))
    return {grid: (n, homes or 0) for grid, n, homes in counted.values_list("grid", "n", "homes")}


def with_words(words: str) -> Q:
    """Condition on power grids: what stands in their code, name or places."""
    return Q(words__icontains=words)
