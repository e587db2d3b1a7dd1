"""Lists and sums of what was carried out: one filter narrows both, so sums equal their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Concat
from django.urls import reverse

from accounts.models import Organisation
from core import clock
from core.asked import day
from reporting.models import Activation, ExecutionRow, Measure
from reporting.ordered.executing import TERMINAL

if TYPE_CHECKING:
    from accounts.models import User

ZERO = Value(Decimal(0))
KINDS = {Measure.SHIFT: "shifted", Measure.AVOID: "avoided"}
KINDS |= {Measure.LIMIT: "limited", Measure.CUT: "cut"}
CUT, HOMES, LINES, USERS = "cut", "homes", "lines", "users"
SHOWN = {CUT: Q(feeder_cut=True), HOMES: Q(households__gt=0), LINES: Q(resident_lines__gt=0)}
SHOWN |= {USERS: ~Q(user_no="")}


@dataclass(frozen=True)
class RowFilters:
    """What a list of rows was asked for; empty means everything. ``unit``: a code, with below."""

    event: str = ""
    unit: str = ""
    since: str = ""
    until: str = ""
    grade: str = ""
    measure: str = ""
    means: str = ""
    only: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> RowFilters:
        return cls(**{f.name: params.get(f.name, "").strip()[:40] for f in fields(cls)})

    def with_(self, **changes: str) -> RowFilters:
        return replace(self, **changes)

    def query(self) -> str:
        return urlencode({f.name: v for f in fields(self) if (v := getattr(self, f.name))})

    def url(self, **changes: str) -> str:
        """The list that these filters open."""
        return f"{reverse('reporting:executions')}?{self.with_(**changes).query()}"

    def events(self, user: User) -> QuerySet[Activation]:
        """Events in sight that fit; the day of an event is that of its warning."""
        found: Any = Activation.objects.visible_to(user)
        if self.event:
            found = found.filter(pk=int(self.event) if number(self.event) else None)
        if self.unit:
            found = found.filter(within(self.unit))
        if self.grade:
            found = found.filter(grade=self.grade)
        if first := day(self.since):
            found = found.filter(announced_at__gte=clock.at(first))
        if last := day(self.until):
            found = found.filter(announced_at__lt=clock.at(last + timedelta(days=1)))
        return found

    def rows(self, user: User) -> QuerySet[ExecutionRow]:
        """Rows of these events that fit."""
        found = ExecutionRow.objects.filter(activation__in=self.events(user).order_by())
        if self.measure:
            found = found.filter(measure=self.measure)
        if self.means:
            found = found.filter(means=self.means)
        if self.only in SHOWN:
            found = found.filter(SHOWN[self.only])
        return found


def units(user: User) -> QuerySet[Organisation]:
    """Units in sight that had events."""
    seen = Activation.objects.visible_to(user).order_by().values("organisation")
    return Organisation.objects.filter(pk__in=seen)


def within(code: str) -> Q:
    """Condition on what belongs to a unit: itself and below; with "=" before it, itself alone."""
    if code.startswith("="):
        return Q(organisation__code=code[1:])
    found = Organisation.objects.filter(code=code).values_list("path", flat=True).first()
    return Q(organisation__path__startswith=found) if found else Q(pk__in=())


def number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10


@dataclass(frozen=True)
class Sums:
    """The statistics of events (kW and kWh as stored; the page shows MW and MWh).

    A load is the greatest at any one moment: rows of different hours do not add up.
    """

    rows: int = 0
    users: int = 0
    shifted: Decimal = Decimal(0)
    avoided: Decimal = Decimal(0)
    limited: Decimal = Decimal(0)
    cut: Decimal = Decimal(0)
    ordered: Decimal = Decimal(0)
    executed: Decimal = Decimal(0)
    cut_lines: int = 0
    terminal: Decimal = Decimal(0)
    terminals: int = 0
    energy: Decimal = Decimal(0)
    resident_lines: int = 0
    households: int = 0


def sums(rows: QuerySet[ExecutionRow], *group: str) -> dict[tuple[Any, ...], Sums]:
    """Figures of rows by the fields given; of no rows none. By nothing: the key is empty.

    Users are told apart by unit and number, so that one hit in two events counts once in the whole.
    """
    person = Concat(F("activation__organisation__code"), Value(" "), F("user_no"))
    counted: dict[str, Any] = {
        "rows": Count("pk"),
        "users": Count(person, distinct=True, filter=~Q(user_no="")),
        "cut_lines": Count("pk", filter=Q(feeder_cut=True)),
        "terminals": Count("pk", filter=Q(means=TERMINAL)),
        "energy": Coalesce(Sum("energy_kwh"), ZERO),
        "resident_lines": Coalesce(Sum("resident_lines"), 0),
        "households": Coalesce(Sum("households"), 0),
    }
    plain = rows.order_by()
    found = plain.values(*group).annotate(**counted) if group else [plain.aggregate(**counted)]
    loads = _loads(plain, group)
    return {
        key: Sums(**{name: one[name] for name in counted}, **loads.get(key, {}))
        for one in found
        for key in [tuple(one[name] for name in group)]
    }


def _loads(rows: QuerySet[ExecutionRow], group: tuple[str, ...]) -> dict[tuple[Any, ...], Any]:
    """The greatest load at one moment, of each kind, by the fields given."""
    fields = ("measure", "means", "from_at", "to_at", "ordered_kw", "executed_kw")
    kinds: dict[tuple[Any, ...], dict[str, list[tuple[Any, int, Decimal]]]] = {}
    for *key, measure, means, begin, end, ordered, executed in rows.values_list(*group, *fields):
        own = kinds.setdefault(tuple(key), {})
        told = {"executed": executed, "ordered": ordered, KINDS[measure]: executed}
        if means == TERMINAL:
            told["terminal"] = executed
        for kind, kw in told.items():
            own.setdefault(kind, []).extend([(begin, 1, kw), (end, 0, -kw)])
    return {
        key: {kind: greatest(changes) for kind, changes in own.items()}
        for key, own in kinds.items()
    }


def greatest(changes: list[tuple[Any, int, Decimal]]) -> Decimal:
    """The greatest sum at one moment: instants with what begins (1) and what ends (0) then."""
    most = load = Decimal(0)
    for _at, _begins, kw in sorted(changes):
        load += kw
        most = max(most, load)
    return most
