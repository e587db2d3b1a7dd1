"""The reminder ladder: when each rung comes, whom it reaches, and what goes out at an instant.

``pick`` decides for the tick as well as for the rehearsal, from the same state; so a rehearsal
tells exactly what the ticks will send. Nothing here writes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from itertools import groupby

from accounts.models import User
from accounts.permissions import Permission
from campaign.models import Duty, LadderStep
from campaign.people import Directory
from campaign.rules import Book
from campaign.workflow import FILER, LEADER
from core import clock
from core.workdays import WorkCalendar

# A reminder that went out: duty, deadline, step, person.
Key = tuple[int, datetime, int, int]


@dataclass(frozen=True)
class Occasion:
    """One duty of which one person is to be reminded at one step."""

    duty: Duty
    step: LadderStep
    person: User
    scheduled_at: datetime

    @property
    def key(self) -> Key:
        return (self.duty.pk, self.duty.due_at, self.step.pk, self.person.pk)


@dataclass(frozen=True)
class Bundle:
    """What goes to one person in one letter."""

    person: User
    occasions: tuple[Occasion, ...]

    @property
    def escalates(self) -> bool:
        return any(o.step.audience == LadderStep.Audience.LEADER for o in self.occasions)


def moment(step: LadderStep, *, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """The instant of a rung: so many working days from the day of the deadline, at its hour."""
    day = calendar.add_workdays(clock.day_of(due_at), step.offset)
    return clock.at(day, step.hour.hour, step.hour.minute)


def moments(
    steps: Iterable[LadderStep],
    *,
    due_at: datetime,
    since: datetime,
    calendar: WorkCalendar,
    book: Book,
    office: int,
) -> list[tuple[LadderStep, datetime]]:
    """The rungs of a deadline in order of time, without those before it stood.

    ``office`` is whom the duty is owed to: its rules in ``book`` may move a rung (S1-1.1.3a).
    """
    on = clock.day_of(due_at)
    counting = [book.step(step, office, on=on) for step in steps]
    found = [(step, moment(step, due_at=due_at, calendar=calendar)) for step in counting]
    return sorted((one for one in found if one[1] >= since), key=lambda one: (one[1], one[0].pk))


def audience(duty: Duty, step: LadderStep, staff: Directory, *, on: date) -> list[User]:
    """Whom a rung reaches: the responsible person (else whoever files), or those who answer."""
    organisation = duty.organisation
    if step.audience == LadderStep.Audience.LEADER:
        answering = Permission.DUTY_APPROVE if organisation.is_regulator else LEADER
        return staff.people(organisation.pk, answering, on=on)
    person = duty.responsible_person
    if person is not None and staff.works_in(organisation.pk, person, on=on):
        return [person]
    filers = staff.people(organisation.pk, FILER, on=on)
    return filers or staff.people(organisation.pk, LEADER, on=on)


class Ladder:
    """The rungs of all duties at hand, with the staff read once, when somebody is to be reminded.

    ``steps`` and ``book``: the ladders of the duties' campaigns and the rules of their offices.
    """

    def __init__(
        self,
        duties: Sequence[Duty],
        *,
        steps: Iterable[LadderStep],
        book: Book,
        calendar: WorkCalendar,
    ) -> None:
        ladders: dict[int, list[LadderStep]] = {}
        for step in steps:
            ladders.setdefault(step.campaign_id, []).append(step)
        self._duties = duties
        self.rungs = [
            (
                duty,
                moments(
                    ladders.get(duty.definition.campaign_id, ()),
                    due_at=duty.due_at,
                    since=max(duty.due_set_at, duty.opens_at),
                    calendar=calendar,
                    book=book,
                    office=duty.recipient_id,
                ),
            )
            for duty in duties
        ]

    @cached_property
    def staff(self) -> Directory:
        return Directory(duty.organisation_id for duty in self._duties)

    def instants(self) -> set[datetime]:
        return {when for _duty, rungs in self.rungs for _step, when in rungs}

    def people(self, duty: Duty, step: LadderStep, on: date) -> list[User]:
        return audience(duty, step, self.staff, on=on)

    def due(self, now: datetime) -> Iterable[tuple[Duty, LadderStep, datetime]]:
        """The last rung reached of each duty and audience; missed ones below it stay unsaid."""
        local = now.astimezone(clock.ZONE)
        for duty, rungs in self.rungs:
            reached: dict[str, tuple[LadderStep, datetime]] = {}
            for step, when in rungs:
                if when <= now:
                    reached[step.audience] = (step, when)
            for step, when in reached.values():
                # What was put off to another day waits for the hour of its step.
                if local.time() >= step.hour:
                    yield duty, step, when


def pick(
    ladder: Ladder,
    *,
    now: datetime,
    sent: set[Key],
    letters_today: Callable[[User], int],
) -> list[Bundle]:
    """The letters that are to go out at an instant, given what went out before.

    One letter a day for a person lists all (digest); a campaign may ask for one letter a duty. Over
    the cap of the day nothing goes out: it comes with the letter of the next day.
    """
    on = clock.day_of(now)
    waiting = [
        occasion
        for duty, step, when in ladder.due(now)
        for person in ladder.people(duty, step, on)
        if (occasion := Occasion(duty, step, person, when)).key not in sent
    ]
    waiting.sort(key=lambda o: (o.person.pk, o.duty.due_at, o.duty.pk, o.step.offset))
    bundles = []
    for _pk, group in groupby(waiting, key=lambda o: o.person.pk):
        bundles += _bundles(list(group), letters_today)
    return bundles


def _bundles(occasions: list[Occasion], letters_today: Callable[[User], int]) -> list[Bundle]:
    person = occasions[0].person
    campaigns = [occasion.duty.definition.campaign for occasion in occasions]
    left = min(campaign.letters_per_day for campaign in campaigns) - letters_today(person)
    if left <= 0:
        return []
    if all(campaign.reminder_digest for campaign in campaigns):
        return [Bundle(person, tuple(occasions))]
    return [Bundle(person, (occasion,)) for occasion in occasions[:left]]
