"""Numbers of indicators out of business passed on by government grids: what their list counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Sum

from grids.models import BusinessRequest
from grids.queries.business import Filters
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope
from reporting.queries.indicator_inputs import by_path

# Keys of an input that are no filter of requests.
OWN = ("source", "label", "measure")
MEASURES: dict[str, Any] = {
    "count": Count("pk"),
    "days": Sum("days"),
    # What the customers paid, in fen.
    "paid": Sum((F("fee") - F("reduction")) * 100),
}


@sources.register("business")
def business(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Requests that ended in the period: their ``count``, working ``days``, or yuan ``paid``."""
    asked = {name: value for name, value in spec.items() if name not in OWN}
    days = {"ended_since": str(scope.period.first), "ended_until": str(scope.period.last)}
    filters = Filters(view="done", **days, **asked)
    measure = spec.get("measure", "count")
    rows = filters.narrow(BusinessRequest.objects.all(), now=scope.now).order_by()
    counted = rows.values_list("organisation").annotate(n=MEASURES[measure])
    found = {pk: round(n or 0) for pk, n in counted}
    numbers = sources.rolled_up(by_path(found, scope), scope.units)
    urls = sources.addressed(lambda code: filters.url(unit=code), scope.units)
    return {
        unit.pk: Input(_number(measure, numbers[unit.pk]), urls[unit.pk]) for unit in scope.units
    }


def _number(measure: str, value: int) -> Decimal:
    """Fen as yuan."""
    return Decimal(value) / 100 if measure == "paid" else Decimal(value)
