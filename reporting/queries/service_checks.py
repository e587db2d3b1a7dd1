"""Reading checks of service: lists by filters, results by unit and item, numbers of indicators."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from accounts.models import Organisation
from core import arithmetic
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope
from reporting.models import ServiceCheck
from reporting.queries.indicator_inputs import by_path
from reporting.queries.outages import day_of

if TYPE_CHECKING:
    from accounts.models import User

PASSED = {"passed": Q(up_to_standard=True), "failed": Q(up_to_standard=False)}


@dataclass(frozen=True)
class Filters:
    """What lists and figures are asked for: a figure opens exactly the checks it counts."""

    unit: str = ""
    # Code without those below it.
    exactly: str = ""
    manner: str = ""
    result: str = ""
    since: str = ""
    until: str = ""

    @classmethod
    def of(cls, params: Mapping[str, str]) -> Filters:
        return cls(**{one.name: params.get(one.name, "").strip()[:60] for one in fields(cls)})

    def narrow(self, checks: QuerySet[ServiceCheck]) -> QuerySet[ServiceCheck]:
        """Without those that were taken back."""
        found = checks.filter(withdrawn_at__isnull=True)
        if self.unit:
            units = Organisation.objects.filter(code=self.unit).order_by()
            path = units.values_list("path", flat=True).first()
            within = Q(organisation__path__startswith=path) if path else Q(pk__in=())
            found = found.filter(within)
        if self.exactly:
            found = found.filter(organisation__code=self.exactly)
        if self.manner:
            found = found.filter(manner=self.manner)
        if self.result in PASSED:
            found = found.filter(PASSED[self.result])
        if day := day_of(self.since):
            found = found.filter(checked_on__gte=day)
        if day := day_of(self.until):
            found = found.filter(checked_on__lte=day)
        return found

    @property
    def asked(self) -> dict[str, str]:
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    def url(self, **changes: str) -> str:
        """The list of exactly these checks."""
        asked = urlencode(replace(self, **changes).asked)
        return f"{reverse('reporting:service_checks')}?{asked}"


@dataclass(frozen=True)
class Line:
    """The checks of one unit: how many, how many up to standard, points in per cent."""

    unit: Any
    filters: Filters
    n: int = 0
    passed: int = 0
    got: int = 0
    possible: int = 0

    @property
    def score(self) -> Decimal | None:
        return arithmetic.share(self.got, self.possible)

    @property
    def rate(self) -> Decimal | None:
        return arithmetic.share(self.passed, self.n)


SUMS: dict[str, Any] = {
    "n": Count("pk"),
    "passed": Count("pk", filter=PASSED["passed"]),
    "got": Sum("got"),
    "possible": Sum("possible"),
}


def by_unit(user: User, filters: Filters) -> list[Line]:
    """A line for each unit that was checked, the lowest score first."""
    rows = filters.narrow(ServiceCheck.objects.visible_to(user)).order_by()
    found = list(rows.values("organisation").annotate(**SUMS))
    units = Organisation.objects.in_bulk([row["organisation"] for row in found])
    made = [
        Line(units[pk], replace(filters, unit="", exactly=units[pk].code), **row)
        for row in found
        if (pk := row.pop("organisation"))
    ]
    return sorted(made, key=lambda line: (line.score or Decimal(0), line.filters.exactly))


def by_item(user: User, filters: Filters) -> list[dict[str, Any]]:
    """Each item over all checks in sight: what it got of what was possible, the weakest first."""
    rows = filters.narrow(ServiceCheck.objects.visible_to(user)).select_related("standard")
    found: dict[str, dict[str, Any]] = {}
    for check in rows.order_by("pk"):
        for line in check.lines:
            if line["got"] is None:
                continue
            item = found.setdefault(line["code"], {**line, "n": 0, "got": 0, "possible": 0})
            item["n"] += 1
            item["got"] += line["got"]
            item["possible"] += line["points"]
    for item in found.values():
        item["score"] = arithmetic.share(item["got"], item["possible"])
    return sorted(found.values(), key=lambda item: (item["score"], item["code"]))


# Keys of an input that are no filter of checks.
OWN = ("source", "label", "measure")
MEASURES: dict[str, Any] = {"count": Count("pk"), "got": Sum("got"), "possible": Sum("possible")}


@sources.register("service_checks")
def inputs(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Checks of the period: their ``count``, the points they ``got``, or those ``possible``."""
    asked = {name: value for name, value in spec.items() if name not in OWN}
    filters = Filters(since=str(scope.period.first), until=str(scope.period.last), **asked)
    rows = filters.narrow(ServiceCheck.objects.all()).order_by().values_list("organisation")
    found = {pk: n or 0 for pk, n in rows.annotate(n=MEASURES[spec.get("measure", "count")])}
    numbers = sources.rolled_up(by_path(found, scope), scope.units)
    urls = sources.addressed(lambda code: filters.url(unit=code), scope.units)
    return {unit.pk: Input(Decimal(numbers[unit.pk]), urls[unit.pk]) for unit in scope.units}
