"""When the patrols of a plan fall due; pure.

Source: grid standard 5.1.3, 5.6.1 (S2-5.1.3c, S2-5.6.1a, S2-5.6.1b).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy

from core.periods import Period
from core.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)


class Every(TextChoices):
    """How often each grid of a plan is gone through."""

    ONCE = "once", gettext_lazy("期内一次")
    QUARTER = "quarter", gettext_lazy("每季度一次")
    MONTH = "month", gettext_lazy("每月一次")
    WEEK = "week", gettext_lazy("每周一次")
    DAY = "day", gettext_lazy("每个工作日")


def span(year: int, quarter: int | None) -> Period:
    """A year, or one of its quarters."""
    if quarter is None:
        return Period(date(year, 1, 1), date(year, 12, 31))
    first = date(year, 3 * quarter - 2, 1)
    return Period(first, _next(first, Every.QUARTER) - ONE_DAY)


def occasions(
    every: str, first: date, last: date, *, calendar: WorkCalendar
) -> Iterator[tuple[date, date]]:
    """The first and the last day of each time at which a grid is due, within a period."""
    begin = first
    while begin <= last:
        end = min(_next(begin, every) - ONE_DAY, last) if every != Every.ONCE else last
        if every != Every.DAY or calendar.is_workday(begin):
            yield begin, end
        begin = end + ONE_DAY


def _next(day: date, every: str) -> date:
    """The first day of the day, week, month or quarter after the one that a day lies in."""
    if every == Every.DAY:
        return day + ONE_DAY
    if every == Every.WEEK:
        return day + timedelta(days=7 - day.weekday())
    months = 3 if every == Every.QUARTER else 1
    first = day.year * 12 + (day.month - 1) // months * months + months
    return date(first // 12, first % 12 + 1, 1)
