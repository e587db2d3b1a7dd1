"""Reads of ordered-use plans: lists, the tree of who files with whom, what changed since last year.

Source: campaign plan 三(三)4 (S1-3.3.4): every unit has a plan, provincial companies collect them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from accounts.models import Organisation, TerritoryRule
from accounts.permissions import Permission
from campaign.scope import workplaces
from core.clock import day_of
from reporting.catalogue import ordered_use_rules
from reporting.models import OrderedUsePlan, PlanGrade, PlanRow
from reporting.plans import comparing, rollup
from reporting.plans.rollup import Part
from reporting.services.plans.drafting import ROW_FIELDS
from reporting.workflow.plan import State

if TYPE_CHECKING:
    from accounts.models import User

Kind = Organisation.Kind
PLANNING = (Kind.PROVINCIAL_COMPANY, Kind.PREFECTURE_ENTERPRISE, Kind.COUNTY_ENTERPRISE)
COLLECTING = (Kind.PROVINCIAL_COMPANY, Kind.PREFECTURE_ENTERPRISE)


@dataclass(frozen=True)
class Unit:
    """A unit in the tree, with its newest plan of the year."""

    organisation: Organisation
    plan: OrderedUsePlan | None


def collectors(*, now: datetime) -> dict[int, int]:
    """Organisation → who collects its plan, for every unit that draws one up."""
    companies = list(Organisation.objects.in_force().filter(kind__in=PLANNING).order_by("path"))
    by_code = {one.code: one for one in companies}
    rules = [r for r in ordered_use_rules.from_file()["collected_by"] if r["below"] in by_code]
    apart = [(by_code[r["below"]].path, by_code.get(r["collector"])) for r in rules]
    regulators = {
        rule.region_id: rule.regulator_id
        for rule in TerritoryRule.objects.in_force(on=day_of(now)).order_by("valid_from")
    }
    found: dict[int, int] = {}
    collecting = [one for one in companies if one.kind in COLLECTING]
    for one in companies:
        if any(one.path == path for path, _collector in apart):
            continue  # its units file elsewhere, and so it has nothing to file
        other = next((c for path, c in apart if c and one.path.startswith(path)), None)
        above = [c for c in collecting if one.path.startswith(c.path) and c.pk != one.pk]
        if other is not None:
            found[one.pk] = other.pk
        elif above:
            found[one.pk] = above[-1].pk
        elif one.region_id and (one.region_id[:2] + "0000") in regulators:
            found[one.pk] = regulators[one.region_id[:2] + "0000"]
    return found


def tree(top: Organisation, *, year: int, user: User, now: datetime) -> Part[Unit]:
    """The plans of a year below a collector, as far as the person sees them.

    A unit counts as having a plan once it has filed it; the top one once it is in force.
    """
    found = collectors(now=now)
    below: dict[int, list[int]] = {}
    for unit, collector in found.items():
        below.setdefault(collector, []).append(unit)
    organisations = Organisation.objects.in_bulk([*found, top.pk])
    plans = _plans(user, year=year)
    sums = _sums(plan for plan in plans.values())

    def part(pk: int) -> Part[Unit]:
        organisation, plan = organisations[pk], plans.get(pk)
        filed = plan is not None and (plan.filed_at is not None or (plan.in_force and pk == top.pk))
        return Part(
            Unit(organisation, plan),
            sums[plan.pk] if plan is not None and filed else None,
            tuple(part(one) for one in sorted(below.get(pk, []), key=_path)),
            expected=organisation.is_company,
        )

    def _path(pk: int) -> str:
        return organisations[pk].path

    return part(top.pk)


def _plans(user: User, *, year: int) -> dict[int, OrderedUsePlan]:
    """Organisation → the newest filed version, or else the newest at all."""
    seen = OrderedUsePlan.objects.visible_to(user).filter(year=year)
    ordered = seen.select_related("organisation", "region").order_by("number")
    found: dict[int, OrderedUsePlan] = {}
    for plan in ordered:
        before = found.get(plan.organisation_id)
        if before is None or plan.filed_at is not None or before.filed_at is None:
            found[plan.organisation_id] = plan
    return found


def _sums(plans: Iterable[OrderedUsePlan]) -> dict[int, dict[str, int]]:
    """Plan → kW by grade, with users and rows under names of their own."""
    found = {
        plan.pk: {"users": plan.user_count, "rows": plan.row_count, "kw": plan.reducible_kw}
        for plan in plans
    }
    grades = PlanGrade.objects.filter(plan__in=found).values_list("plan", "grade", "reducible_kw")
    for plan, grade, kw in grades:
        found[plan][grade] = kw
    return found


def tops(user: User, *, now: datetime) -> list[Organisation]:
    """The collectors whose tree the person may open: their own units and offices."""
    collecting = set(collectors(now=now).values())
    places = workplaces(user, Permission.FILING_VIEW)
    return [place for place in places if place.pk in collecting]


def own(user: User) -> QuerySet[OrderedUsePlan]:
    """Plans of the units that the person works in."""
    places = [p for p in workplaces(user, Permission.FILING_VIEW) if p.is_company]
    return OrderedUsePlan.objects.visible_to(user).filter(organisation__in=places)


def on_desk(user: User) -> QuerySet[OrderedUsePlan]:
    """Plans that came to the person's office or unit and wait for its act."""
    places = workplaces(user, Permission.FILING_VIEW)
    waiting = Q(state__in=[State.FILED, State.RECEIVED], recipient__in=places)
    return OrderedUsePlan.objects.visible_to(user).filter(waiting)


def public_plans() -> QuerySet[OrderedUsePlan]:
    """Accepted plans that are in force: what anybody may read of."""
    accepted = OrderedUsePlan.objects.in_force().filter(state=State.ACCEPTED)
    return accepted.select_related("organisation", "region", "rule")


def last_year(plan: OrderedUsePlan, *, user: User) -> OrderedUsePlan | None:
    """The plan of the same area before this one: the version replaced, or that of last year."""
    seen = OrderedUsePlan.objects.visible_to(user).filter(region=plan.region)
    before = seen.filter(in_force=True, year__lt=plan.year).order_by("-year").first()
    return before or seen.filter(pk=plan.replaces_id).first()


def changes(before: OrderedUsePlan, after: OrderedUsePlan) -> comparing.Comparison:
    """What changed in the rows. Contacts are not compared."""
    names = [name for name in ROW_FIELDS if name not in ("contact", "phone")]

    def rows(plan: OrderedUsePlan) -> Iterable[dict[str, Any]]:
        return PlanRow.objects.filter(plan=plan).order_by("line").values(*names).iterator()

    return comparing.compare(rows(before), rows(after))


def summary(part: Part[Unit]) -> dict[str, Any]:
    """What the page of a tree shows: lines with depth, totals, completeness, the missing."""
    lines = [
        {"depth": depth, "unit": one.unit, "part": one, "total": rollup.total(one)}
        for depth, one in rollup.flat(part)
    ]
    have, asked = rollup.complete(part)
    return {
        "lines": lines,
        "total": rollup.total(part),
        "have": have,
        "asked": asked,
        "missing": rollup.missing(part),
    }
