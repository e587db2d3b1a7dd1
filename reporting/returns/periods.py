"""Reporting periods and their deadlines, computed and explained.

Source of how days count: ``core.sla``. A form says how often, how long after the period, until what
time of the day (S1-2.2.1d).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from core import clock, sla
from core.workdays import WorkCalendar

ONE_DAY = timedelta(days=1)
EVERY: dict[str, Any] = {
    "daily": gettext_lazy("每日"),
    "weekly": gettext_lazy("每周"),
    "monthly": gettext_lazy("每月"),
    "quarterly": gettext_lazy("每季度"),
    "yearly": gettext_lazy("每年"),
    "once": gettext_lazy("一次性"),
}
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}


@dataclass(frozen=True, order=True)
class Period:
    """From the first to the last day, both included."""

    start: date
    end: date

    @property
    def label(self) -> str:
        """In words: 2011年11月, 2011年第4季度, 2011-11-21 to 11-27."""
        start, end = self.start, self.end
        if start == end:
            return f"{start:%Y-%m-%d}"
        if start.day == 1 and (end + ONE_DAY).day == 1:
            months = (end.year - start.year) * 12 + end.month - start.month + 1
            facts = {"year": start.year, "month": start.month, "quarter": start.month // 3 + 1}
            texts = {1: _("%(year)d年%(month)d月"), 3: _("%(year)d年第%(quarter)d季度")}
            texts[12] = _("%(year)d年")
            if months in texts:
                return texts[months] % facts
        return f"{start:%Y-%m-%d} – {end:%m-%d}"


def _month_start(day: date, months: int) -> date:
    """The first day of the month, ``months`` later."""
    place = day.year * 12 + day.month - 1 + months
    return date(place // 12, place % 12 + 1, 1)


def containing(every: str, day: date, *, once: Period | None = None) -> Period:
    """The period in which a day lies; of what is filed once, that one."""
    if every == "once":
        assert once is not None
        return once
    if every == "daily":
        return Period(day, day)
    if every == "weekly":
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=6))
    months = _MONTHS[every]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    return Period(start, _month_start(start, months) - ONE_DAY)


def before(every: str, period: Period) -> Period | None:
    """The period just before; None for what is filed once."""
    return None if every == "once" else containing(every, period.start - ONE_DAY)


def year_before(every: str, period: Period) -> Period | None:
    """The same period a year ago; days and weeks are compared 52 weeks back."""
    if every == "once":
        return None
    if every in ("daily", "weekly"):
        return containing(every, period.start - timedelta(weeks=52))
    return containing(every, date(period.start.year - 1, period.start.month, 1))


def leaning(every: str, period: Period) -> dict[str, Period]:
    """The periods for which this one is the last (``last``) and the year before (``last_year``)."""
    if every == "once":
        return {}
    if every in ("daily", "weekly"):
        later = containing(every, period.start + timedelta(weeks=52))
    else:
        later = containing(every, date(period.start.year + 1, period.start.month, 1))
    return {"last": containing(every, period.end + ONE_DAY), "last_year": later}


@dataclass(frozen=True)
class Cutoff:
    """How long after the period, and until what time of the last day."""

    after: int
    unit: str
    until: time
    source: str = ""

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Cutoff:
        """From a definition. Raises ValueError, KeyError or TypeError."""
        until = data.get("time", "24:00")
        if isinstance(until, int):  # YAML 1.1 reads 10:00 as 600 minutes
            until = f"{until // 60:02d}:{until % 60:02d}"
        moment = time(23, 59, 59) if until == "24:00" else time.fromisoformat(until)
        allowance = sla.Allowance(data["after"], data["unit"])
        if not sla.Unit(allowance.unit).in_days:
            raise ValueError(_("截止时间按日计算"))
        return cls(int(data["after"]), str(data["unit"]), moment, str(data.get("source", "")))


def due(period: Period, cutoff: Cutoff, *, calendar: WorkCalendar) -> sla.Due:
    """When a period's return is due, with the lines that explain it."""
    allowance = sla.Allowance(cutoff.after, cutoff.unit, document=cutoff.source)
    found = sla.due(sla.day_end(period.end), allowance, calendar=calendar)
    if cutoff.until == time(23, 59, 59):
        return found
    until = cutoff.until
    moment = clock.at(clock.day_of(found.due_at), until.hour, until.minute)
    line: sla.Line = {
        "text": gettext_noop("当日截止时刻"),
        "value": f"{moment:%Y-%m-%d %H:%M}",
        "source": cutoff.source,
    }
    return sla.Due(moment, found.provisional, (*found.explanation[:-1], line))


def after_outage(
    due_at: datetime, explanation: list[Any], *, ends_at: datetime, calendar: WorkCalendar
) -> tuple[datetime, list[Any]]:
    """Where the portal could not be used at the deadline: the same time, a working day later."""
    local = due_at.astimezone(clock.ZONE)
    back = clock.day_of(ends_at)
    day = calendar.add_workdays(back, 1)
    moved = datetime.combine(day, local.timetz())
    line = {
        "text": gettext_noop("截止时平台停用，顺延至恢复后下一工作日"),
        "value": f"{moved:%Y-%m-%d %H:%M}",
        "source": "",
    }
    return moved, [*explanation, line]
