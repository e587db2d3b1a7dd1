"""Reading hazards and patrols: lists by filters, figures by unit, grid and kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet
from django.urls import reverse

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core import arithmetic, clock
from core.asked import day as day_of
from grids.hazards.moves import OPEN, RUNNING, Side, State
from grids.models import Hazard, Patrol, PatrolPlan, PowerGrid
from grids.queries import standing
from grids.queries.business import below

if TYPE_CHECKING:
    from accounts.models import User

DAY_ONE = timedelta(days=1)
# Longer numbers are no keys of any database.
LONGEST_KEY = 18
VIEWS: dict[str, Q] = {
    "open": Q(state__in=OPEN),
    "closed": Q(state=State.CLOSED),
    "dismissed": Q(state=State.DISMISSED),
}
TIMES = {"met": Q(in_time=True), "late": Q(in_time=False)}
JOINT = Q(company_owner__isnull=False, government_owner__isnull=False)


def late(now: datetime) -> Q:
    """Not put right when its day had passed."""
    return Q(state__in=RUNNING, due_at__lte=now - timedelta(seconds=1))


def not_for(user: User) -> Q:
    """What somebody does not verify or close: what they put right themselves; of joint governance
    what their own side has verified."""
    places = workplaces(user, Permission.HAZARD_HANDLE)
    sides = {Side.COMPANY if one.is_company else Side.GOVERNMENT for one in places}
    waits = JOINT & Q(state=State.VERIFIED)
    return (Q(rectified_by=user) & ~waits) | (waits & Q(verified_side__in=sorted(sides)))


@dataclass(frozen=True)
class Asks:
    """What a list was asked for, all as text; each figure opens exactly the rows it counts."""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Any:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    @property
    def asked(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def with_(self, **changes: str) -> Any:
        return replace(self, **changes)


@dataclass(frozen=True)
class Filters(Asks):
    """What lists and figures of hazards are asked for."""

    view: str = ""
    mine: str = ""
    state: str = ""
    kind: str = ""
    group: str = ""
    grade: str = ""
    side: str = ""
    source: str = ""
    # A unit with those below it, and one alone.
    unit: str = ""
    at: str = ""
    grid: str = ""
    patrol: str = ""
    plan: str = ""
    joint: str = ""
    # What somebody else put right: to be looked at by the person.
    check: str = ""
    # Of those put right: ``met`` or ``late``.
    time: str = ""
    text: str = ""
    since: str = ""
    until: str = ""

    def narrow(
        self, rows: QuerySet[Hazard], user: User | None = None, *, now: datetime
    ) -> QuerySet[Hazard]:
        if self.mine and user is not None:
            rows = rows.filter(Q(company_owner=user) | Q(government_owner=user))
        if self.check and user is not None:
            rows = rows.exclude(not_for(user))
        for condition in self._conditions(now):
            rows = rows.filter(condition)
        return rows

    def _conditions(self, now: datetime) -> Iterator[Q]:
        yield from _equal(self, COLUMNS, KEYS)
        if self.unit:
            yield below("organisation", self.unit)
        if self.view:
            yield late(now) if self.view == "overdue" else VIEWS.get(self.view, Q())
        if self.joint:
            yield JOINT
        if self.time in TIMES:
            yield TIMES[self.time]
        if self.text:
            yield Q(number__icontains=self.text) | Q(content__icontains=self.text)
        yield from self._days()

    def _days(self) -> Iterator[Q]:
        if day := day_of(self.since):
            yield Q(reported_at__gte=clock.at(day))
        if day := day_of(self.until):
            yield Q(reported_at__lt=clock.at(day + DAY_ONE))

    def url(self, **changes: str) -> str:
        """The list of exactly these hazards."""
        return f"{reverse('grids:hazards')}?{urlencode(replace(self, **changes).asked)}"


COLUMNS = {
    "state": "state",
    "kind": "kind__code",
    "group": "kind__group",
    "grade": "grade__code",
    "side": "side",
    "source": "source",
    "at": "organisation__code",
}
KEYS = {"grid": "grid", "patrol": "patrol", "plan": "patrol__plan"}
PATROL_COLUMNS = {"kind": "plan__kind", "state": "state"}
PATROL_KEYS = {"plan": "plan", "grid": "grid", "cell": "government_grid"}


def _equal(asks: Asks, columns: Mapping[str, str], keys: Mapping[str, str]) -> Iterator[Q]:
    """What has exactly these values; a key that is no number finds nothing."""
    for name, column in {**columns, **keys}.items():
        value = getattr(asks, name)
        if value:
            sound = name in columns or (value.isdecimal() and len(value) <= LONGEST_KEY)
            yield Q(**{column: value}) if sound else Q(pk__in=())


# --- Figures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """Hazards of one unit, grid or kind: how many, and how many of them open, overdue, …"""

    label: Any
    filters: Filters
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def rate(self) -> Any:
        """Put right in time, in per cent of those that were put right."""
        return arithmetic.share(self.counts["met"], self.counts["met"] + self.counts["late"])


# Figure → what its list is asked for.
FIGURES: dict[str, dict[str, str]] = {
    "all": {},
    "open": {"view": "open"},
    "overdue": {"view": "overdue"},
    "closed": {"view": "closed"},
    "joint": {"joint": "1"},
    "met": {"time": "met"},
    "late": {"time": "late"},
}


def _sums(now: datetime) -> dict[str, Any]:
    conditions = {
        "all": Q(),
        "open": VIEWS["open"],
        "overdue": late(now),
        "closed": VIEWS["closed"],
        "joint": JOINT,
        "met": Q(in_time=True),
        "late": Q(in_time=False),
    }
    return {
        f"n_{name}": Count("pk", filter=condition) if condition else Count("pk")
        for name, condition in conditions.items()
    }


def _counts(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: row[f"n_{name}"] for name in FIGURES}


def whole(user: User, filters: Filters, *, now: datetime) -> Line:
    rows = filters.narrow(Hazard.objects.visible_to(user), user, now=now)
    return Line("", filters, _counts(rows.order_by().aggregate(**_sums(now))))


def lines(user: User, filters: Filters, by: str, *, now: datetime) -> list[Line]:
    """A line for each unit, grid or kind that has any, the most open first."""
    label, column, name = {
        "unit": ("organisation__name", "organisation__code", "at"),
        "grid": ("grid__name", "grid", "grid"),
        "kind": ("kind__title", "kind__code", "kind"),
    }[by]
    rows = filters.narrow(Hazard.objects.visible_to(user), user, now=now).order_by()
    found = rows.exclude(**{column: None}).values(key=F(column), title=F(label))
    made = [
        Line(row["title"], filters.with_(**{name: str(row["key"])}), _counts(row))
        for row in found.annotate(**_sums(now))
    ]
    return sorted(made, key=lambda one: (-one.counts["open"], -one.counts["all"], str(one.label)))


# --- Patrols --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PatrolFilters(Asks):
    """What lists of patrols are asked for."""

    view: str = ""
    mine: str = ""
    kind: str = ""
    state: str = ""
    plan: str = ""
    grid: str = ""
    cell: str = ""
    unit: str = ""
    found: str = ""
    since: str = ""
    until: str = ""

    def narrow(self, rows: QuerySet[Patrol], user: User, *, now: datetime) -> QuerySet[Patrol]:
        if self.mine:
            rows = rows.filter(going(user, now=now))
        for condition in self._conditions(now):
            rows = rows.filter(condition)
        return rows

    def _conditions(self, now: datetime) -> Iterator[Q]:
        on = clock.day_of(now)
        yield from _equal(self, PATROL_COLUMNS, PATROL_KEYS)
        if self.unit:
            yield below("plan__organisation", self.unit)
        if self.view in PATROL_VIEWS:
            yield PATROL_VIEWS[self.view](on)
        if self.found:
            yield Q(findings__gt=0)
        if day := day_of(self.since):
            yield Q(due_on__gte=day)
        if day := day_of(self.until):
            yield Q(due_on__lte=day)

    def url(self, **changes: str) -> str:
        return f"{reverse('grids:patrols')}?{urlencode(replace(self, **changes).asked)}"


def _due(on: date) -> Q:
    return Q(state=Patrol.State.PLANNED, starts_on__lte=on, plan__state=PatrolPlan.State.STANDING)


PATROL_VIEWS: dict[str, Any] = {
    "due": _due,
    "filed": lambda on: Q(state=Patrol.State.FILED),
    "overdue": lambda on: Q(due_on__lt=on) & ~Q(state=Patrol.State.DONE),
    "done": lambda on: Q(state=Patrol.State.DONE),
}


def going(user: User, *, now: datetime) -> Q:
    """Patrols of the grids at which a person works."""
    managed = standing.grids_managed_by(user, at=now).order_by().values("pk")
    cells = standing.government_grids_of(user, at=now)
    partners = standing.partners(user, at=now).order_by().values("pk")
    return (
        Q(grid__in=managed)
        | Q(government_grid__in=cells)
        | Q(grid__in=partners, plan__kind="joint")
    )


def progress(plans: list[PatrolPlan], *, on: date) -> dict[int, dict[str, int]]:
    """How many patrols of each plan there are, done, overdue, and with something found."""
    rows = Patrol.objects.standing().filter(plan__in=plans).order_by().values("plan")
    done = Q(state=Patrol.State.DONE)
    return {
        row.pop("plan"): row
        for row in rows.annotate(
            total=Count("pk"),
            done=Count("pk", filter=done),
            overdue=Count("pk", filter=Q(due_on__lt=on) & ~done),
            found=Count("pk", filter=Q(findings__gt=0)),
        )
    }


def grids_of(unit: Organisation, *, on: date) -> QuerySet[PowerGrid]:
    """Power grids that a unit and those below it run."""
    rows = PowerGrid.objects.on(on)
    mine = Q(station__path__startswith=unit.path) | Q(
        station__isnull=True, enterprise__path__startswith=unit.path
    )
    return rows.filter(mine).order_by("code", "pk")
