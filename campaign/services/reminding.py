"""The periodic part: what the date asks for, and the letters of the reminder ladder."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from accounts.models import User
from campaign import ladder, notifications
from campaign.models import Campaign, Duty, LadderStep, Reminder
from campaign.rules import everything
from campaign.services.phases import advance
from campaign.workflow import CampaignState
from core import clock, outbox, workdays

# Working days of the ladder are at most so many times as long in calendar days, and a long holiday.
SLACK = timedelta(days=14)


def tick(*, now: datetime) -> None:
    """Everything that time alone brings about. Missed or doubled ticks do no harm."""
    for campaign in Campaign.objects.running():
        advance(campaign=campaign, now=now)
    remind(now=now)


def reminded_duties(now: datetime, *, earliest: int) -> list[Duty]:
    """Unfinished duties of running campaigns whose ladder may have begun.

    ``earliest``: working days from the deadline to the lowest rung (negative before it).
    """
    lead = timedelta(days=2 * abs(min(earliest, 0))) + SLACK
    return list(
        Duty.objects.unfinished()
        .filter(definition__campaign__state=CampaignState.LAUNCHED, due_at__lte=now + lead)
        .select_related("organisation", "recipient", "responsible_person", "definition__campaign")
        .order_by("pk")
    )


def remind(*, now: datetime) -> int:
    """Send the reminders that are due now; says how many letters. Once per person and step."""
    running = LadderStep.objects.filter(campaign__state=CampaignState.LAUNCHED)
    # In no order: a deadline puts its rungs in the order of their days.
    steps, time = list(running.order_by()), now.astimezone(clock.ZONE).time()
    # Before the first hour of the day no rung speaks, whatever is owed.
    if all(time < step.hour for step in steps):
        return 0
    book = everything()
    earliest = min(book.earliest_offset(), *(step.offset for step in steps))
    duties = reminded_duties(now, earliest=earliest)
    calendar = workdays.calendar(now=now)
    rungs = ladder.Ladder(duties, steps=steps, book=book, calendar=calendar)
    if not any(rungs.due(now)):
        return 0
    pks = [duty.pk for duty in duties]
    first = ladder.pick(rungs, now=now, sent=_sent(pks), letters_today=lambda _person: 0)
    return sum(_remind_person(rungs, person, pks, now) for person in {b.person for b in first})


@transaction.atomic
def _remind_person(rungs: ladder.Ladder, person: User, pks: list[int], now: datetime) -> int:
    """Look once more while holding the person's row, so that two ticks never write twice."""
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    today = clock.day_of(now)
    letters = (
        Reminder.objects.filter(
            person=person, at__gte=clock.at(today), at__lt=clock.at(today + timedelta(days=1))
        )
        .order_by()
        .values("letter_key")
        .distinct()
        .count()
    )
    still = set(Duty.objects.unfinished().filter(pk__in=pks).values_list("pk", "due_at"))
    bundles = [
        bundle
        for bundle in ladder.pick(
            rungs, now=now, sent=_sent(pks), letters_today=lambda one: letters
        )
        if bundle.person.pk == person.pk
    ]
    posted = 0
    for bundle in bundles:
        occasions = tuple(o for o in bundle.occasions if (o.duty.pk, o.duty.due_at) in still)
        if occasions:
            posted += 1
            key = f"reminder:{person.pk}:{today:%Y%m%d}:{letters + posted}"
            _write(ladder.Bundle(person, occasions), key=key, now=now)
    return posted


def _write(bundle: ladder.Bundle, *, key: str, now: datetime) -> None:
    Reminder.objects.bulk_create(
        Reminder(
            duty=occasion.duty,
            step=occasion.step,
            person=occasion.person,
            due_at=occasion.duty.due_at,
            scheduled_at=occasion.scheduled_at,
            letter_key=key,
            at=now,
        )
        for occasion in bundle.occasions
    )
    outbox.post_all(notifications.reminder(bundle, key=key, now=now), now=now)


def _sent(pks: list[int]) -> set[ladder.Key]:
    rows = Reminder.objects.filter(duty__in=pks)
    return set(rows.values_list("duty_id", "due_at", "step_id", "person_id"))
