"""How duties are shown: lamp, word and countdown, the same on board, page, desk and export."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from campaign.models import Duty
from campaign.workflow import DutyState
from core import clock, sla
from core.workdays import WorkCalendar

# The lamp turns so many working days before the deadline.
NEAR_WORKDAYS = 2


@dataclass(frozen=True)
class Shown:
    """A duty's state for people: lamp, the word beside it, and a line below."""

    lamp: str
    text: str
    note: str


def countdown(due_at: datetime, *, now: datetime, calendar: WorkCalendar) -> str:
    """How long is left or over, in working days."""
    today, due_on = clock.day_of(now), clock.day_of(due_at)
    if now > due_at:
        days = calendar.count_workdays(due_on, today)
        return _("逾期%(days)d个工作日") % {"days": days} if days else _("已逾期")
    if today == due_on:
        return _("今日到期")
    days = calendar.count_workdays(today, due_on)
    return _("剩%(days)d个工作日") % {"days": days} if days else _("剩不足1个工作日")


def lamp_of(duty: Duty, *, now: datetime, calendar: WorkCalendar) -> str:
    """One of ok, near, late, pause, done."""
    if duty.state in (DutyState.WAITING, DutyState.EXEMPTED, DutyState.WITHDRAWN):
        return "pause"
    if duty.state == DutyState.ACCEPTED:
        return "done"
    if duty.state == DutyState.SUBMITTED:
        return "ok"
    turns = clock.at(calendar.add_workdays(clock.day_of(duty.due_at), -NEAR_WORKDAYS))
    lamp = sla.lamp(now, duty.due_at, near=turns)
    # What came back has been wanting once already: it is never shown as all right.
    return "near" if duty.state == DutyState.RETURNED and lamp == "ok" else lamp


def shown(duty: Duty, *, now: datetime, calendar: WorkCalendar) -> Shown:
    """The whole cell of a duty."""
    lamp = lamp_of(duty, now=now, calendar=calendar)
    label = str(duty.get_state_display())
    late = duty.is_late_at(now)
    if duty.state in (DutyState.OPEN, DutyState.RETURNED):
        rest = countdown(duty.due_at, now=now, calendar=calendar)
        if duty.state == DutyState.OPEN:
            return Shown(lamp, rest, _("未报送"))
        return Shown(lamp, label, rest)
    if duty.state == DutyState.WAITING:
        return Shown(
            lamp, label, _("%(day)s启动") % {"day": f"{clock.day_of(duty.opens_at):%m-%d}"}
        )
    if duty.state in (DutyState.SUBMITTED, DutyState.ACCEPTED) and duty.first_submitted_at:
        day = f"{clock.day_of(duty.first_submitted_at):%m-%d}"
        note = _("%(day)s逾期报送") if late else _("%(day)s报送")
        return Shown(lamp, label, note % {"day": day})
    return Shown(lamp, label, "")


def sections(text: str) -> list[tuple[str, list[str]]]:
    """A campaign's full text as headings (lines beginning with ``## ``) with their paragraphs."""
    found: list[tuple[str, list[str]]] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("## "):
            found.append((line.removeprefix("## "), []))
        elif found:
            found[-1][1].append(line)
        else:
            found.append(("", [line]))
    return found
