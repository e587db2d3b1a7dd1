"""Collecting returns: an office starts it, each period opens its due rows, deadlines are moved.

Source: campaign plan 二(二)1 and 2 (S1-2.2.1a, S1-2.2.1d).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Organisation, TerritoryRule
from accounts.permissions import Permission
from campaign.scope import works_for
from core import audit, clock, sla, workdays
from core.errors import Refused
from reporting import catalogue
from reporting.models import (
    Return,
    ReturnCollection,
    ReturnForm,
    ReturnWaiver,
)
from reporting.returns import definition, periods
from reporting.returns.periods import ONE_DAY, Period
from reporting.workflow.returns import State

if TYPE_CHECKING:
    from accounts.models import User
    from core.workdays import WorkCalendar

# Periods that one round opens at most when ticks were missed.
MOST_PERIODS = 62


@transaction.atomic
def collect(
    *,
    code: str,
    office: Organisation,
    starts_on: date,
    ends_on: date | None = None,
    by: User | None,
    now: datetime,
) -> ReturnCollection:
    """An office begins to collect a form from its territory. Raises ``Refused``."""
    if by is not None and not works_for(by, Permission.FILING_REVIEW, office):
        raise Refused(_("由%(office)s的监管专员设立报表收集。") % {"office": office})
    if not ReturnForm.objects.published().filter(code=code).exists():
        raise Refused(_("没有已发布的这种报表。"))
    if ends_on is not None and ends_on < starts_on:
        raise Refused(_("结束日期早于开始日期。"))
    back = catalogue.review()["collection_days_back"]
    if starts_on < clock.day_of(now) - timedelta(days=back):
        raise Refused(_("开始日期最早为%(days)d日前。") % {"days": back})
    standing = ReturnCollection.objects.filter(code=code, office=office)
    if standing.running(on=starts_on).exists():
        raise Refused(_("这种报表已经在收集。"))
    collection, _new = ReturnCollection.objects.get_or_create(
        code=code,
        office=office,
        starts_on=starts_on,
        defaults={"ends_on": ends_on, "started_by": by, "created_at": now},
    )
    audit.record("return.collect", collection, by=by, now=now, organisation=office, form=code)
    open_due(now=now, only=collection)
    return collection


@transaction.atomic
def stop(*, collection: ReturnCollection, ends_on: date, by: User, now: datetime) -> None:
    """End a collection; what was opened by then stays owed. Raises ``Refused``."""
    if not works_for(by, Permission.FILING_REVIEW, collection.office):
        raise Refused(_("由%(office)s的监管专员办理。") % {"office": collection.office})
    if ends_on < collection.starts_on:
        raise Refused(_("结束日期早于开始日期。"))
    collection.ends_on = ends_on
    collection.save(update_fields=["ends_on"])
    audit.record("return.stop", collection, by=by, now=now, organisation=collection.office)


def open_due(*, now: datetime, only: ReturnCollection | None = None) -> int:
    """Open the returns of every period that has begun and is not opened yet. Says how many.

    Missed and doubled rounds do no harm: a period opens once per unit.
    """
    today = clock.day_of(now)
    # One that ended yesterday may still have a period to open when ticks were missed.
    begun = ReturnCollection.objects.filter(starts_on__lte=today)
    lasting = Q(ends_on__isnull=True) | Q(ends_on__gte=today - timedelta(days=MOST_PERIODS))
    running = begun.filter(lasting).select_related("office")
    chosen = [only] if only is not None else list(running)
    if not chosen:
        return 0
    calendar = workdays.calendar(now=now)
    return sum(_open(collection, today, calendar, now=now) for collection in chosen)


def _open(
    collection: ReturnCollection, today: date, calendar: WorkCalendar, *, now: datetime
) -> int:
    versions = list(
        ReturnForm.objects.published()
        .filter(code=collection.code)
        .order_by("valid_from", "version")
    )
    known = set(
        Return.objects.filter(collection=collection).values_list("organisation", "period_start")
    )
    rows: list[Return] = []
    territory = Territory(collection.office)
    for form, period in _periods(collection, versions, today):
        units = territory.companies(definition.of(form).kinds, on=period.start)
        missing = [unit for unit in units if (unit.pk, period.start) not in known]
        # Nearly always nothing: then nothing more is asked.
        if missing:
            rows += _rows(collection, form, period, missing, calendar, now=now)
    # What another office had opened before the unit changed hands stays as it is.
    Return.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    if rows:
        audit.record(
            "return.open",
            collection,
            by=None,
            now=now,
            organisation=collection.office,
            count=len(rows),
        )
    return len(rows)


def _periods(
    collection: ReturnCollection, versions: list[ReturnForm], today: date
) -> Iterator[tuple[ReturnForm, Period]]:
    """Periods from the present one back to the first of the collection, each with its version."""
    last = min(today, collection.ends_on) if collection.ends_on else today
    day, count = last, 0
    while day >= collection.starts_on and count < MOST_PERIODS:
        form = version_for(versions, day)
        if form is None:
            return
        meant = definition.of(form)
        period = meant.period_of(day)
        # A period that began under an earlier version keeps it.
        form = version_for(versions, period.start) or form
        if period.start <= today:
            yield form, period
        if meant.every == "once":
            return
        day, count = period.start - ONE_DAY, count + 1


def version_for(versions: list[ReturnForm], day: date) -> ReturnForm | None:
    """The version in force on a day, of versions in the order of their first day."""
    begun = [form for form in versions if form.valid_from and form.valid_from <= day]
    return begun[-1] if begun else None


def _rows(
    collection: ReturnCollection,
    form: ReturnForm,
    period: Period,
    units: list[Organisation],
    calendar: WorkCalendar,
    *,
    now: datetime,
) -> Iterator[Return]:
    meant = definition.of(form)
    due = _due(collection, period, meant.cutoff, calendar)
    waived = set(
        ReturnWaiver.objects.holding(on=period.start)
        .filter(code=form.code, check_name="", decided_at__lte=due.due_at)
        .values_list("organisation", flat=True)
    )
    for unit in units:
        yield Return(
            form=form,
            code=form.code,
            collection=collection,
            organisation=unit,
            recipient=_recipient(unit, collection.office, meant.to),
            period_start=period.start,
            period_end=period.end,
            due_at=due.due_at,
            due_explanation=list(due.explanation),
            state=State.WAIVED if unit.pk in waived else State.OPEN,
            created_at=now,
        )


def _due(
    collection: ReturnCollection, period: Period, cutoff: periods.Cutoff, calendar: WorkCalendar
) -> sla.Due:
    """The deadline; of what was over before anybody asked for it, counted from the asking."""
    due = periods.due(period, cutoff, calendar=calendar)
    if due.due_at > collection.created_at:
        return due
    asked = Period(period.start, max(period.end, clock.day_of(collection.created_at)))
    return periods.due(asked, cutoff, calendar=calendar)


class Territory:
    """Whom an office collects from on a day; rules and companies are read once for all days."""

    def __init__(self, office: Organisation) -> None:
        rules = TerritoryRule.objects.filter(regulator=office).order_by()
        self._rules = list(rules.values_list("region_id", "valid_from", "valid_to"))
        self._units: dict[tuple[str, ...], list[Organisation]] = {}

    def companies(self, kinds: tuple[str, ...], *, on: date) -> list[Organisation]:
        """The companies of these kinds in the territory."""
        if kinds not in self._units:
            self._units[kinds] = list(Organisation.objects.in_force().filter(kind__in=kinds))
        provinces = {
            region[:2]
            for region, begin, end in self._rules
            if begin <= on and (end is None or end >= on)
        }
        return [unit for unit in self._units[kinds] if (unit.region_id or "")[:2] in provinces]


def _recipient(unit: Organisation, office: Organisation, to: str) -> Organisation:
    if to == "parent":
        parent = Organisation.objects.filter(path=unit.path[: -Organisation.steplen]).first()
        if parent is not None and parent.is_company:
            return parent
    return office
