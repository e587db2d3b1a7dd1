"""Repairs of faults: in time by area type, unit and month, and what residents went without.

Source: campaign plan 二(一)1 (S1-2.1.1i). In time is judged by the clocks of each case, whose
limits by area type stand in the procedures with their first day. Numbers count fixed queries.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Count, F, Func, Q, Sum
from django.db.models.functions import Coalesce, Substr
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import queries
from complaints.analysis.query import LocalDay
from complaints.analysis.tables import Units, period_of
from complaints.filters import (
    NONE,
    CaseFilters,
    clock_ended,
    last_rounds,
    repaired,
    repairer,
)
from complaints.models import Case, Procedure, Repair, ResidentUsers, Term
from complaints.procedures import definition_of
from complaints.workflow import FAULT, Act
from core import arithmetic, clock, sla
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

BY: dict[str, Any] = {
    "unit": gettext_lazy("按抢修单位"),
    "month": gettext_lazy("按月份"),
    "area": gettext_lazy("按城乡类别"),
}
# The two clocks, by the names that procedures give them.
ARRIVE, RESTORE = Act.ARRIVE.value, Act.RESTORE.value
HOUR, MINUTE = 3600, 60
# Hours per resident are small.
PLACES = 4


class Seconds(Func):
    """Whole seconds from one instant to another, by the database's own means."""

    output_field = BigIntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._difference(compiler, connection, "CAST(strftime('%%%%s', {0}) AS INTEGER)")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self._difference(compiler, connection, "floor(extract(epoch from {0}))::bigint")

    def _difference(self, compiler: Any, connection: Any, one: str) -> Any:
        begin, end = self.source_expressions
        sql, params = compiler.compile(begin)
        until, more = compiler.compile(end)
        text = f"({one.format(until)} - {one.format(sql)})".replace("%%%%", "%%")
        return text, [*more, *params]


@dataclass(frozen=True)
class Asked:
    """What the page was asked for."""

    by: str
    period: Period
    filters: CaseFilters

    def query(self, **changes: str) -> str:
        by = changes.pop("by", self.by)
        asked = self.filters.with_(**changes)
        found = {"by": by, "since": asked.since, "until": asked.until}
        for name in ("repairer", "area_type"):
            if value := getattr(asked, name):
                found[name] = value
        return urlencode(found)

    def url(self, **changes: str) -> str:
        return f"{reverse('complaints:repairs')}?{self.query(**changes)}"


@dataclass(frozen=True)
class Timed:
    """How one clock of the repairs fared. ``judged``: in time or late; ``seconds`` of the ended."""

    met: int = 0
    judged: int = 0
    ended: int = 0
    seconds: int = 0

    def __add__(self, other: Timed) -> Timed:
        return Timed(
            self.met + other.met,
            self.judged + other.judged,
            self.ended + other.ended,
            self.seconds + other.seconds,
        )

    @property
    def rate(self) -> Decimal | None:
        """In time, of those in time or late, in per cent."""
        return arithmetic.share(self.met, self.judged)

    @property
    def minutes(self) -> Decimal | None:
        """Mean of those that ended."""
        mean = Fraction(self.seconds, MINUTE * self.ended) if self.ended else None
        return None if mean is None else arithmetic.half_up(mean, 1)


@dataclass(frozen=True)
class Dark:
    """Residents without power: households of every restored repair times how long."""

    counted: int = 0
    unknown: int = 0
    households: int = 0
    seconds: int = 0

    def __add__(self, other: Dark) -> Dark:
        return Dark(
            self.counted + other.counted,
            self.unknown + other.unknown,
            self.households + other.households,
            self.seconds + other.seconds,
        )

    @property
    def hours(self) -> Decimal:
        """Household hours."""
        return arithmetic.half_up(Fraction(self.seconds, HOUR), 2)

    def per_resident(self, residents: int | None) -> Decimal | None:
        """Hours for each resident served; None where nobody has said how many there are."""
        if not residents:
            return None
        return arithmetic.half_up(Fraction(self.seconds, HOUR * residents), PLACES)


@dataclass(frozen=True)
class Line:
    """One line: its repairs, the filter that opens them, and one step further in."""

    key: str
    label: str
    n: int
    arrive: Timed
    restore: Timed
    dark: Dark
    residents: int | None
    filters: CaseFilters
    deeper: str = ""

    @property
    def per_resident(self) -> Decimal | None:
        return self.dark.per_resident(self.residents)

    def url(self, **changes: str) -> str:
        """The list of the cases behind a number."""
        return self.filters.list_url(**changes)


@dataclass(frozen=True)
class Limit:
    """What a procedure allows by one clock, for each area type."""

    procedure: Procedure
    clock: str
    limits: tuple[tuple[Term, str], ...]
    basis: str


class Repairs:
    """The repairs of one period, for one person."""

    def __init__(self, asked: Asked, user: User, *, now: datetime) -> None:
        self.asked, self.user, self.now = asked, user, now
        self.filters = asked.filters.with_(nature=FAULT, counted="1")
        seen = Case.objects.visible_to(user)
        self.cases = self.filters.narrow(seen, user=user, now=now).order_by()
        self.labels = queries.Labels()
        self.units = Units(asked.filters.repairer.lstrip("="))

    def lines(self) -> tuple[list[Line], Line]:
        """The lines of the tab that was asked for, and the whole."""
        group = self._group()
        amounts = self._amounts(group)
        timed = self._timed(group)
        dark = self._dark(group)
        keys = self._ordered(amounts)
        lines = [
            self._line(key, amounts[key], timed[ARRIVE, key], timed[RESTORE, key], dark[key])
            for key in keys
        ]
        return lines, self._whole(lines)

    # What the database groups by, and the line that a group belongs to.

    def _grouping(self, prefix: str = "") -> Any:
        return {
            "unit": repairer(prefix),
            "month": Substr(LocalDay(f"{prefix}received_at"), 1, 7),
            "area": F(f"{prefix}area_type"),
        }[self.asked.by]

    def _group(self) -> Callable[[Any], str]:
        if self.asked.by == "unit":
            return self.units.group
        return lambda key: key or NONE

    def _amounts(self, group: Callable[[Any], str]) -> Mapping[str, int]:
        found: dict[str, int] = defaultdict(int)
        rows = self.cases.annotate(grouped=self._grouping()).values_list("grouped")
        for key, n in rows.annotate(n=Count("pk")):
            found[group(key)] += n
        return found

    def _timed(self, group: Callable[[Any], str]) -> Mapping[tuple[str, str], Timed]:
        ended = clock_ended("ended", now=self.now)
        rows = (
            last_rounds()
            .filter(case__in=self.cases, code__in=(ARRIVE, RESTORE))
            .annotate(grouped=self._grouping("case__"))
            .values_list("code", "grouped")
            .annotate(
                n_met=Count("pk", filter=clock_ended("met", now=self.now)),
                n_judged=Count("pk", filter=clock_ended("judged", now=self.now)),
                n_ended=Count("pk", filter=ended),
                seconds=Sum(Seconds("started_at", "stopped_at"), filter=ended),
            )
        )
        found: dict[tuple[str, str], Timed] = defaultdict(Timed)
        for code, key, met, judged, done, seconds in rows:
            found[code, group(key)] += Timed(met, judged, done, int(seconds or 0))
        return found

    def _dark(self, group: Callable[[Any], str]) -> Mapping[str, Dark]:
        lasted = Seconds(Coalesce("interrupted_at", "started_at"), "restored_at")
        rows = (
            Repair.objects.restored()
            .filter(case__in=self.cases)
            .order_by()
            .annotate(grouped=self._grouping("case__"))
            .values_list("grouped")
            .annotate(
                n_counted=Count("case", distinct=True, filter=repaired("counted")),
                n_unknown=Count("case", distinct=True, filter=repaired("unknown")),
                sum_households=Sum("households"),
                seconds=Sum(
                    F("households") * lasted,
                    filter=Q(households__isnull=False),
                    output_field=BigIntegerField(),
                ),
            )
        )
        found: dict[str, Dark] = defaultdict(Dark)
        for key, counted, unknown, households, seconds in rows:
            found[group(key)] += Dark(counted, unknown, households or 0, int(seconds or 0))
        return found

    def _ordered(self, amounts: Mapping[str, int]) -> list[str]:
        if self.asked.by == "month":
            return sorted(amounts)
        return sorted(amounts, key=lambda key: (-amounts[key], self._label(key), key))

    def _label(self, key: str) -> str:
        match self.asked.by:
            case "unit":
                return self.units.label(key)
            case "area":
                at = clock.at(self.asked.period.last)
                return _("未填") if key == NONE else self.labels.of("area_type", key, at=at)
        return key

    def _line(self, key: str, n: int, arrive: Timed, restore: Timed, dark: Dark) -> Line:
        filters, deeper, last = self.filters, "", self.asked.period.last
        served = self.asked.filters.repairer
        match self.asked.by:
            case "unit":
                filters = filters.with_(repairer=key)
                deeper = self.asked.url(repairer=key) if self.units.opens(key) else ""
                served = key
            case "month":
                month = month_of(key)
                within = Period(max(month.first, self.asked.period.first), min(month.last, last))
                filters = filters.with_(since=str(within.first), until=str(within.last))
                last = within.last
            case "area":
                filters, served = filters.with_(area_type=key), ""
        residents = self._residents(served, last)
        return Line(key, self._label(key), n, arrive, restore, dark, residents, filters, deeper)

    def _residents(self, code: str, day: date) -> int | None:
        """Residents of a unit on a day; of those by itself, or of nobody, none is known."""
        told = [count for unit, begin, count in self._told if unit == code and begin <= day]
        return told[-1] if told else None

    @cached_property
    def _told(self) -> list[tuple[str, date, int]]:
        """Unit, first day and residents of what was entered, the last entry last."""
        seen = ResidentUsers.objects.visible_to(self.user).standing()
        rows = seen.order_by("valid_from", "pk")
        return list(rows.values_list("organisation__code", "valid_from", "count"))

    def limits(self, areas: Sequence[Term]) -> list[Limit]:
        """The limits of the procedures that these repairs follow, in the order of the areas."""
        followed = Procedure.objects.filter(pk__in=self.cases.values("procedure"))
        places = [
            (area, SimpleNamespace(area_type=area.code, category="", urgency="")) for area in areas
        ]
        return [
            Limit(
                procedure,
                rule.shown,
                tuple((area, spoken(*rule.allowance.of(place))) for area, place in places),
                rule.basis,
            )
            for procedure in followed
            for code, rule in definition_of(procedure).clocks.items()
            if code in (ARRIVE, RESTORE)
        ]

    def _whole(self, lines: Iterable[Line]) -> Line:
        rows = list(lines)
        served = self.asked.filters.repairer if not self.asked.filters.area_type else ""
        return Line(
            "",
            _("合计"),
            sum(one.n for one in rows),
            sum((one.arrive for one in rows), Timed()),
            sum((one.restore for one in rows), Timed()),
            sum((one.dark for one in rows), Dark()),
            self._residents(served, self.asked.period.last),
            self.filters,
        )


def asked_of(params: Mapping[str, str], user: User, today: date) -> Asked:
    """What an address asks for; a company is shown its own repairs."""
    given = CaseFilters.of(params)
    period = period_of(given, today)
    home = given.repairer or home_of(user)
    by = params.get("by", "")
    return Asked(
        by if by in BY else "unit",
        period,
        CaseFilters(
            since=str(period.first),
            until=str(period.last),
            repairer=home,
            area_type=given.area_type,
        ),
    )


def home_of(user: User) -> str:
    """The company unit whose repairs a person sees at first; empty for regulators."""
    places = workplaces(user, Permission.CASE_VIEW)
    if any(place.is_regulator for place in places):
        return ""
    return next((place.code for place in places if place.is_company), "")


def month_of(text: str) -> Period:
    """2018-03 as its days."""
    first = date.fromisoformat(f"{text}-01")
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def spoken(value: float, unit: str) -> str:
    """45分钟, 3小时."""
    if unit == sla.Unit.MINUTES:
        return _("%(n)s分钟") % {"n": value}
    return _("%(n)s小时") % {"n": value} if unit == sla.Unit.HOURS else f"{value} {unit}"
