"""What the ledger will remind people of if nobody does anything: its part of a rehearsal.

It asks for the same instants and people as ``services.rectification_reminding``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from campaign.models import Campaign, RectificationItem
from campaign.rectification_workflow import TO_DO, Side
from campaign.rehearsal import Line, register_source
from campaign.rules import Book
from campaign.services.rectification import called
from campaign.services.rectification_reminding import HOUR, RELATED, reminded_from
from core import clock


@register_source
def ledger_reminders(campaign: Campaign, *, now: datetime) -> list[Line]:
    """A line for every letter about an item of the campaign that still waits for its unit."""
    items = RectificationItem.objects.filter(campaign=campaign, state__in=TO_DO)
    listed = list(items.select_related(*RELATED).order_by("pk"))
    book = Book({item.regulator_id for item in listed}) if listed else None
    return [] if book is None else [line for item in listed for line in _lines(item, book, now)]


def _lines(item: RectificationItem, book: Book, now: datetime) -> Iterator[Line]:
    if item.overdue_told_at is not None:
        return
    begins = reminded_from(item, book)
    soon = item.reminded_at is None and begins is not None and item.opened_at < begins
    # What is due by now goes now, or when working hours begin.
    earliest = max(now, clock.at(clock.day_of(now), HOUR))
    if soon and begins is not None and now <= item.due_at:
        text = _("整改到期前提醒")
        yield from _to(item, max(begins, earliest), "reminder", text, (Side.UNIT,))
    due_on = clock.day_of(item.due_at)
    late = max(clock.at(due_on + timedelta(days=1), HOUR), earliest)
    yield from _to(item, late, "escalation", _("整改逾期提醒"), (Side.UNIT, Side.REGULATOR))


def _to(
    item: RectificationItem,
    when: datetime,
    kind: str,
    rule_text: str,
    sides: tuple[Side, ...],
) -> Iterator[Line]:
    people = {one.pk: one for side in sides for one in called(item, side, now=when)}
    for person in people.values():
        yield Line(
            when=when,
            kind=kind,
            to=person.username,
            name=person.name,
            organisation=item.unit.code,
            place=str(item.unit),
            subject=item.number,
            about=item.number,
            due_at=item.due_at,
            rule="rect_remind_days" if kind == "reminder" else "rect_overdue",
            rule_text=rule_text,
            letter=f"{person.username}:rectification-{item.pk}-{kind}",
        )
