"""What subscriptions will mail, and of which returns people are reminded, if nobody does anything:
reporting's part of a campaign's rehearsal.

Of subscriptions it asks ``subscriptions.judge`` and ``next_time`` as the tick does, at each time to
come. Figures are counted anew only where time alone changes them: when a deadline passes or a task
opens.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from campaign.models import Campaign, Duty
from campaign.rehearsal import Line
from core import clock
from reporting.models import ReportTemplate, Subscription
from reporting.returns.periods import Period
from reporting.services import addressees, return_reminding, subscriptions
from reporting.services.addressees import Addressees
from reporting.services.return_reminding import Occasion

ONE_DAY = timedelta(days=1)
Rhythm = Subscription.Rhythm


def subscribed_reports(campaign: Campaign, *, now: datetime) -> list[Line]:
    """A line for every letter with a report, up to the campaign's last day.

    A subscription without an end would go on for ever; its next time is listed in any case.
    """
    active = campaign.subscriptions.filter(active=True, next_run_at__isnull=False)
    related = ("campaign", "phase", "organisation")
    until = clock.at(campaign.ends_on + ONE_DAY)
    return [
        line
        for subscription in active.select_related(*related)
        for line in _lines(subscription, now=now, until=until)
    ]


def return_reminders(campaign: Campaign, *, now: datetime) -> list[Line]:
    """A line for every return that somebody will be reminded of, up to the campaign's last day:
    of those that the campaign's office collects and that are open now."""
    until = clock.at(campaign.ends_on + ONE_DAY)
    return [
        _reminder(occasion, when)
        for when, bundle in return_reminding.foreseen(now=now, until=until)
        for occasion in bundle
        if occasion.entry.collection is not None
        and occasion.entry.collection.office_id == campaign.issuing_organisation_id
    ]


def _reminder(occasion: Occasion, when: datetime) -> Line:
    entry, person = occasion.entry, occasion.person
    return Line(
        when=when,
        kind="reminder",
        to=person.username,
        name=person.name,
        organisation=entry.organisation.code,
        place=str(entry.organisation),
        subject=f"{entry.form.title} {Period(entry.period_start, entry.period_end).label}",
        about=entry.code,
        due_at=entry.due_at,
        rule=f"return-{occasion.step:+d}",
        rule_text=step_text(occasion.step),
        letter=f"return-reminder-{person.pk}-{when.astimezone(clock.ZONE):%Y%m%d}",
    )


def step_text(step: int) -> str:
    """A step of a form's reminders in words."""
    words = {"days": abs(step), "hour": f"{return_reminding.HOUR:02}:00"}
    if not step:
        return _("定期报表截止当日%(hour)s") % words
    if step < 0:
        return _("定期报表截止日前%(days)d个工作日%(hour)s") % words
    return _("定期报表截止日后%(days)d个工作日%(hour)s") % words


def _lines(subscription: Subscription, *, now: datetime, until: datetime) -> Iterator[Line]:
    readers, foresight = Addressees(subscription), _Foresight(subscription)
    for planned, when in _times(subscription, now=now, until=until):
        addresses = readers.on(clock.day_of(when))
        if not addresses:
            yield from _unsent(subscription, planned, when)
            continue
        if not foresight.sends(when):
            continue
        for address, name in addresses.items():
            yield Line(
                when=when,
                kind="report",
                to=address,
                name=name,
                organisation=subscription.organisation.code,
                place=str(subscription.organisation),
                subject=subscription.title,
                about=subscription.phase.name,
                due_at=None,
                rule=f"subscription-{subscription.pk}",
                rule_text=rule_text(subscription),
                letter=subscriptions.letter_key(subscription, planned, address),
            )


def _unsent(subscription: Subscription, planned: datetime, when: datetime) -> Iterator[Line]:
    """The notices that nothing goes out, for nobody who may read it is left."""
    for person in addressees.keepers(subscription, now=when):
        yield Line(
            when=when,
            kind="failure",
            to=person.username,
            name=person.name,
            organisation=subscription.organisation.code,
            place=str(subscription.organisation),
            subject=subscription.title,
            about=subscription.phase.name,
            due_at=None,
            rule=f"subscription-{subscription.pk}",
            rule_text=addressees.nobody(),
            letter=subscriptions.failure_key(subscription, planned, person),
        )


def _times(
    subscription: Subscription, *, now: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """(time planned, time at which the tick takes it up) of every occasion to come."""
    planned = subscription.next_run_at
    first = True
    while planned is not None and (first or planned < until):
        when = max(planned, now)
        yield planned, when
        if subscription.rhythm == Rhythm.ONCE:
            return
        first = False
        planned = subscriptions.next_time(subscription, after=when)


class _Foresight:
    """Whether an occasion sends something, asked from the first to the last."""

    def __init__(self, subscription: Subscription) -> None:
        self._subscription = subscription
        self._sent = subscription.last_digest
        duties = Duty.objects.counted().filter(
            definition__campaign=subscription.campaign, definition__phase=subscription.phase
        )
        instants = list(duties.values_list("opens_at", "due_at"))
        self._opens = sorted(opens for opens, _due in instants)
        self._dues = sorted(due for _opens, due in instants)
        usable = Q(organisation__isnull=True) | Q(organisation=subscription.organisation)
        templates = ReportTemplate.objects.filter(
            usable, code=subscription.template_code, draft=False
        )
        self._versions = sorted(templates.values_list("valid_from", flat=True))
        self._known: dict[tuple[int, ...], str | None] = {}

    def sends(self, when: datetime) -> bool:
        day = clock.day_of(when)
        state = (
            bisect_right(self._opens, when),
            bisect_left(self._dues, when),
            bisect_right(self._versions, day),
        )
        if state not in self._known:
            why_not, digest = subscriptions.judge(self._subscription, last_digest="", now=when)
            self._known[state] = None if why_not else digest
        digest = self._known[state]
        if digest is None or (self._subscription.skip_if_empty and digest == self._sent):
            return False
        self._sent = digest
        return True


def rule_text(subscription: Subscription) -> str:
    """When a subscription sends, in words."""
    words = {
        "rhythm": subscription.get_rhythm_display(),
        "time": f"{subscription.send_at:%H:%M}",
        "day": subscription.month_day,
    }
    if subscription.rhythm == Rhythm.WEEKLY:
        words["weekday"] = WEEKDAYS[subscription.weekday or 0]
        text = _("%(rhythm)s（%(weekday)s）%(time)s") % words
    elif subscription.rhythm == Rhythm.MONTHLY:
        text = _("%(rhythm)s（%(day)s日）%(time)s") % words
    else:
        text = _("%(rhythm)s%(time)s") % words
    if subscription.skip_if_empty:
        return _("%(text)s，没有内容或没有变化时不发送") % {"text": text}
    return text
