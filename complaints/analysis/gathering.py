"""Where cases gather: lines and areas with frequent outages, companies with many alike."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q, QuerySet

from accounts.models import Organisation
from complaints.analysis.query import LocalDay, within
from complaints.filters import NONE, UNIT, CaseFilters
from complaints.models import Case, CountingRule
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User

OUTAGE, CLUSTER = CountingRule.Code.FREQUENT_OUTAGE, CountingRule.Code.CLUSTER
# Lists show so many places, the worst first.
MOST = 200


@dataclass(frozen=True)
class Frequent:
    """A line or transformer area on which outages were told of on many days."""

    name: str
    company: str
    days: int
    cases: int
    url: str


@dataclass(frozen=True)
class Cluster:
    """Many cases of one category at one company."""

    organisation: int
    company: str
    category: str
    n: int
    url: str = ""


def counted(cases: QuerySet[Case], rule: CountingRule, period: Period) -> QuerySet[Case]:
    """What a rule counts in its window; each case once."""
    return cases.counted().filter(rule.cases(), within(period)).order_by()  # type: ignore[attr-defined]


def frequent(user: User, rule: CountingRule, period: Period, name: str) -> list[Frequent]:
    """Lines (``feeder``) or transformer areas with outages on at least so many days: two queries.

    Lines of different companies may have the same name, so each counts for its company.
    """
    told = counted(Case.objects.visible_to(user), rule, period).exclude(**{name: ""})
    rows = (
        told.annotate(counts_for=UNIT)
        .values_list(name, "counts_for")
        .annotate(days=Count(LocalDay("received_at"), distinct=True), n=Count("pk"))
        .filter(days__gte=rule.threshold)
        .order_by("-days", "-n", name)[:MOST]
    )
    found = list(rows)
    companies = _companies(unit for _place, unit, _days, _n in found)
    filters = CaseFilters(since=str(period.first), until=str(period.last), rule=rule.code)
    return [
        Frequent(
            place,
            label,
            days,
            n,
            filters.list_url(**{name: place, "exactly": code}),
        )
        for place, unit, days, n in found
        for code, label in [companies.get(unit, (NONE, ""))]
    ]


def clusters(cases: QuerySet[Case], rule: CountingRule, period: Period) -> list[Cluster]:
    """Companies and categories with at least so many cases, the most first: two queries."""
    told = counted(cases, rule, period).exclude(category="").exclude(organisation=None)
    rows = (
        told.values_list("organisation", "category")
        .annotate(n=Count("pk"))
        .filter(n__gte=rule.threshold)
        .order_by("-n", "organisation", "category")[:MOST]
    )
    found = list(rows)
    companies = _companies(unit for unit, _category, _n in found)
    filters = CaseFilters(since=str(period.first), until=str(period.last), rule=rule.code)
    return [
        Cluster(unit, label, category, n, filters.list_url(part=category, exactly=code))
        for unit, category, n in found
        if (pair := companies.get(unit))
        for code, label in [pair]
    ]


def evidence(
    cases: QuerySet[Case], rule: CountingRule, period: Period, *, respondent: Any, category: str
) -> QuerySet[Case]:
    """The cases of one cluster."""
    return counted(cases, rule, period).filter(Q(organisation=respondent), Q(category=category))


def _companies(keys: Iterable[int]) -> dict[int, tuple[str, str]]:
    rows = Organisation.objects.filter(pk__in=set(keys)).order_by()
    return {pk: (code, name) for pk, code, name in rows.values_list("pk", "code", "short_name")}


def rule_on(code: str, day: date) -> CountingRule | None:
    return CountingRule.objects.in_force(code, on=day)
