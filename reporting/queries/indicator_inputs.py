"""Numbers of indicators out of cases, repairs and residents: the ones that their lists count.

Each input is one question for all units: grouped by the database, added up along the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField, Count, F, Q, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from complaints import queries
from complaints.analysis.query import within
from complaints.analysis.repairs import Seconds
from complaints.filters import UNIT, CaseFilters, repaired, repairer
from complaints.models import Case, Repair, ResidentUsers
from complaints.workflow import FAULT
from core import arithmetic
from reporting.indicators import sources
from reporting.indicators.sources import Input, Row, Scope, addressed, rolled_up

HOUR = 3600
# Keys of an input that are no filter of cases; ``from`` is their source (the key source is ours).
OWN = ("source", "from", "label", "view")


@sources.register("period")
def hours(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Hours of the period: 8760 or 8784 of a year."""
    days = (scope.period.last - scope.period.first).days + 1
    row = Row(scope.period.text, f"{days}×24")
    return {unit.pk: Input(Decimal(days * 24), rows=(row,)) for unit in scope.units}


@sources.register("cases")
def cases(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Cases of the period that fit, by whom they count for; nothing counted is nought."""
    filters = filters_of(spec, scope)
    found = counted(filters, spec.get("view", "all"), scope)
    rows = found.annotate(counts_for=UNIT).values_list("counts_for").annotate(n=Count("pk"))
    numbers = rolled_up(by_path(dict(rows.order_by()), scope), scope.units)
    view = spec.get("view", "all")
    urls = addressed(lambda code: filters.list_url(view=view, unit=code), scope.units)
    return {unit.pk: Input(Decimal(numbers[unit.pk]), urls[unit.pk]) for unit in scope.units}


def filters_of(spec: Mapping[str, Any], scope: Scope) -> CaseFilters:
    """What the list is asked for, so that it opens what was counted."""
    asked = {name: value for name, value in spec.items() if name not in OWN}
    days = {"since": str(scope.period.first), "until": str(scope.period.last)}
    return CaseFilters(counted="1", source=spec.get("from", ""), **days, **asked)


def counted(filters: CaseFilters, view: str, scope: Scope) -> Any:
    """The cases that fit, whoever asks: what one person may not learn of is not asked for."""
    nobody: Any = AnonymousUser()
    fitting = filters.narrow(Case.objects.all(), user=nobody, now=scope.now)
    return queries.in_view(fitting, view, user=nobody, now=scope.now)


def by_path(numbers: Mapping[Any, int], scope: Scope) -> dict[str, int]:
    """Numbers by organisation as numbers by its place in the tree, which is read once."""
    paths: dict[int, str] | None = scope.cache.get("paths")
    if paths is None:
        paths = dict(Organisation.objects.order_by().values_list("pk", "path"))
        scope.cache["paths"] = paths
    return {paths[pk]: count for pk, count in numbers.items() if pk}


@sources.register("repairs")
def household_hours(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Households without power times hours, of the repairs whose households were counted."""
    faults = Case.objects.filter(within(scope.period), nature=FAULT, merged_into__isnull=True)
    lasted = Seconds(Coalesce("interrupted_at", "started_at"), "restored_at")
    rows = (
        Repair.objects.filter(repaired("counted"), Q(case__in=faults.order_by()))
        .order_by()
        .annotate(grouped=repairer("case__"))
        .values_list("grouped")
        .annotate(seconds=Sum(F("households") * lasted, output_field=BigIntegerField()))
    )
    seconds = rolled_up(by_path({pk: int(n or 0) for pk, n in rows}, scope), scope.units)
    filters = CaseFilters(
        counted="1",
        nature=FAULT,
        repair="counted",
        since=str(scope.period.first),
        until=str(scope.period.last),
    )
    urls = addressed(lambda code: filters.list_url(repairer=code), scope.units)
    return {
        unit.pk: Input(
            # Two decimals, as the page of repairs prints household hours.
            arithmetic.half_up(Fraction(seconds[unit.pk], HOUR), 2),
            urls[unit.pk],
        )
        for unit in scope.units
    }


@sources.register("residents")
def residents(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Residents that a unit serves on the last day, as it was entered; unknown where it was not."""
    standing = ResidentUsers.objects.standing().filter(valid_from__lte=scope.period.last)
    told: dict[int, ResidentUsers] = {}
    for one in standing.order_by("valid_from", "pk").select_related("organisation"):
        told[one.organisation_id] = one
    return {
        unit.pk: Input(
            Decimal(told[unit.pk].count),
            rows=(
                Row(f"{told[unit.pk].valid_from} {told[unit.pk].basis}", f"{told[unit.pk].count}"),
            ),
        )
        for unit in scope.units
        if unit.pk in told
    }
