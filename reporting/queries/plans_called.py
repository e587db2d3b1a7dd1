"""Rows of the plan that an event carries out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core import clock
from reporting.models import OrderedUsePlan, PlanRow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from accounts.models import Organisation
    from reporting.models import Activation

# Groups of which only what keeps people and plant safe is protected.
HAZARD = "hazard"


def in_force(organisation: Organisation, at: datetime) -> OrderedUsePlan | None:
    """The plan that a unit carries out: its own of the year that the government approved."""
    year = at.astimezone(clock.ZONE).year
    found = OrderedUsePlan.objects.in_force(year=year).filter(
        organisation=organisation, approved_on__lte=at.astimezone(clock.ZONE).date()
    )
    return found.order_by("-approved_on", "-pk").first()


def rows(activation: Activation) -> Iterable[PlanRow]:
    """The rows that the event's grade calls; none where the plan has no such grade."""
    plan = activation.plan
    grade = plan.grades.filter(grade=activation.grade).first() if plan else None
    return PlanRow.objects.none() if grade is None else PlanRow.objects.called_at(grade)


def is_protected(row: PlanRow) -> bool:
    """Whether nothing of the user may be reduced at all."""
    return bool(row.protected) and row.protected != HAZARD


def protected(plan: OrderedUsePlan) -> frozenset[str]:
    """Users of a plan, called or not, who are to be kept supplied."""
    named = plan.rows.exclude(protected="").exclude(user_no="")
    return frozenset(named.exclude(protected=HAZARD).values_list("user_no", flat=True))
