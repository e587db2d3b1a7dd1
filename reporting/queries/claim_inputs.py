"""Numbers of indicators out of claims that grids share: what their list counts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count

from complaints.claim_queries import Filters
from complaints.models import Claim
from reporting.indicators import sources
from reporting.indicators.sources import Input, Scope

# Keys of an input that are no filter of claims.
OWN = ("source", "label")


@sources.register("claims")
def claims(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Claims whistled in the period that fit (``figure``, ``kind``), by the unit that has them."""
    asked = {name: value for name, value in spec.items() if name not in OWN}
    days = {"since": str(scope.period.first), "until": str(scope.period.last)}
    filters = Filters(**days, **asked)
    nobody: Any = AnonymousUser()
    fitting = filters.narrow(Claim.objects.all(), nobody, now=scope.now).order_by()
    rows = fitting.values_list("case__holder__path").annotate(n=Count("pk"))
    by_path = {path: n for path, n in rows if path}
    numbers = sources.rolled_up(by_path, scope.units)
    urls = sources.addressed(lambda code: filters.url(unit=code), scope.units)
    return {unit.pk: Input(Decimal(numbers[unit.pk]), urls[unit.pk]) for unit in scope.units}
