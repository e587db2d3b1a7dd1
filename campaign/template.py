"""Campaign templates: the shape of their content, read strictly, with every fault named at once.

``parse`` turns the stored or written content into frozen values; ``load`` reads a YAML file. A
fault is told in Chinese with its place, for example ``duties[4].due.date（第 212 行）``.
"""

from __future__ import annotations

import typing
from collections.abc import Iterator
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, time
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from core import catalogue_files
from core.errors import Refused

LINE = "__line__"


@dataclass(frozen=True)
class Problem:
    """One fault of a template."""

    place: str
    message: str

    def __str__(self) -> str:
        return _("%(place)s：%(message)s") % {"place": self.place, "message": self.message}


class TemplateRefused(Refused):
    """The content is no template; ``problems`` names every fault."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(str(problem) for problem in problems))


@dataclass(frozen=True)
class Section:
    heading: str
    paragraphs: tuple[str, ...]
    clause: str = ""


@dataclass(frozen=True)
class Statement:
    """A principle or a goal."""

    code: str
    clause: str
    name: str
    text: str


@dataclass(frozen=True)
class ObjectiveNode:
    code: str
    kind: str
    clause: str
    name: str
    children: tuple[ObjectiveNode, ...] = ()

    def walk(self) -> Iterator[ObjectiveNode]:
        yield self
        for child in self.children:
            yield from child.walk()


@dataclass(frozen=True)
class CheckItem:
    text: str
    clause: str = ""


@dataclass(frozen=True)
class PhasePlan:
    number: int
    name: str
    starts_on: date
    ends_on: date
    clause: str = ""
    checks: tuple[CheckItem, ...] = ()


@dataclass(frozen=True)
class DueRule:
    """A dated deadline: the duty is in time until the end of that day (23:59:59)."""

    date: date
    wording: str
    source: str


@dataclass(frozen=True)
class DutyPlan:
    code: str
    phase: int
    title: str
    short_title: str
    clauses: tuple[str, ...]
    kind: str
    party: str
    recipient: str
    opens_on: date
    due: DueRule
    copy: str = "none"
    parts: tuple[str, ...] = ()
    certified_by: str = ""
    objectives: tuple[str, ...] = ()
    livelihood: bool = False


@dataclass(frozen=True)
class StepPlan:
    code: str
    offset: int
    hour: time
    audience: str
    text: str


@dataclass(frozen=True)
class Ladder:
    steps: tuple[StepPlan, ...]
    digest: bool = True
    letters_per_day: int = 1


@dataclass(frozen=True)
class GroupPlan:
    kind: str
    name: str
    duties: str
    clause: str = ""
    office_department: str = ""
    office_duties: str = ""


@dataclass(frozen=True)
class Content:
    """Everything that a campaign is made from."""

    code: str
    version: int
    valid_from: date
    name: str
    starts_on: date
    ends_on: date
    phases: tuple[PhasePlan, ...]
    duties: tuple[DutyPlan, ...]
    ladder: Ladder
    clauses: tuple[str, ...] = ()
    text: tuple[Section, ...] = ()
    principles: tuple[Statement, ...] = ()
    goals: tuple[Statement, ...] = ()
    objectives: tuple[ObjectiveNode, ...] = ()
    groups: tuple[GroupPlan, ...] = field(default=())

    def nodes(self) -> list[ObjectiveNode]:
        """Every node of the duty tree, parents first."""
        return [node for root in self.objectives for node in root.walk()]


CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (ObjectiveNode, "kind"): ("protection", "guarantee", "implementation", "measure"),
    (DutyPlan, "kind"): ("report", "task", "meeting", "document"),
    (DutyPlan, "party"): ("executors", "issuer", "supervisors"),
    (DutyPlan, "recipient"): ("supervisor", "self", "national"),
    (DutyPlan, "copy"): ("territory", "none"),
    (StepPlan, "audience"): ("person", "leader"),
    (GroupPlan, "kind"): ("leading", "joint"),
}


def parse(content: Any) -> Content:
    """Read stored content. Raises ``TemplateRefused`` with all faults."""
    reader = _Reader()
    parsed = reader.read(Content, content, "")
    if not reader.problems:
        reader.cross_check(parsed)
    if reader.problems:
        raise TemplateRefused(reader.problems)
    return typing.cast(Content, parsed)


def load(path: Path) -> tuple[Content, dict[str, Any]]:
    """Read a YAML file: the parsed content, and the same as plain JSON data for the table."""
    return read_text(path.read_text(encoding="utf-8"))


def read_text(text: str) -> tuple[Content, dict[str, Any]]:
    """The same from a text. Raises ``TemplateRefused``."""
    try:
        raw = yaml.load(text, Loader=_LineLoader)  # noqa: S506 (a SafeLoader that keeps lines)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = _("第 %(line)d 行") % {"line": mark.line + 1} if mark else _("文件")
        why = getattr(error, "problem", None) or _("含有无法识别的字符")
        raise TemplateRefused(
            [Problem(place, _("不是有效的 YAML：%(why)s") % {"why": why})]
        ) from error
    return parse(raw), typing.cast("dict[str, Any]", plain(raw))


def plain(value: Any) -> Any:
    """The data without line marks, with dates as text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != LINE}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


class _LineLoader(catalogue_files.SafeLoader):
    """Keeps the line of every mapping and refuses a key that stands twice."""


def _mapping(loader: _LineLoader, node: yaml.MappingNode) -> dict[str, Any]:
    keys = [key.value for key, _value in node.value if isinstance(key, yaml.ScalarNode)]
    if twice := {key for key in keys if keys.count(key) > 1}:
        raise yaml.MarkedYAMLError(
            problem=_("键“%(key)s”重复") % {"key": sorted(twice)[0]}, problem_mark=node.start_mark
        )
    return {**loader.construct_mapping(node, deep=True), LINE: node.start_mark.line + 1}


# A date that does not exist is to be named with its place, so dates are read later, by ``_date``.
_LineLoader.add_constructor("tag:yaml.org,2002:timestamp", _LineLoader.construct_scalar)
_LineLoader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


class _Reader:
    """Walks the dataclasses' type hints beside the data and collects faults."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def fault(self, place: str, message: str, line: int | None = None) -> None:
        shown = place or _("模板")
        if line:
            shown = _("%(place)s（第 %(line)d 行）") % {"place": shown, "line": line}
        self.problems.append(Problem(shown, message))

    def read(self, shape: Any, value: Any, place: str, line: int | None = None) -> Any:
        origin = typing.get_origin(shape)
        if origin is tuple:
            return self._tuple(typing.get_args(shape)[0], value, place, line)
        if is_dataclass(shape):
            return self._record(typing.cast(type, shape), value, place, line)
        return self._scalar(shape, value, place, line)

    def _tuple(self, shape: Any, value: Any, place: str, line: int | None) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            self.fault(place, _("应为列表。"), line)
            return ()
        return tuple(
            self.read(shape, item, f"{place}[{number}]", line)
            for number, item in enumerate(value, start=1)
        )

    def _record(self, shape: type, value: Any, place: str, line: int | None) -> Any:
        if not isinstance(value, dict):
            self.fault(place, _("应为一组“键: 值”。"), line)
            return None
        line = value.get(LINE, line)
        hints = typing.get_type_hints(shape)
        known = {f.name: f for f in fields(shape)}
        for key in value:
            if key not in known and key != LINE:
                self.fault(_under(place, str(key)), _("不认识的项目。"), line)
        read: dict[str, Any] = {}
        before = len(self.problems)
        for name, definition in known.items():
            inner = _under(place, name)
            if name in value:
                read[name] = self.read(hints[name], value[name], inner, line)
                self._choice(shape, name, read[name], inner, line)
            elif definition.default is MISSING:
                self.fault(inner, _("缺少此项。"), line)
        return shape(**read) if len(self.problems) == before else None

    def _choice(self, shape: type, name: str, value: Any, place: str, line: int | None) -> None:
        allowed = CHOICES.get((shape, name))
        if allowed and isinstance(value, str) and value not in allowed:
            self.fault(
                place,
                _("“%(value)s”不在可选值之内：%(allowed)s。")
                % {"value": value, "allowed": "、".join(allowed)},
                line,
            )

    def _scalar(self, shape: type, value: Any, place: str, line: int | None) -> Any:
        try:
            return _SCALARS[shape](value)
        except (ValueError, TypeError):
            self.fault(place, _("应为%(what)s。") % {"what": _what(shape)}, line)
            return None

    def cross_check(self, content: Content) -> None:
        """What the shape alone cannot see."""
        self._unique("phases", [str(p.number) for p in content.phases])
        self._unique("duties", [d.code for d in content.duties])
        self._unique("objectives", [n.code for n in content.nodes()])
        self._unique("ladder.steps", [s.code for s in content.ladder.steps])
        if content.ladder.letters_per_day < 1:
            self.fault("ladder.letters_per_day", _("至少为1。"))
        after = None
        for number, phase in enumerate(content.phases, start=1):
            place = f"phases[{number}]"
            if phase.ends_on < phase.starts_on:
                self.fault(place, _("结束日期早于开始日期。"))
            if after is not None and phase.starts_on <= after:
                self.fault(place, _("与上一阶段的日期重叠。"))
            after = phase.ends_on
        self._duties(content)

    def _duties(self, content: Content) -> None:
        numbers = {phase.number for phase in content.phases}
        codes = {node.code for node in content.nodes()}
        for number, duty in enumerate(content.duties, start=1):
            place = f"duties[{number}]"
            if duty.phase not in numbers:
                self.fault(f"{place}.phase", _("没有第%(number)d阶段。") % {"number": duty.phase})
            if duty.due.date < duty.opens_on:
                self.fault(f"{place}.due.date", _("截止日期早于起始日期。"))
            for code in sorted(set(duty.objectives) - codes):
                self.fault(
                    f"{place}.objectives", _("没有代码为“%(code)s”的目标任务。") % {"code": code}
                )

    def _unique(self, place: str, codes: list[str]) -> None:
        for code in sorted({code for code in codes if codes.count(code) > 1}):
            self.fault(place, _("“%(code)s”出现不止一次。") % {"code": code})


def _under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError
    return value.strip()


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _date(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(value)


def _time(value: Any) -> time:
    return value if isinstance(value, time) else time.fromisoformat(value)


_SCALARS: dict[Any, Any] = {str: _text, int: _number, bool: _flag, date: _date, time: _time}


def _what(shape: Any) -> str:
    return {
        str: _("非空文字"),
        int: _("整数"),
        bool: _("true 或 false"),
        date: _("日期（年-月-日）"),
        time: _("时刻（时:分）"),
    }.get(shape, str(shape))
