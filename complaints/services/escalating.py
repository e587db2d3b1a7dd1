"""The periodic part: the rungs of the ladder, each once for each deadline and person."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from accounts.staff import people_of
from complaints import notifications
from complaints.models import Case, CaseClock, CaseReminder
from complaints.procedure_definition import Rung
from complaints.procedures import definition_of
from complaints.services import clocks
from complaints.services.acting import locked
from complaints.workflow import ClockState
from core import clock as time
from core import outbox, workdays

# So many clocks in one tick; the next tick goes on with the rest.
MOST = 500


def tick(*, now: datetime) -> int:
    """What time alone brings about; says how many reminders. Doubled ticks do no harm."""
    due = CaseClock.objects.due_for_step(now=now).order_by("next_step_at")
    calendar = workdays.calendar(now=now)
    return sum(
        _climb(pk, case, calendar, now) for pk, case in due.values_list("pk", "case_id")[:MOST]
    )


@transaction.atomic
def _climb(pk: int, case_pk: int, calendar: workdays.WorkCalendar, now: datetime) -> int:
    """Speak of every rung that has come since the last one, and look to the next."""
    case = locked(Case(pk=case_pk))
    clock = CaseClock.objects.get(pk=pk)
    if clock.state != ClockState.RUNNING or not clock.next_step_at or clock.next_step_at > now:
        return 0
    rule = definition_of(case.procedure).clocks[clock.code]
    written = 0
    for rung in rule.ladder:
        if clock.next_step_at <= clocks.moment(rung, clock.due_at, calendar) <= now:
            for person in audience(case, rung, on=now):
                written += _remind(case, clock, rung, person, now)
    clock.next_step_at = clocks.next_step(rule, clock, after=now, calendar=calendar)
    clock.save(update_fields=["next_step_at"])
    return written


def audience(case: Case, rung: Rung, *, on: datetime) -> list[User]:
    """Whom a rung reaches; where nobody holds the post, those who lead."""
    day = on.astimezone(time.ZONE).date()
    if rung.to == "responsible" and case.responsible is not None and case.responsible.is_active:
        return [case.responsible]
    organisation = case.holder if rung.to in ("responsible", "holder_lead") else case.owner
    wanted = (
        Permission.CASE_APPROVE
        if rung.to in ("holder_lead", "owner_lead")
        else Permission.CASE_REGISTER
    )
    found = people_of(organisation, wanted, on=day)
    return found or people_of(organisation, Permission.CASE_DECIDE, on=day)


def _remind(case: Case, clock: CaseClock, rung: Rung, person: User, now: datetime) -> int:
    _reminder, new = CaseReminder.objects.get_or_create(
        clock=clock, due_at=clock.due_at, step=rung.code, person=person, defaults={"at": now}
    )
    if new:
        rule = definition_of(case.procedure).clocks[clock.code]
        for letter in notifications.rung(case, person, clock=clock, rule=rule, step=rung):
            outbox.post(**letter, now=now)
    return int(new)
