"""Deadlines: pure arithmetic on instants, with an explanation that can be stored.

How days count follows Civil Code (民法典) art. 201–203: the day of the event does not count, the
last day ends at 24:00, and a last day that is a day off is replaced by the next working day. Hours
and minutes run through nights and holidays from the instant of the event.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Any, TypedDict

from django.utils.translation import gettext, gettext_noop

from core.clock import ZONE, at
from core.workdays import ONE_DAY, WorkCalendar, days_after

# Before the Civil Code came into force its rule stood in the General Principles of Civil Law.
CIVIL_CODE_SINCE = date(2021, 1, 1)
LONGEST = timedelta(days=36600)
DEFAULT_NEAR = timedelta(days=2)


class Unit(StrEnum):
    """How an allowance is counted."""

    MINUTES = "minutes"
    HOURS = "hours"
    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"

    @property
    def in_days(self) -> bool:
        return self in (Unit.CALENDAR_DAYS, Unit.WORKING_DAYS)


class Line(TypedDict):
    """One line of an explanation. ``text`` and ``source`` are message ids, ``value`` is data."""

    text: str
    value: str
    source: str


@dataclass(frozen=True)
class Allowance:
    """How long somebody has. Whole days; minutes and hours may be fractions.

    Raises ``ValueError`` (in Chinese) for a negative, fractional or absurd length.
    """

    value: float
    unit: Unit | str
    document: str = ""  # number of the document that grants it, for the explanation

    def __post_init__(self) -> None:
        try:
            unit = Unit(self.unit)
        except ValueError:
            raise ValueError(gettext("时限单位不正确：%(unit)s") % {"unit": self.unit}) from None
        object.__setattr__(self, "unit", unit)
        if isinstance(self.value, bool) or not isinstance(self.value, (int, float)):
            raise ValueError(gettext("时限须为数字"))
        if not math.isfinite(self.value) or self.value < 0:
            raise ValueError(gettext("时限不能为负数"))
        if unit.in_days and self.value != int(self.value):
            raise ValueError(gettext("按日计算的时限须为整数"))
        if self.value > LONGEST / _UNIT_LENGTH[unit]:
            raise ValueError(gettext("时限过长"))

    @property
    def length(self) -> timedelta:
        """Exact length of minutes and hours; of days only an estimate."""
        return self.value * _UNIT_LENGTH[Unit(self.unit)]


_UNIT_LENGTH = {
    Unit.MINUTES: timedelta(minutes=1),
    Unit.HOURS: timedelta(hours=1),
    Unit.CALENDAR_DAYS: ONE_DAY,
    Unit.WORKING_DAYS: ONE_DAY,
}


@dataclass(frozen=True)
class Pause:
    """A clock stood still from one instant to another. Raises ``ValueError`` if turned round."""

    start: datetime
    end: datetime
    document: str = ""

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(gettext("暂停的结束时间早于开始时间"))


@dataclass(frozen=True)
class Due:
    """A deadline, whether it may still move with a calendar to come, and why it is what it is."""

    due_at: datetime
    provisional: bool
    explanation: tuple[Line, ...]


def due(
    start: datetime,
    allowance: Allowance,
    *,
    calendar: WorkCalendar,
    pauses: Iterable[Pause] = (),
    extension: Allowance | Sequence[Allowance] | None = None,
    roll: bool = True,
) -> Due:
    """The deadline of an allowance that starts with an event.

    Each pause moves it by its own length: exactly for minutes and hours; for days by the days
    (working days for working days) after the date of its start up to and including the date of its
    end. Extensions add. A period of calendar days that would end on a day off ends on the next
    working day, unless ``roll`` is false. Source: Civil Code art. 201–203; contract of
    ``manage.py due``. Raises ``ValueError`` for a naive instant. Services see to it that pauses
    do not overlap; here overlapping ones each count, and the explanation says so.
    """
    pauses = tuple(pauses)
    if any(m.tzinfo is None for m in (start, *(m for p in pauses for m in (p.start, p.end)))):
        raise ValueError(gettext("时间须带时区"))
    pauses = sorted(pauses, key=lambda pause: pause.start)
    counter = _Counter(start.astimezone(ZONE), calendar)
    counter.note(gettext_noop("起算事件"), _instant(counter.moment))
    counter.add(allowance, gettext_noop("时限"))
    for pause in pauses:
        counter.pause(pause, Unit(allowance.unit))
    if any(later.start < earlier.end for earlier, later in pairwise(pauses)):
        counter.note(gettext_noop("暂停时段有重叠，按各自时长分别顺延，请核对"), "")
    for extra in _listed(extension):
        counter.add(extra, gettext_noop("延长"))
    if roll:
        counter.roll()
    return counter.result()


class _Counter:
    """Carries the moment reached so far, the days looked at and the lines of the explanation."""

    def __init__(self, start: datetime, calendar: WorkCalendar) -> None:
        self.moment = start
        self.calendar = calendar
        self.law = _law(start.date())
        self.lines: list[Line] = []
        self.last_unit = Unit.HOURS
        self._looked_from: date | None = None
        self._looked_until: date | None = None

    def note(self, text: str, value: str, source: str = "") -> None:
        self.lines.append({"text": text, "value": value, "source": source})

    def look(self, first: date, last: date) -> None:
        """Remember that the calendar was asked about days: they may make the result provisional."""
        self._looked_from = min(first, self._looked_from or first)
        self._looked_until = max(last, self._looked_until or last)

    def add(self, allowance: Allowance, text: str) -> None:
        unit = self.last_unit = Unit(allowance.unit)
        label, rule = _COUNTED[unit]
        self.note(text, f"{allowance.value:g}", allowance.document)
        self.note(gettext_noop("计算单位"), label, self.law[rule])
        if unit.in_days:
            self._move_days(int(allowance.value), unit)
        else:
            self.moment += allowance.length

    def _move_days(self, count: int, unit: Unit) -> None:
        """Move the last day; the day reached so far does not count, the new one ends at 24:00."""
        before = self.moment.date()
        if unit is Unit.CALENDAR_DAYS:
            last = before + timedelta(days=count)
        else:
            last = self.calendar.next_workday(before) if not count else before
            last = self.calendar.add_workdays(last, count)
            self.look(before if not count else before + ONE_DAY, last)
        self.moment = day_end(last)

    def pause(self, pause: Pause, unit: Unit) -> None:
        begin, end = pause.start.astimezone(ZONE), pause.end.astimezone(ZONE)
        self.note(gettext_noop("暂停"), f"{_instant(begin)} — {_instant(end)}", pause.document)
        if not unit.in_days:
            self.moment += end - begin
            self.note(gettext_noop("顺延时长"), str(end - begin))
            return
        days = list(days_after(begin.date(), end.date()))
        if unit is Unit.WORKING_DAYS and days:
            self.look(days[0], days[-1])
            days = [day for day in days if self.calendar.is_workday(day)]
        self.note(
            gettext_noop("顺延天数") if unit is Unit.CALENDAR_DAYS else gettext_noop("顺延工作日"),
            str(len(days)),
        )
        if days:
            self._move_days(len(days), unit)

    def roll(self) -> None:
        """A period of calendar days does not end on a day off."""
        if self.last_unit is not Unit.CALENDAR_DAYS:
            return
        nominal = self.moment.date()
        last = self.calendar.next_workday(nominal)
        self.look(nominal, last)
        if last != nominal:
            entry = self.calendar.special(nominal)
            name = f"{nominal:%Y-%m-%d} {entry.name if entry else ''}".strip()
            self.note(gettext_noop("最后一日为休假日，顺延至下一工作日"), name, self.law["roll"])
            self.moment = day_end(last)

    def result(self) -> Due:
        provisional = False
        if self._looked_from and self._looked_until:
            provisional = self._note_versions(self._looked_from, self._looked_until)
        if self.last_unit.in_days:
            self.note(gettext_noop("截止时间"), _instant(self.moment), self.law["end"])
        else:
            self.note(gettext_noop("截止时间"), _instant(self.moment))
        return Due(self.moment, provisional, tuple(self.lines))

    def _note_versions(self, first: date, last: date) -> bool:
        """Name the versions that were asked; whether one of them may still change."""
        unsure = []
        for year in range(first.year, last.year + 1):
            plan = self.calendar.version_of(year)
            self.note(
                gettext_noop("工作日历版本"),
                plan.label if plan else f"{year}/0",
                plan.source if plan else "",
            )
            if plan is None or plan.provisional:
                unsure.append(str(year))
        if unsure:
            self.note(
                gettext_noop("待确认：该年放假安排尚未公布，公布后重新计算"), ", ".join(unsure)
            )
        return bool(unsure)


def fixed(day: date, *, calendar: WorkCalendar, rule: str) -> Due:
    """A duty dated by its rule ("11月25日前"): due at the end of that day, working day or not.

    The date is the rule's own and is not moved; the explanation says when it is a day off.
    ``rule`` names the clause.
    """
    lines: list[Line] = [
        {"text": gettext_noop("规定日期"), "value": f"{day:%Y-%m-%d}", "source": rule}
    ]
    if not calendar.is_workday(day):
        entry = calendar.special(day)
        lines.append(
            {
                "text": gettext_noop("规定日期为休假日，按规定日期执行，不顺延"),
                "value": entry.name if entry else "",
                "source": "",
            }
        )
    end = day_end(day)
    lines.append({"text": gettext_noop("截止时间"), "value": _instant(end), "source": ""})
    return Due(end, False, tuple(lines))


def day_end(day: date) -> datetime:
    """The last second of a day in Asia/Shanghai: 23:59:59."""
    return at(day, 23, 59, 59)


def lamp(
    now: datetime,
    due_at: datetime | None,
    *,
    done: bool = False,
    paused: bool = False,
    near: timedelta | datetime = DEFAULT_NEAR,
) -> str:
    """State of a deadline: ``ok``, ``near``, ``late``, ``pause`` or ``done``.

    ``near`` is how long before the deadline the lamp turns, or the instant at which it does.
    A deadline is kept up to its last second; without one there is nothing to miss.
    """
    if done:
        return "done"
    if paused:
        return "pause"
    if due_at is None:
        return "ok"
    # The second named 23:59:59 belongs to the period to its end.
    if now >= due_at + timedelta(seconds=1):
        return "late"
    turns = near if isinstance(near, datetime) else due_at - near
    return "near" if now >= turns else "ok"


def shown(explanation: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    """A stored explanation in the reader's language; lines that apps add themselves pass too."""
    for line in explanation:
        value, source = str(line.get("value", "")), str(line.get("source", ""))
        yield {
            "text": gettext(line["text"]),
            "value": gettext(value) if value in _LABELS else value,
            "source": gettext(source) if source else "",
        }


def _listed(extension: Allowance | Sequence[Allowance] | None) -> Sequence[Allowance]:
    if extension is None:
        return ()
    return (extension,) if isinstance(extension, Allowance) else extension


def _instant(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"


def _law(day: date) -> dict[str, str]:
    """The articles in force on a day, by what they rule."""
    if day >= CIVIL_CODE_SINCE:
        return {
            "days": gettext_noop("《民法典》第二百零一条第一款：开始的当日不计入"),
            "hours": gettext_noop("《民法典》第二百零一条第二款：自约定或规定的时间开始计算"),
            "roll": gettext_noop("《民法典》第二百零三条第一款"),
            "end": gettext_noop("《民法典》第二百零三条第二款：最后一日截止时间为二十四时"),
        }
    return {
        "days": gettext_noop(
            "《民法通则》第一百五十四条（现《民法典》第二百零一条）：开始的当日不计入"
        ),
        "hours": gettext_noop(
            "《民法通则》第一百五十四条（现《民法典》第二百零一条）：从规定时开始计算"
        ),
        "roll": gettext_noop("《民法通则》第一百五十四条（现《民法典》第二百零三条）"),
        "end": gettext_noop(
            "《民法通则》第一百五十四条（现《民法典》第二百零三条）：截止时间为二十四时"
        ),
    }


_COUNTED = {
    Unit.MINUTES: (gettext_noop("分钟（连续计算，含夜间和节假日）"), "hours"),
    Unit.HOURS: (gettext_noop("小时（连续计算，含夜间和节假日）"), "hours"),
    Unit.CALENDAR_DAYS: (gettext_noop("自然日"), "days"),
    Unit.WORKING_DAYS: (gettext_noop("工作日（含调休上班日）"), "days"),
}
_LABELS = {label for label, _rule in _COUNTED.values()}
