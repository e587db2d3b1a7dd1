"""Orders of the regulator on cases (督办) that wait for an answer: who is told before and after.

Each rung speaks once: a working day before the deadline to whoever handles the case, when it has
passed to the leaders there and to the office, three working days later one level higher.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.staff import people_of
from complaints import notifications
from complaints.models import Supervision
from core import clock, outbox, workdays

BEFORE, PASSED, HIGHER = range(1, 4)
AFTER_DAYS = 3
HOUR = 9


def tick(*, now: datetime) -> int:
    """Speak of every order whose next rung has come; how many letters' occasions that were."""
    # The rung before the deadline comes at most so long before it, holidays included.
    soon = Supervision.objects.waiting().filter(due_at__lt=now + timedelta(days=15))
    if not (waiting := list(soon.filter(reminded__lt=HIGHER).order_by("due_at"))):
        return 0
    calendar, told = workdays.calendar(now=now), 0
    for watch in waiting:
        if moment(watch, watch.reminded + 1, calendar) <= now:
            told += _remind(watch.pk, calendar, now)
    return told


def moment(watch: Supervision, rung: int, calendar: workdays.WorkCalendar) -> datetime:
    """When a rung comes."""
    day = clock.day_of(watch.due_at)
    if rung == BEFORE:
        return clock.at(calendar.add_workdays(day, -1), HOUR)
    if rung == PASSED:
        return watch.due_at + timedelta(seconds=1)
    return clock.at(calendar.add_workdays(day, AFTER_DAYS), HOUR)


@transaction.atomic
def _remind(pk: int, calendar: workdays.WorkCalendar, now: datetime) -> int:
    related = ("case__holder", "case__responsible", "organisation")
    watch = Supervision.objects.select_for_update(of=("self",)).select_related(*related).get(pk=pk)
    if watch.answered_at is not None:
        return 0
    come = [rung for rung in (BEFORE, PASSED, HIGHER) if moment(watch, rung, calendar) <= now]
    if not come or come[-1] <= watch.reminded:
        return 0
    # Where several have come since, only the loudest speaks.
    rung = come[-1]
    for person in _audience(watch, rung, now):
        told = notifications.supervised(watch, person, passed=rung > BEFORE, rung=rung)
        outbox.post_all(told, now=now)
    Supervision.objects.filter(pk=pk).update(reminded=rung)
    return 1


def _audience(watch: Supervision, rung: int, now: datetime) -> list[User]:
    day = clock.day_of(now)
    holder = watch.case.holder
    if rung == BEFORE:
        if watch.case.responsible is not None and watch.case.responsible.is_active:
            return [watch.case.responsible]
        return people_of(holder, Permission.CASE_HANDLE, on=day)
    found = people_of(holder, Permission.CASE_APPROVE, on=day)
    found += people_of(watch.organisation, Permission.CASE_SUPERVISE, on=day)
    above = Organisation.objects.get_parent(holder) if rung == HIGHER else None
    if isinstance(above, Organisation) and above.is_company:
        found += people_of(above, Permission.CASE_APPROVE, on=day)
    return list({person.pk: person for person in found}.values())
