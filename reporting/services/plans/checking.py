"""Checks of a plan that ask the database: its rows anew, its parts, and who else has its users."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import OuterRef, Q, Subquery

from accounts.models import Organisation, Region
from reporting.models import OrderedUsePlan, PlanRow
from reporting.plans.findings import Finding
from reporting.plans.plan_checks import Figures, Quota, whole
from reporting.plans.row_checks import RowChecks
from reporting.plans.rules import Rules
from reporting.plans.table_checks import Sums, TableChecks
from reporting.services.plans.drafting import ROW_FIELDS, lock, record, rules_of
from reporting.workflow.plan import State

if TYPE_CHECKING:
    from accounts.models import User

# Findings that are kept with the plan and shown; all are counted.
SHOWN = 1000
# Users named who stand in another plan too.
ELSEWHERE = 200


def table_checks(plan: OrderedUsePlan, rules: Rules) -> TableChecks:
    """The checks of a plan's rows, with the names that they may hold."""
    checks = RowChecks(
        rules, area=str(plan.region), regions=regions_of(plan.region), units=units_of(plan)
    )
    return TableChecks(rules, checks, listing=plan.listing)


def within(region: Region) -> Q:
    """Condition on Region: the region or what lies in it."""
    code = region.code
    if code.endswith("0000"):
        return Q(pk__startswith=code[:2])
    return Q(pk__startswith=code[:4]) if code.endswith("00") else Q(pk=code)


def regions_of(region: Region) -> frozenset[str]:
    """Names and codes that rows may give as their area."""
    found = Region.objects.filter(within(region)).values_list("code", "name", "short_name")
    return frozenset(word for row in found for word in row)


def units_of(plan: OrderedUsePlan) -> frozenset[str]:
    """Names that rows may give as the supply unit: the unit's own and those below."""
    below = Organisation.objects.filter(path__startswith=plan.organisation.path)
    found = below.values_list("code", "name", "short_name")
    return frozenset(word for row in found for word in row)


def areas_below(region: Region) -> list[str]:
    """Names of the areas that get a quota: prefectures of a province, counties of a prefecture."""
    return list(Region.objects.filter(parent=region).values_list("name", flat=True))


def figures_of(plan: OrderedUsePlan) -> Figures:
    """What stands above the table. Areas are asked for only once some have a quota."""
    quotas = [
        Quota(
            quota.region.name,
            quota.supply_kw,
            quota.resident_kw,
            quota.energy_mwh,
            quota.resident_mwh,
            quota.cut_kw,
        )
        for quota in plan.quotas.select_related("region")
    ]
    return Figures(
        peak_kw=plan.peak_demand_kw,
        supply_kw=plan.supply_kw,
        historic_peak_kw=plan.historic_peak_kw,
        targets=dict(plan.grades.values_list("grade", "target_kw")),
        sections=frozenset(code for code, text in plan.sections.items() if str(text).strip()),
        gap_reported=bool(plan.gap_report_number and plan.gap_reported_on),
        quotas=quotas,
        areas=areas_below(plan.region) if quotas else (),
        listing=plan.listing,
    )


def parts_of(plan: OrderedUsePlan) -> Any:
    """The plans in force of the units that file with this one, for the same year."""
    return OrderedUsePlan.objects.in_force(year=plan.year).filter(recipient=plan.organisation)


def reached_by_parts(plan: OrderedUsePlan) -> dict[int, int]:
    """kW that the plans below can call by the order of the grade, theirs below included."""
    found: dict[int, int] = {}
    for part in parts_of(plan):
        own = part.grades.values_list("order", "reducible_kw")
        below = reached_by_parts(part)
        for order, kw in own:
            found[order] = found.get(order, 0) + kw + below.get(order, 0)
    return found


def rows_of(plan: OrderedUsePlan) -> Iterator[dict[str, Any]]:
    """The plan's rows as the checks take them, in order."""
    return plan.rows.order_by("line").values("line", *ROW_FIELDS).iterator(chunk_size=2000)


def elsewhere(plan: OrderedUsePlan) -> Iterator[Finding]:
    """Users that stand in the plan of another area, too, that is in force or on its way."""
    others = OrderedUsePlan.objects.filter(year=plan.year).exclude(region=plan.region)
    others = others.filter(Q(in_force=True) | Q(state=State.CERTIFIED))
    twin = PlanRow.objects.filter(plan__in=others, user_no=OuterRef("user_no"))
    found = plan.rows.annotate(other=Subquery(twin.values("plan")[:1])).filter(other__isnull=False)
    names = {one.pk: str(one) for one in others.select_related("region")}
    for line, other in found.order_by("line").values_list("line", "other")[:ELSEWHERE]:
        yield Finding("user_in_other_plan", line, "user_no", {"other": names[other]})


def found_in(plan: OrderedUsePlan) -> tuple[list[Finding], Sums]:
    """Everything that the checks find in the rows as they stand."""
    rules = rules_of(plan)
    checks = table_checks(plan, rules)
    found = [one for row in rows_of(plan) for one in checks.row(row["line"], row)]
    return [*found, *checks.finish()], checks.sums


def keep(plan: OrderedUsePlan, found: Sequence[Finding], sums: Sums, *, now: datetime) -> None:
    """Write down what was found in the rows, with what concerns the plan as a whole."""
    rules = rules_of(plan)
    parts = reached_by_parts(plan)
    everything = [*whole(rules, figures_of(plan), sums, parts=parts), *elsewhere(plan), *found]
    hard = [one for one in everything if one.hard]
    soft = [one for one in everything if not one.hard]
    shown = [one.as_dict(source=rules.source) for one in [*hard, *soft][:SHOWN]]
    plan.checked_at, plan.findings = now, shown
    plan.finding_counts = {"hard": len(hard), "soft": len(soft)}
    plan.save(update_fields=["checked_at", "findings", "finding_counts"])


@transaction.atomic
def check(*, plan: OrderedUsePlan, by: User, now: datetime) -> OrderedUsePlan:
    """Check the whole plan anew and keep what was found."""
    plan = lock(plan)
    found, sums = found_in(plan)
    keep(plan, found, sums, now=now)
    record(plan, "check", by=by, now=now, **plan.finding_counts)
    return plan
