"""What the shape of a template alone cannot see: whether its parts fit each other. Pure.

Each fault names the place, what is wrong and how to mend it. Records that could not be read are
left out (None): their own faults have been told already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.utils.translation import gettext as _

from campaign.template_shape import DutyPlan, ObjectiveNode, PhasePlan, Problem

# Codes name form fields, files and commands.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def problems(content: Any) -> list[Problem]:
    """Every fault between the parts of a content, or of what could be read of it."""
    return [
        *_codes(content),
        *_groups(content),
        *_phases(content),
        *_span(content),
        *_duties(content),
        *_rungs(content),
    ]


def _rows(rows: Any) -> list[tuple[int, Any]]:
    """(place in the list from 1, row) of those that could be read."""
    return [(n, row) for n, row in enumerate(rows or (), start=1) if row is not None]


def _nodes(content: Any) -> list[ObjectiveNode]:
    return [node for _n, root in _rows(content.objectives) for node in root.walk()]


def _codes(content: Any) -> Iterator[Problem]:
    ladder = content.ladder
    steps = [step.code for _n, step in _rows(ladder.steps)] if ladder else []
    duties = [duty.code for _n, duty in _rows(content.duties)]
    yield from _unique("phases", [str(phase.number) for _n, phase in _rows(content.phases)])
    yield from _unique("duties", duties)
    yield from _unique("objectives", [node.code for node in _nodes(content)])
    yield from _unique("ladder.steps", steps)
    for place, rows in (("principles", content.principles), ("goals", content.goals)):
        yield from _unique(place, [row.code for _n, row in _rows(rows)])
    yield from _unique("groups", [group.kind for _n, group in _rows(content.groups)])
    listed = (("code", [content.code or ""]), ("duties", duties), ("ladder.steps", steps))
    for place, codes in listed:
        for code in codes:
            if code and not CODE.fullmatch(code):
                yield Problem(
                    place,
                    _("代码“%(code)s”含有不能用的字符。") % {"code": code},
                    _("代码只用字母、数字、点、下划线和连字符。"),
                )


def _unique(place: str, codes: Sequence[str]) -> Iterator[Problem]:
    for code in sorted({code for code in codes if codes.count(code) > 1}):
        yield Problem(
            place,
            _("“%(code)s”出现不止一次。") % {"code": code},
            _("请改为互不相同，或者删除重复的一项。"),
        )


def _groups(content: Any) -> Iterator[Problem]:
    for place, rows in (("phases", content.phases), ("duties", content.duties)):
        if rows == ():
            yield Problem(place, _("至少要有一项。"), _("请添加后再检查。"))


def _phases(content: Any) -> Iterator[Problem]:
    after: PhasePlan | None = None
    for number, phase in _rows(content.phases):
        place = f"phases[{number}]"
        told = {"first": phase.starts_on, "last": phase.ends_on, "number": number}
        if phase.ends_on < phase.starts_on:
            yield Problem(
                place,
                _("结束日期早于开始日期。"),
                _("请把结束日期改到%(first)s或以后。") % told,
            )
        if after is not None and phase.starts_on <= after.ends_on:
            yield Problem(
                place,
                _("与上一阶段的日期重叠。"),
                _("请把开始日期改到%(last)s以后。") % {"last": after.ends_on},
            )
        if phase.number != number and None not in content.phases:
            yield Problem(
                f"{place}.number",
                _("阶段序号应从1起连续排列。"),
                _("此处应为%(number)d。") % told,
            )
        after = phase


def _span(content: Any) -> Iterator[Problem]:
    """A campaign begins with its first phase and ends with its last."""
    phases = content.phases or ()
    if not phases or None in phases:
        return
    ends = (
        ("starts_on", content.starts_on, phases[0].starts_on),
        ("ends_on", content.ends_on, phases[-1].ends_on),
    )
    for place, said, meant in ends:
        if said is not None and said != meant:
            yield Problem(
                place,
                _("与阶段的起止日期不一致。"),
                _("按阶段安排应为%(day)s。") % {"day": meant},
            )


def _duties(content: Any) -> Iterator[Problem]:
    phases = content.phases or ()
    numbers = {phase.number: phase for phase in phases if phase is not None}
    known = {node.code for node in _nodes(content)}
    for number, duty in _rows(content.duties):
        place = f"duties[{number}]"
        if duty.phase not in numbers and None not in phases:
            yield Problem(
                f"{place}.phase",
                _("没有第%(number)d阶段。") % {"number": duty.phase},
                _("现有阶段：%(known)s。") % {"known": _listed(numbers)},
            )
        yield from _due(place, duty, phases)
        for code in sorted(set(duty.objectives) - known) if _whole(content.objectives) else ():
            yield Problem(
                f"{place}.objectives",
                _("没有代码为“%(code)s”的目标任务。") % {"code": code},
                _("请先在 objectives 中列出，或者从这项任务中删除。"),
            )


def _due(place: str, duty: DutyPlan, phases: Sequence[PhasePlan | None]) -> Iterator[Problem]:
    if duty.due.date < duty.opens_on:
        yield Problem(
            f"{place}.due.date",
            _("截止日期早于起始日期。"),
            _("请把截止日期改到%(day)s或以后。") % {"day": duty.opens_on},
        )
    dated = [phase for phase in phases if phase is not None]
    if not dated or None in phases:
        return
    begins, ends = dated[0].starts_on, dated[-1].ends_on
    if not begins <= duty.due.date <= ends:
        yield Problem(
            f"{place}.due.date",
            _("截止日期不在专项行动期间。"),
            _("请改到%(first)s至%(last)s之间，或者调整阶段。") % {"first": begins, "last": ends},
        )


def _rungs(content: Any) -> Iterator[Problem]:
    if content.ladder is None:
        return
    seen: dict[tuple[int, str, Any], str] = {}
    for number, step in _rows(content.ladder.steps):
        key = (step.offset, step.audience, step.hour)
        if key in seen:
            yield Problem(
                f"ladder.steps[{number}]",
                _("与“%(other)s”在同一时刻发给同一对象。") % {"other": seen[key]},
                _("请改动天数或时刻，或者删除其中一条。"),
            )
        seen[key] = step.code


def _whole(rows: Any) -> bool:
    return rows is not None and None not in rows


def _listed(numbers: Iterable[int]) -> str:
    return "、".join(str(number) for number in sorted(numbers)) or _("无")
