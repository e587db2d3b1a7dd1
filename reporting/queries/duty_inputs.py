"""Numbers of indicators out of duties: licences, emergency plans, drills, plans, returns in time.

Each input is one question for all units, added up along the tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from accounts.models import Organisation
from core import clock
from core.sla import day_end
from reporting.indicators import sources
from reporting.indicators.sources import Input, Row, Scope, rolled_up
from reporting.models import (
    EmergencyDrill,
    EmergencyPlanVersion,
    OrderedUsePlan,
    Return,
    ReturnVersion,
)
from reporting.workflow.emergency import FILED_STATES

Kind = Organisation.Kind
COMPANIES = (Kind.PROVINCIAL_COMPANY, Kind.PREFECTURE_ENTERPRISE, Kind.COUNTY_ENTERPRISE)
# Who files an emergency plan (see ``queries.emergency.without_plan``).
PLANNING = (Kind.PROVINCIAL_COMPANY, Kind.PREFECTURE_ENTERPRISE)
# Parts that a traced number names; the number itself counts all.
NAMED = 50


def _told(own: Mapping[str, list[Row]], scope: Scope) -> dict[int, Input]:
    """Counted parts by the path of their unit, added up to every unit above, each part named."""
    counts = rolled_up({path: len(rows) for path, rows in own.items()}, scope.units)
    return {
        unit.pk: Input(
            Decimal(counts[unit.pk]),
            rows=tuple(
                row for path in sorted(own) if path.startswith(unit.path) for row in own[path]
            )[:NAMED],
        )
        for unit in scope.units
    }


def _by_unit(rows: QuerySet[Any], path: str, *, place: Any, url: str = "") -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for one in rows:
        link = reverse(url, args=[one.pk]) if url else ""
        found.setdefault(_at(one, path), []).append(Row(place(one), "1", link))
    return found


def _at(one: Any, path: str) -> str:
    for name in path.split("__"):
        one = getattr(one, name)
    return str(one)


def _organisations(scope: Scope, kinds: tuple[str, ...]) -> QuerySet[Organisation]:
    return Organisation.objects.in_force().filter(kind__in=kinds).order_by("path")


@sources.register("licences")
def licences(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Companies, or those of them whose licence's number was entered."""
    rows = _organisations(scope, COMPANIES)
    if spec["measure"] == "held":
        rows = rows.exclude(licence_number="")
    return _told(_by_unit(rows, "path", place=str), scope)


@sources.register("emergency")
def emergency(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Companies that owe an emergency plan, those that filed one by the end, drills held."""
    if spec["measure"] == "drills":
        held = EmergencyDrill.objects.select_related("organisation").filter(
            held_on__gte=scope.period.first, held_on__lte=scope.period.last
        )
        return _told(_by_unit(held, "organisation__path", place=str), scope)
    rows = _organisations(scope, PLANNING)
    if spec["measure"] == "filed":
        filed = EmergencyPlanVersion.objects.filter(
            state__in=FILED_STATES, filed_at__lte=day_end(scope.period.last)
        )
        rows = rows.filter(pk__in=filed.values("plan__organisation"))
    return _told(_by_unit(rows, "path", place=str), scope)


@sources.register("plans")
def plans(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Ordered-use plans approved in the period and filed or due by its end; those in time."""
    end = min(day_end(scope.period.last), scope.now)
    approved = OrderedUsePlan.objects.filter(
        approved_on__gte=scope.period.first, approved_on__lte=scope.period.last
    ).select_related("organisation", "region")
    filed = Q(filed_at__lte=end)
    if spec["measure"] == "met":
        rows = approved.filter(filed, is_late=False)
    else:
        rows = approved.filter(filed | Q(due_at__lt=end))
    found = _by_unit(
        rows.order_by("pk"), "organisation__path", place=_version, url="reporting:plan"
    )
    return _told(found, scope)


def _version(plan: OrderedUsePlan) -> str:
    return f"{plan} v{plan.number}"


@sources.register("timely")
def timely(spec: Mapping[str, Any], scope: Scope) -> Mapping[int, Input]:
    """Returns of a form that were due in the period, or those of them that came in time.

    What was filed first counts, by the deadline of that day: a correction makes nothing late.
    """
    begin, end = clock.at(scope.period.first), min(day_end(scope.period.last), scope.now)
    first = ReturnVersion.objects.filter(number=1, submitted_at__lte=end, entry__code=spec["form"])
    asked = first.filter(due_at_submission__range=(begin, end))
    if spec["measure"] == "met":
        asked = asked.filter(is_late=False)
    chosen = Q(pk__in=asked.values("entry"))
    if spec["measure"] == "judged":
        chosen |= Q(due_at__range=(begin, end)) & ~Q(pk__in=first.values("entry"))
    rows = Return.objects.filter(chosen, code=spec["form"]).select_related("organisation", "form")
    found = _by_unit(rows.order_by("pk"), "organisation__path", place=str, url="reporting:return")
    return _told(found, scope)
