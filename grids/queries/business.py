"""Reading business passed on: kinds of a day, lists by filters, figures by unit, kind and month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncMonth
from django.urls import reverse

from accounts.models import Organisation
from core import arithmetic, clock
from core.asked import day as day_of
from core.periods import Period
from grids.business.moves import DONE, OPEN, State
from grids.models import BusinessRequest, BusinessType, GovernmentGrid, GridPairing

if TYPE_CHECKING:
    from accounts.models import User

DAY_ONE = timedelta(days=1)
# Who serves customers of a place.
SERVING = (
    Organisation.Kind.PREFECTURE_ENTERPRISE,
    Organisation.Kind.COUNTY_ENTERPRISE,
    Organisation.Kind.SUPPLY_STATION,
    Organisation.Kind.DISTRIBUTION_OPERATOR,
)
PREFECTURE = 4


def types_for(organisation: Organisation, *, on: date) -> dict[str, BusinessType]:
    """By code the version that counts for a unit on a day: that of the nearest company that has
    one of its own, else the one for everybody; of these the one that began last."""
    rows = BusinessType.objects.known(on=on).select_related("company")
    nearest: dict[str, tuple[int, date, int]] = {}
    # In the order of the catalogue.
    place: dict[str, int] = {}
    found: dict[str, BusinessType] = {}
    for one in rows:
        if one.company is not None and not organisation.path.startswith(one.company.path):
            continue
        depth = one.company.depth if one.company is not None else 0
        rank = (depth, one.valid_from, one.version)
        place[one.code] = min(one.pk, place.get(one.code, one.pk))
        if one.code not in nearest or rank > nearest[one.code]:
            nearest[one.code], found[one.code] = rank, one
    groups = list(BusinessType.Group)
    return dict(
        sorted(found.items(), key=lambda pair: (groups.index(pair[1].group), place[pair[0]]))
    )


def type_for(code: str, organisation: Organisation, *, on: date) -> BusinessType | None:
    """The version of one kind that counts for a unit on a day."""
    return types_for(organisation, on=on).get(code)


def units_of(source: Organisation) -> QuerySet[Organisation]:
    """Units of companies that serve the prefecture of a government grid."""
    if not source.region_id:
        return Organisation.objects.none()
    near = Organisation.objects.in_force().filter(kind__in=SERVING)
    return near.filter(region__code__startswith=source.region_id[:PREFECTURE])


def unit_for(
    source: Organisation, grid: GovernmentGrid | None = None, *, on: date | None = None
) -> Organisation | None:
    """The unit that a grid's business goes to unless somebody says otherwise: that of the power
    grid which has the largest share in it; else the enterprise of the county, or the prefecture."""
    near = [one for one in units_of(source) if one.kind != Organisation.Kind.SUPPLY_STATION]
    if grid is not None and on is not None:
        pairs = GridPairing.objects.on(on).filter(government_grid=grid)
        related = ("power_grid__station", "power_grid__enterprise")
        pair = pairs.select_related(*related).order_by("-share", "pk").first()
        if (
            pair is not None
            and units_of(source).filter(pk=pair.power_grid.organisation.pk).exists()
        ):
            return pair.power_grid.organisation
    own = [one for one in near if one.region_id == source.region_id]
    return (own or near or [None])[0]


def grids_of(source: Organisation, *, on: date) -> QuerySet[GovernmentGrid]:
    """The cells that a department of the government is in charge of."""
    return GovernmentGrid.objects.on(on).filter(department=source)


def signers_of(source: Organisation) -> QuerySet[Organisation]:
    """Departments of the prefecture that may sign joint steps."""
    if not source.region_id:
        return Organisation.objects.none()
    departments = Organisation.objects.in_force().filter(
        kind=Organisation.Kind.GOVERNMENT_DEPARTMENT
    )
    return departments.filter(region__code__startswith=source.region_id[:PREFECTURE])


def material_titles(request: BusinessRequest, codes: Iterable[str]) -> list[str]:
    """Names of materials, in the order of the catalogue."""
    wanted = set(codes)
    return [one.title for one in request.type.definition.materials if one.code in wanted]


# --- Lists ----------------------------------------------------------------------------------------

VIEWS: dict[str, Q] = {
    "open": Q(state__in=OPEN),
    "done": Q(state__in=DONE),
    "stopped": Q(state__in=(State.RETURNED, State.WITHDRAWN)),
}
TIMES: dict[str, Q] = {"met": Q(in_time=True), "late": Q(in_time=False)}


@dataclass(frozen=True)
class Filters:
    """What lists and figures are asked for: a figure opens exactly the requests it counts."""

    unit: str = ""
    source: str = ""
    type: str = ""
    group: str = ""
    view: str = ""
    state: str = ""
    # Of those that ended: ``met`` or ``late``.
    time: str = ""
    # Open, with a deadline that has passed.
    overdue: str = ""
    reduced: str = ""
    text: str = ""
    # Days on which they were passed on; ``ended_`` those on which they ended.
    since: str = ""
    until: str = ""
    ended_since: str = ""
    ended_until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    def narrow(
        self, requests: QuerySet[BusinessRequest], *, now: datetime
    ) -> QuerySet[BusinessRequest]:
        for condition in self._conditions(now):
            requests = requests.filter(condition)
        return requests

    def _conditions(self, now: datetime) -> Iterator[Q]:
        for name, column in PATHS.items():
            if code := getattr(self, name):
                yield below(column, code)
        for name, column in COLUMNS.items():
            if value := getattr(self, name):
                yield Q(**{column: value})
        if self.view in VIEWS:
            yield VIEWS[self.view]
        if self.time in TIMES:
            yield TIMES[self.time]
        if self.overdue:
            yield Q(due_at__lt=now - timedelta(seconds=1))
        if self.reduced:
            yield Q(reduction__gt=0)
        if self.text:
            yield Q(number__icontains=self.text) | Q(external_number=self.text)
        yield from self._days("passed_at", self.since, self.until)
        yield from self._days("finished_at", self.ended_since, self.ended_until)

    @staticmethod
    def _days(column: str, since: str, until: str) -> Iterator[Q]:
        if day := day_of(since):
            yield Q(**{f"{column}__gte": clock.at(day)})
        if day := day_of(until):
            yield Q(**{f"{column}__lt": clock.at(day + DAY_ONE)})

    @property
    def asked(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def with_(self, **changes: str) -> Filters:
        return replace(self, **changes)

    def url(self, **changes: str) -> str:
        """The list of exactly these requests."""
        return f"{reverse('grids:business_list')}?{urlencode(replace(self, **changes).asked)}"


PATHS = {"unit": "organisation", "source": "source"}
COLUMNS = {"type": "type__code", "group": "type__group", "state": "state"}


def below(column: str, code: str) -> Q:
    """Requests of an organisation and those below it."""
    units = Organisation.objects.filter(code=code).order_by()
    path = units.values_list("path", flat=True).first()
    if path is None:
        return Q(pk__in=())
    return Q(**{f"{column}__path__startswith": path})


# --- Figures --------------------------------------------------------------------------------------

SUMS: dict[str, Any] = {
    "n": Count("pk"),
    "days": Sum("days"),
    "company_days": Sum("company_days"),
    "met": Count("pk", filter=Q(in_time=True)),
    "asked_government": Count("pk", filter=Q(government_in_time__isnull=False)),
    "met_government": Count("pk", filter=Q(government_in_time=True)),
    "paid": Sum(F("fee") - F("reduction")),
    "reduced": Sum("reduction"),
}


@dataclass(frozen=True)
class Line:
    """Requests that ended in a period, of one unit, kind or month: days, fees, in time."""

    label: Any
    filters: Filters
    n: int = 0
    days: int = 0
    company_days: int = 0
    met: int = 0
    asked_government: int = 0
    met_government: int = 0
    paid: Decimal = Decimal(0)
    reduced: Decimal = Decimal(0)
    # How many steps and materials the kind asks for; only of one kind.
    steps: int | None = None
    materials: int | None = None

    @property
    def mean_days(self) -> Decimal | None:
        """Working days from passing on to the end, each request."""
        return mean(self.days, self.n)

    @property
    def mean_company_days(self) -> Decimal | None:
        return mean(self.company_days, self.n)

    @property
    def rate(self) -> Decimal | None:
        """Ended in time by the company, in per cent."""
        return arithmetic.share(self.met, self.n)

    @property
    def government_rate(self) -> Decimal | None:
        """Signed in time by the government, of those with a joint step."""
        return arithmetic.share(self.met_government, self.asked_government)

    @property
    def mean_fee(self) -> Decimal | None:
        """Yuan that the customer paid, each request."""
        return mean(self.paid, self.n)


def mean(total: Any, count: int) -> Decimal | None:
    """With two decimals, half up; None of nothing."""
    return arithmetic.half_up(Fraction(total) / count, 2) if count else None


def ended(user: User, filters: Filters, period: Period, *, now: datetime) -> tuple[Any, Filters]:
    """The requests in sight that ended in a period, and the filters that open them."""
    days = {"ended_since": str(period.first), "ended_until": str(period.last)}
    asked = filters.with_(view="done", **days)
    return asked.narrow(BusinessRequest.objects.visible_to(user), now=now).order_by(), asked


def by_unit(user: User, filters: Filters, period: Period, *, now: datetime) -> list[Line]:
    """A line for each unit that ended any, the most first."""
    rows, asked = ended(user, filters, period, now=now)
    found = list(rows.values("organisation").annotate(**SUMS))
    units = Organisation.objects.in_bulk([row["organisation"] for row in found])
    made = [
        _line(units[pk], asked.with_(unit=units[pk].code), row)
        for row in found
        if (pk := row.pop("organisation"))
    ]
    return sorted(made, key=lambda line: (-line.n, line.filters.unit))


def by_type(user: User, filters: Filters, period: Period, *, now: datetime) -> list[Line]:
    """A line for each kind of business, with how many steps and materials it asks for."""
    rows, asked = ended(user, filters, period, now=now)
    found = list(rows.values("type__code").annotate(**SUMS))
    kinds: dict[str, BusinessType] = {}
    for kind in BusinessType.objects.known(on=period.last).order_by("valid_from", "version"):
        kinds[kind.code] = kind
    made = []
    for row in found:
        kind = kinds[row.pop("type__code")]
        told = kind.definition
        counts = {"steps": len(told.steps), "materials": len(told.materials)}
        made.append(_line(kind.title, asked.with_(type=kind.code), {**row, **counts}))
    return sorted(made, key=lambda line: (-line.n, line.filters.type))


def by_month(user: User, filters: Filters, period: Period, *, now: datetime) -> list[Line]:
    """A line for each month of a period, also those in which nothing ended."""
    rows, asked = ended(user, filters, period, now=now)
    month = TruncMonth("finished_at", tzinfo=clock.ZONE)
    found = {
        row.pop("month").astimezone(clock.ZONE).date(): row
        for row in rows.annotate(month=month).values("month").annotate(**SUMS)
    }
    made, first = [], period.first.replace(day=1)
    while first <= period.last:
        following = (first + timedelta(days=32)).replace(day=1)
        since = max(first, period.first)
        until = min(following - DAY_ONE, period.last)
        days = {"ended_since": str(since), "ended_until": str(until)}
        made.append(_line(f"{first:%Y-%m}", asked.with_(**days), found.get(first, {})))
        first = following
    return made


def whole(user: User, filters: Filters, period: Period, *, now: datetime) -> Line:
    """All of them in one line."""
    rows, asked = ended(user, filters, period, now=now)
    return _line("", asked, rows.aggregate(**SUMS))


def _line(label: Any, filters: Filters, row: Mapping[str, Any]) -> Line:
    given = {name: value for name, value in row.items() if value is not None}
    for name in ("paid", "reduced"):
        given[name] = Decimal(given.get(name, 0)).quantize(Decimal("0.01"))
    return Line(label, filters, **given)
