"""Rows of the plan that an event carries out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from core import clock
from reporting.models import OrderedUsePlan, PlanRow
from reporting.plans.rules import Rules

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from accounts.models import Organisation
    from reporting.models import Activation


def in_force(organisation: Organisation, at: datetime) -> OrderedUsePlan | None:
    """The plan that a unit carries out: its own of the year that the government approved."""
    year = at.astimezone(clock.ZONE).year
    found = OrderedUsePlan.objects.in_force(year=year).filter(
        organisation=organisation, approved_on__lte=clock.day_of(at)
    )
    return found.order_by("-approved_on", "-pk").first()


def rows(activation: Activation) -> QuerySet[PlanRow]:
    """The rows that the event's grade calls; none where the plan has no such grade."""
    plan = activation.plan
    grade = plan.grades.filter(grade=activation.grade).first() if plan else None
    return PlanRow.objects.none() if grade is None else PlanRow.objects.called_at(grade)


def kept(plan: OrderedUsePlan) -> frozenset[str]:
    """Labels of the groups of which nothing at all may be reduced (others: all but safety)."""
    groups = Rules(plan.rule.source, plan.rule.content).protected
    return frozenset(label for label, one in groups.items() if not one.security_load_only)


def protected(plan: OrderedUsePlan) -> frozenset[str]:
    """Users of a plan, called or not, who are to be kept supplied."""
    rows = plan.rows.exclude(user_no="")
    named = rows.filter(protected__in=kept(plan)) | rows.filter(user_class="居民")
    return frozenset(named.values_list("user_no", flat=True))
