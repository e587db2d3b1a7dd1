"""Moving the dates of a campaign to another start, by working days, with each step explained.

Every date keeps its distance in working days from the first day: what was due on the twentieth
working day is due on the twentieth again, whatever holidays and make-up days lie between. Pure.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.workdays import WorkCalendar

ANCHORS = ("phase_start", "phase_end")


@dataclass(frozen=True)
class Moved:
    """One date with where it was, where it went, and why."""

    name: str
    what: str  # "first" or "last"
    old: str
    new: str
    workdays: int
    provisional: bool
    why: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def move(
    content: dict[str, Any], *, start: date, calendar: WorkCalendar
) -> tuple[dict[str, Any], list[Moved]]:
    """A copy of plain content that begins on ``start``, or on the first working day after it."""
    made = deepcopy(content)
    mover = _Mover(date.fromisoformat(content["starts_on"]), start, calendar)
    for phase in made["phases"]:
        mover.take(phase, "starts_on", phase["name"], "first")
        mover.take(phase, "ends_on", phase["name"], "last")
    for duty in made["duties"]:
        mover.take(duty, "opens_on", duty["title"], "first")
        mover.take(duty["due"], "date", duty["title"], "last")
        if duty["due"].get("anchor", "none") == "none":
            duty["due"]["wording"] = wording(duty)
    return settled(made, calendar=calendar), mover.moved


def settled(content: dict[str, Any], *, calendar: WorkCalendar) -> dict[str, Any]:
    """The same with what follows from other entries: the campaign's first and last day, and due
    dates that are counted from a phase."""
    phases = {phase["number"]: phase for phase in content["phases"]}
    if phases:
        content["starts_on"] = content["phases"][0]["starts_on"]
        content["ends_on"] = content["phases"][-1]["ends_on"]
    for duty in content["duties"]:
        due, phase = duty["due"], phases.get(duty["phase"])
        if due.get("anchor") in ANCHORS and phase is not None:
            due["date"] = anchored(due, phase, calendar).isoformat()
            due["wording"] = anchor_wording(due, phase)
    return content


def anchored(due: dict[str, Any], phase: dict[str, Any], calendar: WorkCalendar) -> date:
    """The day that an anchor gives: counted from the phase's first day, or back from its last."""
    count = due.get("workdays", 0)
    if due["anchor"] == "phase_start":
        return calendar.add_workdays(date.fromisoformat(phase["starts_on"]), count)
    return calendar.add_workdays(date.fromisoformat(phase["ends_on"]), -count)


def anchor_wording(due: dict[str, Any], phase: dict[str, Any]) -> str:
    """The rule of an anchored deadline, as a plan would say it."""
    told = {"name": phase["name"], "days": due.get("workdays", 0)}
    if due["anchor"] == "phase_start":
        return _("“%(name)s”阶段启动后%(days)d个工作日内") % told
    if not told["days"]:
        return _("“%(name)s”阶段结束前") % told
    return _("“%(name)s”阶段结束%(days)d个工作日前") % told


def wording(duty: dict[str, Any]) -> str:
    """A dated deadline in words, in the manner of the one before it."""
    old, due = duty["due"].get("wording", ""), _written(duty["due"]["date"])
    if "至" in old:
        return _("%(first)s至%(last)s") % {"first": _written(duty["opens_on"]), "last": due}
    return _("%(day)s前") % {"day": due} if old.endswith("前") or not old else due


def _written(day: str) -> str:
    when = date.fromisoformat(day)
    return f"{when.year}年{when.month}月{when.day}日"


class _Mover:
    """Knows both first days, and collects what it moved."""

    def __init__(self, old: date, new: date, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        self.asked = new
        self.old, self.new = calendar.next_workday(old), calendar.next_workday(new)
        self.moved: list[Moved] = []

    def take(self, row: dict[str, Any], key: str, name: str, what: str) -> None:
        """Move one date of a row."""
        old = date.fromisoformat(row[key])
        worked = self.calendar.is_workday(old)
        count = self.calendar.count_workdays(self.old, old)
        if not worked and what == "first":
            # A first day on which nobody works begins with the next one that is worked.
            count += 1
        new = self.calendar.add_workdays(self.new, count)
        row[key] = new.isoformat()
        provisional = any(
            self.calendar.is_provisional(date(year, 12, 31))
            for year in range(self.new.year, new.year + 1)
        )
        why = self._why(count, worked, what, provisional)
        self.moved.append(Moved(name, what, old.isoformat(), row[key], count, provisional, why))

    def _why(self, count: int, worked: bool, what: str, provisional: bool) -> str:
        lines = [_("原为首日后第%(count)d个工作日，按新的首日重新数起") % {"count": count}]
        if not count:
            lines = [_("首日")]
            if self.new != self.asked:
                lines.append(_("所选日期不是工作日，顺延到下一个工作日"))
        if not worked:
            lines.append(
                _("原日期不是工作日，取其后一个工作日")
                if what == "first"
                else _("原日期不是工作日，取其前一个工作日")
            )
        if provisional:
            lines.append(_("含放假安排尚未公布的年份，待确认"))
        return "；".join(lines)
