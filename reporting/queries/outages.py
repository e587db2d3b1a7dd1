"""Reading outages: the rules of a day, lists by filters, figures by unit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import Organisation
from complaints.analysis.repairs import Seconds
from complaints.models import ResidentUsers
from complaints.procedures import Book
from complaints.workflow import FAULT, Act, Source
from core import arithmetic, clock, sla
from core.asked import day as day_of
from core.errors import Refused
from core.periods import Period
from reporting.models import (
    EmergencyPlanVersion,
    OrderedUsePlan,
    OutageFlag,
    OutageNotice,
    OutageRule,
)
from reporting.models.outage import COUNTED
from reporting.outages.judging import Facts
from reporting.outages.rules import Rule, Rules

if TYPE_CHECKING:
    from accounts.models import User

Kind, State = OutageNotice.Kind, OutageNotice.State
Flag = OutageFlag.Code
HOUR = 3600
DAY_ONE = timedelta(days=1)


def as_rule(row: OutageRule) -> Rule:
    """A stored rule as the arithmetic takes it."""
    return Rule(
        code=row.code,
        family=row.family,
        title=row.title,
        version=row.version,
        kinds=tuple(row.kinds),
        value=row.value or 0,
        unit=row.unit,
        content=row.content,
        basis=row.basis,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        pk=row.pk,
    )


class Rulebook:
    """All rules, read once, to be asked for any day; and the limits of repairs, from the
    procedures of fault cases."""

    def __init__(self, *more: OutageRule) -> None:
        """``more``: rules that are not in the table, to see what they would change."""
        rows = [*OutageRule.objects.order_by("pk"), *more]
        self._rules = [as_rule(row) for row in rows]
        self._days: dict[date, Rules] = {}

    def on(self, moment: datetime | date) -> Rules:
        """The rules of the day of an instant."""
        day = clock.day_of(moment) if isinstance(moment, datetime) else moment
        if day not in self._days:
            self._days[day] = Rules.on(self._rules, day)
        return self._days[day]

    @cached_property
    def _procedures(self) -> Book:
        return Book()

    def arrival_minutes(self, unit: Organisation, area_type: str, *, on: date) -> int | None:
        """Minutes within which a repair team must be on site; None where nothing says so."""
        if not area_type:
            return None
        try:
            chosen = self._procedures.choose(Source.H95598, FAULT, unit, on=on)
        except Refused:
            return None
        limit = self._procedures.rules(chosen.pk).clocks.get(Act.ARRIVE.value)
        if limit is None:
            return None
        place = SimpleNamespace(area_type=area_type, category="", urgency="")
        allowed = sla.Allowance(*limit.allowance.of(place))
        return int(allowed.length.total_seconds() // 60)


def facts_of(notice: OutageNotice, book: Rulebook) -> Facts:
    """What of a notice is judged."""
    unit, day = notice.organisation, clock.day_of(notice.planned_start)
    repaired = notice.kind == Kind.FAULT and notice.actual_start is not None
    announced = notice.announced_at
    return Facts(
        kind=notice.kind,
        planned_start=notice.planned_start,
        planned_end=notice.planned_end,
        unit=unit.code,
        reason=notice.reason,
        document=notice.document,
        named=bool(notice.lines or notice.transformer_areas) or notice.kind == Kind.ARREARS,
        households=notice.households,
        important_users=notice.important_users,
        published_at=announced,
        typed_at=notice.published_at,
        corrected=bool(
            notice.told_first and notice.published_at and notice.published_at < notice.told_first
        ),
        important_told_at=notice.important_told_at,
        actual_start=notice.actual_start,
        actual_end=notice.actual_end,
        arrived_at=notice.arrived_at,
        cause_ended_at=notice.cause_ended_at,
        cancelled=notice.state == State.CANCELLED and not notice.called_off,
        called_off=notice.called_off,
        lived=notice.method != OutageNotice.Method.OUTAGE,
        area_named=bool(notice.area_type),
        document_held=document_held(notice),
        arrival_minutes=book.arrival_minutes(unit, notice.area_type, on=day) if repaired else None,
    )


# Kinds that are carried out by a plan that the government approved.
BY_PLAN = (Kind.ORDERED_USE, Kind.SHORTAGE)


def document_held(notice: OutageNotice) -> bool | None:
    """Whether the plan that a notice names was approved for its unit or one above it by its day;
    None where it names none."""
    if notice.kind not in BY_PLAN or not notice.document:
        return None
    day = clock.day_of(notice.planned_start)
    path, step = notice.organisation.path, Organisation.steplen
    paths = [path[:length] for length in range(step, len(path) + 1, step)]
    above = Organisation.objects.filter(path__in=paths).order_by().values("pk")
    approved = {"approved_on__lte": day, "approval_number": notice.document}
    plans = OrderedUsePlan.objects.filter(organisation__in=above, year=day.year, **approved)
    if plans.exists():
        return True
    versions = EmergencyPlanVersion.objects.filter(plan__organisation__in=above, **approved)
    return versions.exists()


# --- Lists ----------------------------------------------------------------------------------------

# Of notices that a rule asks to be announced: whether it was in time.
LEADS = {"asked": Q(lead_ok__isnull=False), "met": Q(lead_ok=True), "short": Q(lead_ok=False)}


@dataclass(frozen=True)
class Filters:
    """What lists and figures are asked for: a figure opens exactly the notices it counts."""

    unit: str = ""
    # Code without those below it.
    exactly: str = ""
    # One or more kinds, between commas.
    kind: str = ""
    flag: str = ""
    lead: str = ""
    state: str = ""
    method: str = ""
    # One or more area types, between commas.
    area_type: str = ""
    # Whether residents were cut off and power is known to be back.
    restored: str = ""
    # Without work by other methods and what was cancelled before its start.
    counted: str = ""
    # A line or transformer area by its level and name: what began there.
    level: str = ""
    place: str = ""
    text: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    def narrow(self, notices: QuerySet[OutageNotice]) -> QuerySet[OutageNotice]:
        for condition in self._conditions():
            notices = notices.filter(condition)
        return notices

    def _conditions(self) -> Iterator[Q]:
        if self.unit:
            yield below(self.unit)
        for name, condition in YES.items():
            if getattr(self, name):
                yield condition
        for name, column in COLUMNS.items():
            if value := getattr(self, name):
                yield Q(**{f"{column}__in": value.split(",")})
        if self.method:
            yield LIVE if self.method == "any" else Q(method=self.method)
        if self.flag:
            yield flagged(self.flag)
        if self.lead in LEADS:
            yield LEADS[self.lead]
        yield from self._places()
        yield from self._days()

    def _places(self) -> Iterator[Q]:
        if self.place:
            yield _at_place(self)
        if self.text:
            yield Q(number=self.text) | Q(words__icontains=self.text)

    def _days(self) -> Iterator[Q]:
        if day := day_of(self.since):
            yield Q(planned_start__gte=clock.at(day))
        if day := day_of(self.until):
            yield Q(planned_start__lt=clock.at(day + DAY_ONE))

    @property
    def asked(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def with_(self, **changes: str) -> Filters:
        return replace(self, **changes)

    def url(self, **changes: str) -> str:
        """The list of exactly these notices."""
        return f"{reverse('reporting:outages')}?{urlencode(replace(self, **changes).asked)}"


# What is asked for as it stands in a column; several between commas.
COLUMNS = {"exactly": "organisation__code", "kind": "kind", "state": "state"}
COLUMNS |= {"area_type": "area_type"}
# Works without an outage.
LIVE = ~Q(method=OutageNotice.Method.OUTAGE)
LIVED = LIVE & Q(state=State.STANDING)
RESTORED = Q(households__gt=0, actual_start__isnull=False, actual_end__isnull=False)
# What is asked for with a yes.
YES = {"restored": RESTORED, "counted": COUNTED}


def _at_place(filters: Filters) -> Q:
    """What began at a line or transformer area, by whatever name."""
    from reporting.queries import frequent_outages

    return Q(pk__in=frequent_outages.at(filters))


def below(code: str) -> Q:
    """Notices of a unit and those below it."""
    units = Organisation.objects.filter(code=code).order_by()
    path = units.values_list("path", flat=True).first()
    if path is None:
        return Q(pk__in=())
    return Q(organisation__path__startswith=path)


def flagged(code: str) -> Q:
    """Notices with a flag; ``any``: with one whatever it is."""
    flags = OutageFlag.objects.filter(notice=OuterRef("pk")).order_by()
    return Q(Exists(flags if code == "any" else flags.filter(code=code)))


# --- Figures --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One unit, or the whole: notices, lead times, what is wrong, hours of residents."""

    unit: Organisation | None
    filters: Filters
    n: int = 0
    asked: int = 0
    met: int = 0
    late: int = 0
    missing: int = 0
    violations: int = 0
    restored: int = 0
    seconds: int = 0
    avoided: Decimal = Decimal(0)
    lived: int = 0
    residents: int | None = None

    @property
    def rate(self) -> Decimal | None:
        """Announced in time, of those that a rule asks to be announced, in per cent."""
        return arithmetic.share(self.met, self.asked)

    @property
    def hours(self) -> Decimal:
        """Household hours of residents."""
        return arithmetic.half_up(Fraction(self.seconds, HOUR), 2)

    @property
    def per_household(self) -> Decimal | None:
        """Hours of each resident; None where nobody said how many the unit serves."""
        if not self.residents:
            return None
        return arithmetic.half_up(Fraction(self.seconds, HOUR * self.residents), 4)


def lines(user: User, filters: Filters, period: Period) -> tuple[list[Line], Line]:
    """The units with notices in a period, the most first, and the whole."""
    asked = filters.with_(since=str(period.first), until=str(period.last))
    seen = asked.narrow(OutageNotice.objects.visible_to(user)).order_by()
    flags = {
        name: Count("pk", filter=COUNTED & flagged(code))
        for name, code in (
            ("late", Flag.LATE),
            ("missing", Flag.MISSING),
            ("violations", Flag.VIOLATION),
        )
    }
    rows = seen.values("organisation").annotate(
        n=Count("pk", filter=COUNTED),
        asked=Count("pk", filter=COUNTED & LEADS["asked"]),
        met=Count("pk", filter=COUNTED & LEADS["met"]),
        restored=Count("pk", filter=RESTORED),
        seconds=Sum(
            F("households") * Seconds("actual_start", "actual_end"),
            filter=RESTORED,
            output_field=BigIntegerField(),
        ),
        avoided=Sum(F("avoided_hours") * F("avoided_households"), filter=LIVED),
        lived=Count("pk", filter=LIVED),
        **flags,
    )
    found = [row for row in rows if row["n"] or row["lived"]]
    units = Organisation.objects.in_bulk([row["organisation"] for row in found])
    served = residents(user, units, on=period.last)
    made = [
        Line(
            unit=(unit := units[row.pop("organisation")]),
            filters=asked.with_(exactly=unit.code, unit=""),
            residents=served.get(unit.pk),
            **row | {"seconds": int(row["seconds"] or 0), "avoided": row["avoided"] or Decimal(0)},
        )
        for row in found
    ]
    made.sort(key=lambda line: (-line.n, line.filters.exactly))
    return made, _whole(made, asked, _served(user, asked, period.last))


def _whole(made: list[Line], filters: Filters, residents: int | None) -> Line:
    sums = {
        name: sum(getattr(line, name) for line in made)
        for name in ("n", "asked", "met", "late", "missing", "violations", "restored", "seconds")
    }
    sums["lived"] = sum(line.lived for line in made)
    avoided = sum((line.avoided for line in made), Decimal(0))
    return Line(None, filters, avoided=avoided, residents=residents, **sums)


def _served(user: User, filters: Filters, day: date) -> int | None:
    unit = Organisation.objects.filter(code=filters.unit).first() if filters.unit else None
    return residents(user, {unit.pk: unit}, on=day).get(unit.pk) if unit else None


def residents(user: User, units: Iterable[int], *, on: date) -> dict[int, int]:
    """How many residents units serve, as they entered it by a day."""
    rows = ResidentUsers.objects.visible_to(user).standing()
    told = rows.filter(organisation__in=list(units), valid_from__lte=on)
    return dict(told.order_by("valid_from", "pk").values_list("organisation", "count"))
