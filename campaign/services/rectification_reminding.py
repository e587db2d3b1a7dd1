"""Letters that time alone brings about: before an item's day, and once when it has passed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from campaign import rectification_letters, rules
from campaign.models import RectificationItem
from campaign.rectification_workflow import TO_DO, Side
from campaign.services.rectification import called, locked
from core import clock, outbox

# Letters of reminding go out in working hours.
HOUR = 9
LONGEST_LEAD = timedelta(days=61)
RELATED = ("unit", "responsible_unit", "responsible_person", "regulator", "campaign")


def remind(*, now: datetime) -> int:
    """Write what is due now, once for each deadline; says how many items. Missed or doubled ticks
    do no harm."""
    return sum(_told(item, kind, now) for item, kind in due(now=now))


def due(*, now: datetime) -> list[tuple[RectificationItem, str]]:
    """Items that somebody is to be written to about now, and which letter it is."""
    if now.astimezone(clock.ZONE).hour < HOUR:
        return []
    waiting = RectificationItem.objects.filter(state__in=TO_DO, overdue_told_at__isnull=True)
    late = waiting.filter(due_at__lt=now)
    found = [(item, "overdue") for item in _read(late)]
    soon = waiting.filter(reminded_at__isnull=True, due_at__gte=now, due_at__lte=now + LONGEST_LEAD)
    # First only what decides: most of them are not to be told of for weeks.
    candidates = list(soon.only("due_at", "opened_at", "regulator").order_by())
    book = rules.Book({item.regulator_id for item in candidates}) if candidates else None
    come = []
    for item in candidates:
        assert book is not None
        begins = reminded_from(item, book)
        # Who was told of an item later than that knows its day already.
        if begins is not None and item.opened_at < begins <= now:
            come.append(item.pk)
    if come:
        found += [(item, "reminder") for item in _read(soon.filter(pk__in=come))]
    return found


def reminded_from(item: RectificationItem, book: rules.Book) -> datetime | None:
    """The instant at which the letter before the deadline goes; None where no rule asks for one."""
    on = clock.day_of(item.due_at)
    days = book.value("rect_remind_days", item.regulator_id, on=on)
    return None if days is None else clock.at(on - timedelta(days=days), HOUR)


def _read(items: QuerySet[RectificationItem]) -> QuerySet[RectificationItem]:
    return items.select_related(*RELATED).order_by("pk")


@transaction.atomic
def _told(item: RectificationItem, kind: str, now: datetime) -> int:
    """Look once more while holding the item, so that two ticks never write twice."""
    item = locked(item)
    field = "overdue_told_at" if kind == "overdue" else "reminded_at"
    standing = RectificationItem.objects.filter(
        pk=item.pk, state__in=TO_DO, due_at=item.due_at, **{f"{field}__isnull": True}
    )
    if not standing.update(**{field: now}):
        return 0
    sides = (Side.UNIT, Side.REGULATOR) if kind == "overdue" else (Side.UNIT,)
    people = {one.pk: one for side in sides for one in called(item, side, now=now)}
    for person in people.values():
        outbox.post_all(rectification_letters.reminder(item, kind, person), now=now)
    return 1
