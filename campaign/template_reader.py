"""Reading a template's data against its shape: from YAML or from the table, never trusting it."""

from __future__ import annotations

import functools
import typing
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from difflib import get_close_matches
from types import SimpleNamespace
from typing import Any

import yaml
from django.utils.translation import gettext as _

from campaign import template_checks
from campaign.template_shape import (
    BETWEEN,
    CHOICES,
    LINE,
    LONGEST,
    Content,
    Problem,
    TemplateRefused,
)
from core import broken_yaml, catalogue_files

# A template lies about five deep; what lies deeper is no template, and could exhaust the reader.
DEEPEST = 20
OPENING = (
    yaml.BlockMappingStartToken,
    yaml.BlockSequenceStartToken,
    yaml.FlowMappingStartToken,
    yaml.FlowSequenceStartToken,
)
CLOSING = (yaml.BlockEndToken, yaml.FlowMappingEndToken, yaml.FlowSequenceEndToken)


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


def raw_data(text: str) -> Any:
    """The data of a YAML text, with the line of each mapping. Raises ``TemplateRefused``."""
    try:
        _guard(text)
        return yaml.load(text, Loader=_LineLoader)  # noqa: S506 (a SafeLoader that keeps lines)
    except yaml.YAMLError as error:
        found = broken_yaml.told(error)
        place, why, remedy = found.place, found.message, found.remedy
    except ValueError:
        # A number of thousands of digits, a hexadecimal one without any.
        place, why = _("文件"), _("含有无法识别的数字")
        remedy = str(broken_yaml.SAMPLE)
    raise TemplateRefused(
        [
            Problem(
                place,
                _("不是有效的 YAML：%(why)s") % {"why": why},
                remedy,
            )
        ]
    )


def _guard(text: str) -> None:
    """Refuse references (a few lines can stand for millions) and what lies too deep."""
    depth = 0
    for token in yaml.scan(text, Loader=catalogue_files.SafeLoader):
        if isinstance(token, yaml.AliasToken | yaml.AnchorToken):
            told = _("模板不使用引用（& 和 *）")
        else:
            depth += isinstance(token, OPENING) - isinstance(token, CLOSING)
            if depth <= DEEPEST:
                continue
            told = _("层次超过%(most)d层") % {"most": DEEPEST}
        raise yaml.MarkedYAMLError(problem=told, problem_mark=token.start_mark)


def plain(value: Any) -> Any:
    """The data without line marks, with dates as text."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != LINE}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date | time) else value


# Reading a template asks for them thousands of times, and a class never changes them.
_hints = functools.cache(typing.get_type_hints)


class Reader:
    """Walks the dataclasses' type hints beside the data and collects faults."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def content(self, data: Any) -> Content | None:
        """The content with all its faults: those of the shape, and what the shape cannot see."""
        found = self._record(Content, data, "", None)
        if isinstance(data, dict):
            # What could be read of a faulty one is checked as well, so that all is told at once.
            self.problems += template_checks.problems(found or self._halves(data))
        return typing.cast("Content | None", found)

    def _halves(self, data: dict[str, Any]) -> Any:
        """What could be read, each record on its own; the faults of it have been told."""
        quiet = Reader()
        hints = _hints(Content)
        read = {
            name: quiet.read(hints[name], data[name], "") if name in data else None
            for name in hints
        }
        return SimpleNamespace(**read)

    def fault(self, place: str, message: str, remedy: str = "", line: int | None = None) -> None:
        shown = place or _("模板")
        if line:
            shown = _("%(place)s（第 %(line)d 行）") % {"place": shown, "line": line}
        self.problems.append(Problem(shown, message, remedy))

    def read(self, shape: Any, value: Any, place: str, line: int | None = None) -> Any:
        origin = typing.get_origin(shape)
        if origin is tuple:
            return self._tuple(typing.get_args(shape)[0], value, place, line)
        if is_dataclass(shape):
            return self._record(typing.cast(type, shape), value, place, line)
        return self._scalar(shape, value, place, line)

    def _tuple(self, shape: Any, value: Any, place: str, line: int | None) -> tuple[Any, ...]:
        if not isinstance(value, list | tuple):
            remedy = _("每项一行，以“- ”开头；没有的写 []。")
            self.fault(place, _("应为列表。"), remedy, line)
            return ()
        return tuple(
            self.read(shape, item, f"{place}[{number}]", line)
            for number, item in enumerate(value, start=1)
        )

    def _record(self, shape: type, value: Any, place: str, line: int | None) -> Any:
        if not isinstance(value, dict):
            self.fault(place, _("应为一组“键: 值”。"), _("请对照样本模板补全各项。"), line)
            return None
        line = value.get(LINE, line)
        hints = _hints(shape)
        known = {f.name: f for f in fields(shape)}
        before = len(self.problems)
        for key in value:
            if key not in known and key != LINE:
                self._unknown(_under(place, str(key)), str(key), list(known), line)
        read: dict[str, Any] = {}
        for name, definition in known.items():
            inner = _under(place, name)
            if name in value:
                read[name] = self.read(hints[name], value[name], inner, line)
                for message, remedy in _limits(shape, name, read[name]):
                    self.fault(inner, message, remedy, line)
            elif definition.default is MISSING:
                self.fault(inner, _("缺少此项。"), _("请补上“%(key)s: …”。") % {"key": name}, line)
        return shape(**read) if len(self.problems) == before else None

    def _unknown(self, place: str, key: str, known: list[str], line: int | None) -> None:
        near = get_close_matches(key, known, n=1)
        remedy = (
            _("是否应为“%(near)s”？") % {"near": near[0]}
            if near
            else _("请删除，可用的项目：%(known)s。") % {"known": "、".join(known)}
        )
        self.fault(place, _("不认识的项目。"), remedy, line)

    def _scalar(self, shape: type, value: Any, place: str, line: int | None) -> Any:
        try:
            return _SCALARS[shape](value)
        except (ValueError, TypeError):
            self.fault(place, _("应为%(what)s。") % {"what": _what(shape)}, _sample(shape), line)
            return None


def _limits(shape: type, name: str, value: Any) -> Iterator[tuple[str, str]]:
    """What is wrong with a value of the right type: message and remedy."""
    key = (shape, name)
    if isinstance(value, str):
        allowed, longest = CHOICES.get(key), LONGEST.get(key)
        if allowed and value not in allowed:
            told = {"value": value[:40], "allowed": "、".join(allowed)}
            yield (
                _("“%(value)s”不在可选值之内：%(allowed)s。") % told,
                _("请改为可选值之一。"),
            )
        if longest and len(value) > longest:
            told = {"most": longest, "now": len(value)}
            yield (
                _("最多%(most)d个字，现有%(now)d个字。") % told,
                _("请缩短到%(most)d个字以内。") % told,
            )
    elif isinstance(value, int) and key in BETWEEN:
        low, high = BETWEEN[key]
        if value < low:
            yield _("至少为%(low)d。") % {"low": low}, _range_remedy(low, high)
        elif value > high:
            yield _("至多为%(high)d。") % {"high": high}, _range_remedy(low, high)


def _range_remedy(low: int, high: int) -> str:
    return _("请填%(low)d至%(high)d之间的整数。") % {"low": low, "high": high}


def _under(place: str, name: str) -> str:
    return f"{place}.{name}" if place else name


def _text(value: Any) -> str:
    # PostgreSQL takes no NUL, and no official text holds one.
    if not isinstance(value, str) or not value.strip() or "\x00" in value:
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
    found = value if isinstance(value, time) else time.fromisoformat(value)
    if found.tzinfo is not None:
        # All hours are of one zone; a column of times takes no other.
        raise ValueError
    return found


_SCALARS: dict[Any, Any] = {str: _text, int: _number, bool: _flag, date: _date, time: _time}


def _what(shape: Any) -> str:
    return {
        str: _("非空文字"),
        int: _("整数"),
        bool: _("true 或 false"),
        date: _("日期（年-月-日）"),
        time: _("时刻（时:分）"),
    }.get(shape, str(shape))


def _sample(shape: Any) -> str:
    return {
        str: _("请填写文字；以数字或符号开头的加引号。"),
        int: _("请填写不带引号和单位的整数，如 5。"),
        bool: _("请填写 true（是）或 false（否）。"),
        date: _("请填写存在的日期，如 2027-03-01。"),
        time: _('请填写带引号的时刻，如 "09:00"。'),
    }.get(shape, "")
