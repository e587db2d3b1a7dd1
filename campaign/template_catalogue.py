"""What a template may choose from: forms of duties, reports, checklists; and what is missing.

The forms that duties are reported on, and the kinds of reports, belong to upper apps: they say
through ``register`` what they have on a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaign import scheduling
from campaign.models import Checklist
from campaign.scheduling import Fault, Span
from campaign.template_moving import anchored
from campaign.template_shape import Content, DutyPlan, Problem
from core.workdays import WorkCalendar

PARTS, REPORTS = "parts", "reports"


@dataclass(frozen=True)
class Choice:
    """One entry: its code, its name, and for a report the number of its phase."""

    code: str
    name: str
    phase: int | None = None


Source = Callable[[date], list[Choice]]
_sources: dict[str, Source] = {}


def register(kind: str, source: Source) -> None:
    """``source(day)`` lists what can be chosen on a day, in order."""
    _sources[kind] = source


@dataclass(frozen=True)
class Catalogue:
    """Everything that can be chosen on a day."""

    parts: tuple[Choice, ...]
    reports: tuple[Choice, ...]
    checklists: tuple[Choice, ...]


def catalogue(*, on: date) -> Catalogue:
    """What can be chosen on a day."""
    found = {kind: tuple(source(on)) for kind, source in _sources.items()}
    lists = Checklist.objects.in_force(on=on).order_by("code", "-valid_from")
    checklists = {one.code: Choice(one.code, one.title) for one in reversed(lists)}
    return Catalogue(
        found.get(PARTS, ()),
        found.get(REPORTS, ()),
        tuple(sorted(checklists.values(), key=lambda one: one.code)),
    )


def problems(
    content: Content, *, catalogue: Catalogue, calendar: WorkCalendar, on: date
) -> list[Problem]:
    """What is wrong with a content that can be read, here and now; hints come last."""
    return [
        *_unknown(content, catalogue),
        *_dates(content, on=on),
        *_hints(content, calendar),
    ]


def _unknown(content: Content, catalogue: Catalogue) -> Iterator[Problem]:
    parts = {one.code for one in catalogue.parts}
    for number, duty in enumerate(content.duties, start=1):
        for code in duty.parts:
            if code not in parts:
                yield Problem(
                    f"duties[{number}].parts",
                    _("没有代码为“%(code)s”的报送表单。") % {"code": code},
                    _("请从报送表单目录中选择。"),
                )
    reports = {one.code: one for one in catalogue.reports}
    phases = {phase.number for phase in content.phases}
    for code in content.reports:
        if code not in reports:
            yield Problem(
                "reports",
                _("没有代码为“%(code)s”的报告模板。") % {"code": code},
                _("请从报告模板目录中选择。"),
            )
        elif reports[code].phase not in phases:
            told = {"name": reports[code].name, "number": reports[code].phase}
            yield Problem(
                "reports",
                _("“%(name)s”用于第%(number)s阶段，本模板没有这一阶段。") % told,
                _("请另选报告模板，或者增加阶段。"),
            )
    checklists = {one.code for one in catalogue.checklists}
    for code in sorted(set(content.checklists) - checklists):
        yield Problem(
            "checklists",
            _("没有代码为“%(code)s”的检查表。") % {"code": code},
            _("请从检查表目录中选择。"),
        )


def _dates(content: Content, *, on: date) -> Iterator[Problem]:
    """Days too far from today, a campaign that lasts too long: the rules of the wizard."""
    found = [
        Span("phase", number, phase.name, phase.starts_on, phase.ends_on)
        for number, phase in enumerate(content.phases, start=1)
    ]
    found += [
        Span("duty", number, duty.title, duty.opens_on, duty.due.date)
        for number, duty in enumerate(content.duties, start=1)
    ]
    for fault in scheduling.faults(found, scheduling.bounds(on=on)):
        yield Problem(_place(fault), fault.message, _("请改动日期，或者重新推算各日期。"))


def _place(fault: Fault) -> str:
    first = fault.end == scheduling.FIRST
    if fault.kind == "phase":
        return f"phases[{fault.key}].{'starts_on' if first else 'ends_on'}"
    return f"duties[{fault.key}].{'opens_on' if first else 'due.date'}"


def _hints(content: Content, calendar: WorkCalendar) -> Iterator[Problem]:
    """What is allowed and still worth a look."""
    for number, duty in enumerate(content.duties, start=1):
        if not calendar.is_workday(duty.due.date):
            told = {"day": duty.due.date, "next": calendar.next_workday(duty.due.date)}
            yield Problem(
                f"duties[{number}].due.date",
                _("截止日%(day)s不是工作日。") % told,
                _("如无特别规定，可改为%(next)s。") % told,
                soft=True,
            )
        yield from _outdated(number, duty, content, calendar)
        if not duty.parts and duty.kind == "report":
            yield Problem(
                f"duties[{number}].parts",
                _("报告类任务没有选择报送表单。"),
                _("不选的，承办单位在线上无表可填。"),
                soft=True,
            )
    years = sorted({day.year for day in _days(content) if calendar.is_provisional(day)})
    if years:
        yield Problem(
            _("日期"),
            _("%(years)s年的放假安排尚未公布，有关日期待确认。")
            % {"years": "、".join(str(year) for year in years)},
            _("公布后请核对有关日期，按工作日推算的可重新编制。"),
            soft=True,
        )
    if not content.ladder.steps:
        yield Problem("ladder.steps", _("没有催报规则。"), _("到期前后将不提醒任何人。"), soft=True)


def _outdated(
    number: int, duty: DutyPlan, content: Content, calendar: WorkCalendar
) -> Iterator[Problem]:
    """A deadline counted from its phase whose day a later calendar would set otherwise."""
    phase = next((phase for phase in content.phases if phase.number == duty.phase), None)
    if phase is None or duty.due.anchor == "none":
        return
    rule = {"anchor": duty.due.anchor, "workdays": duty.due.workdays}
    ends = {"starts_on": phase.starts_on.isoformat(), "ends_on": phase.ends_on.isoformat()}
    if (day := anchored(rule, ends, calendar)) != duty.due.date:
        yield Problem(
            f"duties[{number}].due.date",
            _("按期限规则和现行工作日历应为%(day)s。") % {"day": day},
            _("打开这项任务再保存一次，即按规则更新。"),
            soft=True,
        )


def _days(content: Content) -> list[date]:
    days: list[Any] = [duty.due.date for duty in content.duties]
    return days + [phase.ends_on for phase in content.phases]
