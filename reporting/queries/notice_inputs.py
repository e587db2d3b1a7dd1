"""Numbers of indicators out of outage notices: the ones that their list counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db.models import BigIntegerField, Count, F, Sum

from complaints.analysis.repairs import Seconds
from core import arithmetic
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope, rolled_up
from reporting.models import OutageNotice
from reporting.queries.indicator_inputs import by_path
from reporting.queries.outages import HOUR, Filters

# Keys of an input that are no filter of notices.
OWN = ("source", "label", "measure")


@sources.register("notices")
def notices(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Notices planned to begin in the period: their ``count``, households, or household hours.

    Who filed no notice that could be summed up has no hours: nobody knows whether there were none.
    """
    asked = {name: value for name, value in spec.items() if name not in OWN}
    days = {"since": str(scope.period.first), "until": str(scope.period.last)}
    filters = Filters(counted="1", **days, **asked)
    measure = spec.get("measure", "count")
    rows = filters.narrow(OutageNotice.objects.all()).order_by().values_list("organisation")
    found = {pk: int(n or 0) for pk, n in rows.annotate(n=_measured(measure))}
    own = by_path(found, scope)
    numbers = rolled_up(own, scope.units)
    told = rolled_up(dict.fromkeys(own, 1), scope.units)
    urls = sources.addressed(lambda code: filters.url(unit=code), scope.units)
    return {
        unit.pk: Input(
            _number(measure, numbers[unit.pk]) if told[unit.pk] or measure == "count" else None,
            urls[unit.pk],
        )
        for unit in scope.units
    }


def _measured(measure: str) -> Any:
    if measure == "households":
        return Sum("households")
    if measure == "household_hours":
        lasted = Seconds("actual_start", "actual_end")
        return Sum(F("households") * lasted, output_field=BigIntegerField())
    return Count("pk")


def _number(measure: str, value: int) -> Decimal:
    """Seconds as hours with two decimals."""
    if measure == "household_hours":
        return arithmetic.half_up(Fraction(value, HOUR), 2)
    return Decimal(value)
