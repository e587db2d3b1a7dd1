"""A dry run: every reminder, escalation and report that will go out if nobody does anything.

It plays the ladder forward in memory with the same ``ladder.pick`` that the ticks use, and writes
nothing. Upper apps add what they will send (stage reports) through ``register_source``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import User
from campaign import ladder
from campaign.models import Campaign, Duty, LadderStep, Reminder
from campaign.rules import Book
from campaign.unfolding import unfold
from campaign.workflow import CampaignState
from core import clock, workdays

ONE_DAY = timedelta(days=1)
# A ladder ends long before this many turns; it only keeps a faulty cap from running on.
LONGEST = 4000


@dataclass(frozen=True)
class Line:
    """One thing that will go out: when, what, to whom, about what, under which rule."""

    when: datetime
    kind: str  # "reminder", "escalation", "report" or "failure" (a report that nobody gets)
    to: str  # user name, or an address for a report
    name: str
    organisation: str  # its code
    place: str  # its short name
    subject: str
    about: str
    due_at: datetime | None
    rule: str
    rule_text: str
    letter: str

    def as_json(self) -> dict[str, Any]:
        """Plain data for ``manage.py rehearse --json``."""
        data = dict(self.__dict__)
        data["when"] = self.when.astimezone(clock.ZONE).isoformat()
        data["due_at"] = self.due_at.astimezone(clock.ZONE).isoformat() if self.due_at else None
        return data


Source = Callable[..., Iterable[Line]]
_sources: list[Source] = []


def register_source(source: Source) -> Source:
    """``source(campaign, now=)`` gives lines of what another app will send (decorator)."""
    if source not in _sources:
        _sources.append(source)
    return source


def rehearse(campaign: Campaign, *, now: datetime) -> list[Line]:
    """Everything that will go out for a campaign from now on, in order of time."""
    lines = [
        _line(occasion, when)
        for when, bundle in _play(campaign, now=now)
        for occasion in bundle.occasions
        if occasion.duty.definition.campaign_id == campaign.pk
    ]
    for source in _sources:
        lines += source(campaign, now=now)
    return sorted(lines, key=lambda line: (line.when, line.kind, line.to, line.about))


def _duties(campaign: Campaign, *, now: datetime) -> list[Duty]:
    """The duties of all running campaigns: the daily cap of a person counts over all of them."""
    running = (
        Duty.objects.unfinished()
        .filter(definition__campaign__state=CampaignState.LAUNCHED)
        .select_related("organisation", "recipient", "responsible_person", "definition__campaign")
    )
    duties = list(running)
    if campaign.state == CampaignState.DRAFT:
        duties += _as_if_launched(campaign, now=now)
    return duties


def _as_if_launched(campaign: Campaign, *, now: datetime) -> list[Duty]:
    """The duties of a draft as they would be, unsaved, with numbers that no stored duty has."""
    planned = unfold(campaign, calendar=workdays.calendar(now=now), now=now)
    return [
        Duty(
            pk=-number,
            definition=plan.definition,
            organisation=plan.organisation,
            recipient=plan.recipient,
            copy_to=plan.copy_to,
            opens_at=plan.opens_at,
            due_at=plan.due.due_at,
            due_set_at=now,
        )
        for number, plan in enumerate(planned, start=1)
    ]


def _play(campaign: Campaign, *, now: datetime) -> Iterable[tuple[datetime, ladder.Bundle]]:
    """Run the ladder from instant to instant, remembering what would have gone out."""
    duties = _duties(campaign, now=now)
    rungs = ladder.Ladder(
        duties,
        steps=LadderStep.objects.filter(campaign__in={d.definition.campaign_id for d in duties}),
        book=Book(duty.recipient_id for duty in duties),
        calendar=workdays.calendar(now=now),
    )
    known = Reminder.objects.filter(duty__in=[duty.pk for duty in duties if duty.pk > 0])
    sent = set(known.values_list("duty_id", "due_at", "step_id", "person_id"))
    letters = _letters_of(clock.day_of(now))
    ahead = {now, *(when for when in rungs.instants() if when > now)}
    for _turn in range(LONGEST):
        if not ahead:
            return
        instant = min(ahead)
        ahead.discard(instant)
        day = clock.day_of(instant)

        def letters_today(person: User, day: date = day) -> int:
            return letters[person.pk, day]

        for bundle in ladder.pick(rungs, now=instant, sent=sent, letters_today=letters_today):
            letters[bundle.person.pk, day] += 1
            sent |= {occasion.key for occasion in bundle.occasions}
            yield instant, bundle
        put_off = ladder.pick(rungs, now=instant, sent=sent, letters_today=lambda _person: 0)
        if put_off:
            hours = {occasion.step.hour for b in put_off for occasion in b.occasions}
            ahead |= {clock.at(day + ONE_DAY, hour.hour, hour.minute) for hour in hours}


def _letters_of(day: date) -> Counter[tuple[int, date]]:
    """Letters that each person already got today."""
    rows = Reminder.objects.filter(at__gte=clock.at(day), at__lt=clock.at(day + ONE_DAY))
    keys = set(rows.values_list("person_id", "letter_key"))
    return Counter((person, day) for person, _key in keys)


def _line(occasion: ladder.Occasion, when: datetime) -> Line:
    step, duty, person = occasion.step, occasion.duty, occasion.person
    leader = step.audience == LadderStep.Audience.LEADER
    day = clock.day_of(when)
    return Line(
        when=when,
        kind="escalation" if leader else "reminder",
        to=person.username,
        name=person.name,
        organisation=duty.organisation.code,
        place=str(duty.organisation),
        subject=duty.definition.title,
        about=duty.definition.code,
        due_at=duty.due_at,
        rule=step.code,
        rule_text=rule_text(step),
        letter=f"{person.username}:{day:%Y%m%d}",
    )


def rule_text(step: LadderStep) -> str:
    """A rung in words."""
    if step.offset < 0:
        text = _("截止日前%(days)d个工作日%(hour)s，发%(audience)s")
    else:
        text = _("截止日后%(days)d个工作日%(hour)s，发%(audience)s")
    return text % {
        "days": abs(step.offset),
        "hour": f"{step.hour:%H:%M}",
        "audience": step.get_audience_display(),
    }
