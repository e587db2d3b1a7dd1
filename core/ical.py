"""Deadlines as an iCalendar feed (RFC 5545) that calendar programs subscribe to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from core.clock import ZONE

PRODUCT = "-//居民用电服务监管平台//期限//ZH"
# How often a program should ask again.
REFRESH = timedelta(hours=1)
END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Item:
    """One deadline. ``uid`` stays the same for ever; ``changed_at`` moves when anything changes.

    ``sequence`` counts the changes, so that programs replace what they hold.
    """

    uid: str
    title: str
    due_at: datetime
    changed_at: datetime
    url: str = ""
    detail: str = ""
    category: str = ""
    provisional: bool = False
    done: bool = False
    sequence: int = 0


def feed(name: str, items: Iterable[Item]) -> bytes:
    """The feed of one person, the same bytes for the same items.

    A deadline at the end of a day is an all-day entry on that day, because that is how people plan;
    any other one is an entry of no length at its minute. ``name`` is shown in the program's list.
    """
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for item in sorted(items, key=lambda item: (item.due_at, item.uid)):
        calendar.add_component(_event(item))
    return bytes(calendar.to_ical())


def _event(item: Item) -> Event:
    event = Event()
    event.add("uid", item.uid)
    event.add("dtstamp", item.changed_at.astimezone(UTC))
    event.add("last-modified", item.changed_at.astimezone(UTC))
    event.add("sequence", item.sequence)
    event.add("summary", _title(item))
    due = item.due_at.astimezone(ZONE)
    if due.time().replace(microsecond=0) == END_OF_DAY:
        event.add("dtstart", due.date())
        event.add("dtend", due.date() + timedelta(days=1))
    else:
        event.add("dtstart", due.astimezone(UTC))
    # A deadline takes no time of the person's: meetings can be set over it.
    event.add("transp", "TRANSPARENT")
    event.add("status", "TENTATIVE" if item.provisional else "CONFIRMED")
    if item.category:
        event.add("categories", [item.category])
    if item.detail:
        event.add("description", item.detail)
    if item.url:
        event.add("url", item.url)
    return event


def _title(item: Item) -> str:
    if item.done:
        return _("已办结：%(title)s") % {"title": item.title}
    if item.provisional:
        return _("待确认：%(title)s") % {"title": item.title}
    return item.title
