"""What the clock does for special groups: tells of what came due, lets go what is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F, Q

from core.clock import day_of
from grids import special_access as access
from grids import special_letters as letters
from grids.models import HolidayVisit, SafetyCheck, SpecialHousehold
from grids.services import special_consent
from grids.special_workflow import State


def tick(*, now: datetime) -> None:
    """May run at any time, any number of times."""
    special_consent.blank_over(now=now)
    tell(now=now)


@transaction.atomic
def tell(*, now: datetime) -> None:
    """Write to the units about reviews, checks and visits, once for each day that came due."""
    day = day_of(now)
    stale = SpecialHousehold.objects.stale(on=day)
    _tell("stale", stale, "review_due_on", lambda one: one.organisation, now=now)
    checks = SafetyCheck.objects.filter(
        state=SafetyCheck.State.PLANNED, due_on__lt=day, household__state=State.STANDING
    )
    _tell("checks", checks, "due_on", lambda one: one.household.organisation, now=now)
    visits = HolidayVisit.objects.filter(
        state=HolidayVisit.State.PLANNED, household__state=State.STANDING
    )
    unsaid = _unsaid(visits, "due_on")
    if not unsaid.exists():
        return
    lead = access.Limits("special_visit_lead", on=day)
    near = [one.pk for one in unsaid if one.due_on - lead.of(one.household.organisation) <= day]
    rows = visits.filter(pk__in=near)
    _tell("visits", rows, "due_on", lambda one: one.household.organisation, now=now)


def _unsaid(rows: Any, due: str) -> Any:
    """Rows of which nobody was told since their day was set."""
    found = rows.filter(Q(alerted_for__isnull=True) | ~Q(alerted_for=F(due)))
    related = "organisation" if rows.model is SpecialHousehold else "household__organisation"
    return found.select_related(related).order_by(f"{related}_id", "pk")


def _tell(what: str, rows: Any, due: str, unit: Callable[[Any], Any], *, now: datetime) -> None:
    unsaid = _unsaid(rows, due)
    # Nearly always nothing: asked without the columns of three tables.
    if not unsaid.exists():
        return
    found = list(unsaid.select_for_update(of=("self",)))
    for _key, some in groupby(found, key=lambda one: unit(one).pk):
        several = list(some)
        letters.waiting(what, unit(several[0]), len(several), now=now)
    keys = [one.pk for one in found]
    rows.model.objects.filter(pk__in=keys).update(alerted_for=F(due))
