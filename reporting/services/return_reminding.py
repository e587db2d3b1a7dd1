"""Reminders of returns, in the manner of the campaign's ladder: steps in working days, bundled.

Each form names its steps as working days from the deadline's day; on a step's day from nine o'clock
everybody who files gets one letter with all that is open, and after the deadline those who certify
as well. A person gets at most one letter a day, what comes later waits for the next; each step is
said once. Missed and doubled rounds do no harm: only the last step reached is said.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import User
from accounts.permissions import Permission
from campaign.people import Directory
from core import clock, outbox, workdays
from reporting.models import Return, ReturnForm, ReturnReminder
from reporting.models.returns import ReturnQuerySet
from reporting.notifications import returns as wording
from reporting.returns import definition

if TYPE_CHECKING:
    from core.workdays import WorkCalendar

logger = logging.getLogger(__name__)
HOUR = 9
# Steps lie within so many days of the deadline.
REACH = timedelta(days=45)
# A step that was missed is still said so many days later.
LATEST = timedelta(days=7)


@dataclass(frozen=True)
class Occasion:
    """One return of which one person is to be reminded at one step."""

    entry: Return
    step: int
    person: User

    @property
    def key(self) -> tuple[int, datetime, int, int]:
        return (self.entry.pk, self.entry.due_at, self.step, self.person.pk)


def remind(*, now: datetime) -> int:
    """Post the reminders of the day. Says how many people they are for."""
    if now.astimezone(clock.ZONE).hour < HOUR:
        return 0
    entries = _reached(now)
    if not entries:
        return 0
    sent = _sent(entry.pk for entry, _step in entries)
    bundles: dict[int, list[Occasion]] = defaultdict(list)
    for occasion in _occasions(entries, now):
        if occasion.key not in sent:
            bundles[occasion.person.pk].append(occasion)
    return sum(_remind_person(bundle, now=now) for bundle in bundles.values())


def foreseen(*, now: datetime, until: datetime) -> Iterator[tuple[datetime, list[Occasion]]]:
    """The letters to come about the returns that are open now, if nobody files anything: when, and
    of what each person is told in one letter. Writes nothing.

    Rounds of every day are played as ``remind`` runs them. Periods that open later are not in it.
    """
    entries = list(
        Return.objects.owed()
        .filter(due_at__gte=now - REACH, due_at__lt=until + REACH)
        .select_related("form", "organisation", "recipient", "collection")
    )
    calendar = workdays.calendar(now=now)
    sent = _sent(entry.pk for entry in entries)
    today = clock.day_of(now)
    told = set(
        ReturnReminder.objects.filter(at__gte=clock.at(today)).values_list("person", flat=True)
    )
    offsets = {one.form_id: definition.of(one.form).reminders for one in entries}
    day = today
    while (when := max(clock.at(day, HOUR), now)) < until:
        reached = [
            (entry, step)
            for entry in entries
            if abs(entry.due_at - when) <= REACH
            and (step := _last_step(offsets[entry.form_id], entry.due_at, day, calendar))
            is not None
        ]
        bundles: dict[int, list[Occasion]] = defaultdict(list)
        for occasion in _occasions(reached, when) if reached else ():
            if occasion.key not in sent and occasion.person.pk not in told:
                bundles[occasion.person.pk].append(occasion)
        for bundle in bundles.values():
            sent |= {occasion.key for occasion in bundle}
            yield when, bundle
        told, day = set(), day + timedelta(days=1)


def _open(now: datetime) -> ReturnQuerySet:
    return Return.objects.owed().filter(
        due_at__gte=now - REACH,
        due_at__lte=now + REACH,
    )


def _reached(now: datetime) -> list[tuple[Return, int]]:
    """What is open and has reached a step, with the last step that it reached."""
    calendar, today = workdays.calendar(now=now), clock.day_of(now)
    pairs = set(_open(now).order_by().values_list("form", "due_at").distinct())
    forms = ReturnForm.objects.in_bulk({form for form, _due in pairs})
    steps = {
        (form, due_at): _last_step(definition.of(forms[form]).reminders, due_at, today, calendar)
        for form, due_at in pairs
    }
    wanted = {pair: step for pair, step in steps.items() if step is not None}
    if not wanted:
        return []
    listed = _open(now).filter(
        form__in={form for form, _due in wanted}, due_at__in={due for _form, due in wanted}
    )
    return [
        (entry, wanted[entry.form_id, entry.due_at])
        for entry in listed.select_related("form", "organisation", "recipient")
        if (entry.form_id, entry.due_at) in wanted
    ]


def _last_step(
    offsets: Iterable[int], due_at: datetime, today: date, calendar: WorkCalendar
) -> int | None:
    day = clock.day_of(due_at)
    try:
        days = {step: calendar.add_workdays(day, step) if step else day for step in offsets}
    except (OverflowError, ValueError):
        # One form with a silly step never stops the reminders of the others.
        logger.warning("steps of reminders beyond the calendar: %s", list(offsets))
        return None
    reached = [step for step, when in days.items() if today - LATEST < when <= today]
    return max(reached, default=None)


def _sent(pks: Iterable[int]) -> set[tuple[int, datetime, int, int]]:
    rows = ReturnReminder.objects.filter(entry__in=list(pks))
    return set(rows.values_list("entry", "due_at", "step", "person"))


def _occasions(entries: list[tuple[Return, int]], now: datetime) -> Iterable[Occasion]:
    """Whom each step reaches: those who fill in, else who certify; once it is late, both."""
    today = clock.day_of(now)
    staff = Directory(entry.organisation_id for entry, _step in entries)
    for entry, step in entries:
        unit = entry.organisation_id
        people = staff.people(unit, Permission.FILING_DRAFT, on=today)
        if not people or now > entry.due_at:
            people = [*people, *staff.people(unit, Permission.FILING_CERTIFY, on=today)]
        for person in {person.pk: person for person in people}.values():
            yield Occasion(entry, step, person)


@transaction.atomic
def _remind_person(bundle: list[Occasion], *, now: datetime) -> int:
    """Look once more while holding the person's row, so that two rounds never write twice."""
    person = bundle[0].person
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    today = clock.day_of(now)
    since, until = clock.at(today), clock.at(today + timedelta(days=1))
    mine = ReturnReminder.objects.filter(person=person)
    if mine.filter(at__gte=since, at__lt=until).exists():
        return 0
    pks = [occasion.entry.pk for occasion in bundle]
    still = set(_open(now).filter(pk__in=pks).values_list("pk", "due_at"))
    sent = _sent(pks)
    told = [
        one for one in bundle if one.key not in sent and (one.entry.pk, one.entry.due_at) in still
    ]
    if not told:
        return 0
    ReturnReminder.objects.bulk_create(
        ReturnReminder(
            entry=one.entry, step=one.step, person=person, due_at=one.entry.due_at, at=now
        )
        for one in told
    )
    owed = sorted((one.entry for one in told), key=lambda entry: (entry.due_at, entry.pk))
    outbox.post_all(wording.reminder(person, owed, today=today, now=now), now=now)
    return 1
