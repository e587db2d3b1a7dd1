"""Letters that time alone brings about: before a hazard's day, once when it has passed, and of
patrols whose day has passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse

from core import clock
from grids import hazard_letters as letters
from grids.hazards.moves import RUNNING
from grids.models import Hazard, Patrol, PatrolPlan
from grids.services import hazard_acts as acts
from grids.services import hazard_clocks as clocks

# Letters of reminding go out in working hours.
HOUR = 9
LONGEST_LEAD = timedelta(days=61)
UNITS = {"小时": timedelta(hours=1), "天": timedelta(days=1), "工作日": timedelta(days=1)}


def remind(*, now: datetime) -> int:
    """Write what is due now, once for each deadline; how many. Missed or doubled ticks are
    harmless."""
    if now.astimezone(clock.ZONE).hour < HOUR:
        return 0
    told = sum(_alert(pk, now) for pk in _late(now)) + sum(_remind(pk, now) for pk in _soon(now))
    return told + sum(_alert_of_patrols(pk, now) for pk in _plans_behind(now))


def _late(now: datetime) -> list[int]:
    fresh = Q(alerted_for__isnull=True) | ~Q(alerted_for=F("due_at"))
    rows = Hazard.objects.overdue(now=now).filter(fresh)
    return list(rows.order_by("pk").values_list("pk", flat=True))


def _soon(now: datetime) -> list[int]:
    fresh = Q(reminded_for__isnull=True) | ~Q(reminded_for=F("due_at"))
    rows = Hazard.objects.filter(
        fresh, state__in=RUNNING, due_at__gt=now, due_at__lte=now + LONGEST_LEAD
    )
    return list(rows.order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def _alert(pk: int, now: datetime) -> bool:
    """Look once more while holding it, so that two ticks never write twice."""
    rows = Hazard.objects.overdue(now=now).select_for_update(of=("self",))
    hazard = rows.filter(pk=pk).first()
    if hazard is None or hazard.alerted_for == hazard.due_at:
        return False
    hazard = Hazard.objects.select_related(*acts.RELATED).get(pk=pk)
    Hazard.objects.filter(pk=pk).update(alerted_for=hazard.due_at)
    people = [*hazard.owners, *letters.managers(hazard.organisation, now=now)]
    letters.tell(hazard, "overdue", people, occasion=f"{hazard.due_at}", mail=True, now=now)
    return True


@transaction.atomic
def _remind(pk: int, now: datetime) -> bool:
    hazard = Hazard.objects.select_for_update(of=("self",)).get(pk=pk)
    if hazard.due_at is None or hazard.reminded_for == hazard.due_at:
        return False
    hazard = Hazard.objects.select_related(*acts.RELATED).get(pk=pk)
    assert hazard.due_at is not None
    assert hazard.graded_at is not None
    rule = clocks.rule_of("hazard_remind", hazard, at=now)
    begins = hazard.due_at - rule.value * UNITS[rule.unit] if rule else None
    # Who was given it later than that knows its day already.
    if begins is None or not hazard.graded_at < begins <= now:
        return False
    Hazard.objects.filter(pk=pk).update(reminded_for=hazard.due_at)
    letters.tell(hazard, "remind", hazard.owners, occasion=f"{hazard.due_at}", now=now)
    return True


# --- Patrols --------------------------------------------------------------------------------------


def _plans_behind(now: datetime) -> list[int]:
    late = Patrol.objects.overdue(on=clock.day_of(now))
    rows = late.filter(alerted_at__isnull=True).order_by("plan")
    return list(rows.values_list("plan", flat=True).distinct())


@transaction.atomic
def _alert_of_patrols(pk: int, now: datetime) -> bool:
    """One letter of a plan, for all its patrols whose day has passed since the last one."""
    on = clock.day_of(now)
    plan = PatrolPlan.objects.select_for_update(of=("self",)).get(pk=pk)
    late = Patrol.objects.overdue(on=on).filter(plan=plan, alerted_at__isnull=True)
    count = late.order_by().count()
    if not count:
        return False
    plan = PatrolPlan.objects.select_related("organisation", "department").get(pk=pk)
    Patrol.objects.filter(pk__in=list(late.values_list("pk", flat=True))).update(alerted_at=now)
    people = []
    if plan.kind != "daily":
        people += letters.managers(plan.organisation, now=now)
    if plan.kind != "active":
        people += letters.officers(plan.department, on=on)
    to = plan.department if plan.kind == "daily" and plan.department else plan.organisation
    url = f"{reverse('grids:patrols')}?plan={plan.pk}&view=overdue"
    given = {"occasion": str(on), "url": url, "to": to, "count": count, "now": now}
    letters.tell_of_plan(plan, "overdue", people, **given)
    return True
