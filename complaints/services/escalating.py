"""The periodic part: the rungs of the ladder, each once for each deadline and person."""

from __future__ import annotations

import logging
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

logger = logging.getLogger(__name__)

# So many clocks in one tick; the next tick goes on with the rest.
MOST = 500
AGAIN = "case.ladder.again"


def tick(*, now: datetime) -> int:
    """What time alone brings about; says how many reminders. Doubled ticks do no harm.

    A clock whose ladder fails is set aside as a job of its own, so that the others are heard.
    """
    due = CaseClock.objects.due_for_step(now=now).order_by("next_step_at")
    written = 0
    for pk in due.values_list("pk", flat=True)[:MOST]:
        try:
            written += climb(pk, now=now)
        except Exception as fault:
            logger.error("case_ladder_failed", extra={"clock": pk, "fault": outbox.trace(fault)})
            _set_aside(pk, now=now)
    return written


@transaction.atomic
def _set_aside(pk: int, *, now: datetime) -> None:
    """Leave the clock to the outbox: it tries again and, in vain, shows it to a person."""
    clock = CaseClock.objects.select_for_update(of=("self",)).get(pk=pk)
    since = clock.next_step_at
    if since is None:
        return
    outbox.post(
        key=f"case-ladder-{pk}-{now.isoformat()}",
        channel="job",
        kind=AGAIN,
        payload={"clock": pk, "since": since.isoformat()},
        now=now,
    )
    clock.next_step_at = None
    clock.save(update_fields=["next_step_at"])


@transaction.atomic
def climb(pk: int, *, now: datetime, since: datetime | None = None) -> int:
    """Speak of every rung that has come (since an instant), and look to the next; how many."""
    case = locked(Case.objects.get(clocks__pk=pk))
    clock = CaseClock.objects.get(pk=pk)
    since = since or clock.next_step_at
    if clock.state != ClockState.RUNNING or not since or since > now:
        return 0
    calendar = workdays.calendar(now=now)
    rule = definition_of(case.procedure).clocks[clock.code]
    written = 0
    for rung in rule.ladder:
        if since <= clocks.moment(rung, clock.due_at, calendar) <= now:
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
        told = notifications.rung(case, person, clock=clock, rule=rule, step=rung)
        outbox.post_all(told, now=now)
    return int(new)
