"""The named rules that a definition may use on a row or over all rows.

A definition names a rule and gives its parameters; nothing in a definition is ever evaluated as
code. ``examine`` refuses wrong parameters when the definition is loaded, ``run`` finds the
problems. Values that are empty or were refused already are None here and left alone.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.sheets import values

if TYPE_CHECKING:
    from core.sheets.definition import Check, Form


class Row(dict[str, Any]):
    """The stored values of one row, and the columns whose value was refused already."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: set[str] = set()

    def lacks(self, key: str) -> bool:
        """Whether nothing was filled in there (a value that was refused is not nothing)."""
        return self.get(key) in (None, "") and key not in self.refused


@dataclass(frozen=True)
class Found:
    """A broken rule: which row (None: all of them), which column, what and how to mend it."""

    index: int | None
    key: str
    message: str
    remedy: str
    value: Any = None
    # Where it is worse than what the definition says of the check; then its own words stand.
    severity: str = ""


Finder = Callable[..., Iterator[Found]]
Span = tuple[date, date]


@dataclass(frozen=True)
class Rule:
    """A finder with the parameters that it needs and those that it may take."""

    find: Finder
    needs: frozenset[str]
    may: frozenset[str]
    columns: frozenset[str]  # parameters that name columns
    timed: bool = False  # whether it asks for the period that is reported

    def examine(self, form: Form, check: Check) -> None:
        """Raise ValueError or KeyError when the parameters do not fit the form."""
        given = set(check.params)
        if missing := self.needs - given:
            raise ValueError(_("缺少 %(names)s") % {"names": "、".join(sorted(missing))})
        if unknown := given - self.needs - self.may:
            raise ValueError(_("不认识 %(names)s") % {"names": "、".join(sorted(unknown))})
        for name in self.columns & given:
            for key in _listed(check.params[name]):
                form.column(key)
        for name in ("when", "open"):
            for key in check.params.get(name) or {}:
                form.column(key)
        if "op" in given and check.params["op"] not in OPERATORS:
            raise ValueError(_("op 只能是 %(names)s") % {"names": " ".join(OPERATORS)})

    def run(
        self, form: Form, check: Check, rows: Sequence[Row], period: Span | None = None
    ) -> Iterator[Found]:
        if self.timed:
            return self.find(form, check.params, rows, period)
        return self.find(form, check.params, rows)


REGISTRY: dict[str, Rule] = {}
# The relation, in words for dates and in words for numbers.
OPERATORS: dict[str, tuple[Callable[[Any, Any], bool], Any, Any]] = {
    "<": (operator.lt, gettext_lazy("早于"), gettext_lazy("小于")),
    "<=": (operator.le, gettext_lazy("不晚于"), gettext_lazy("不大于")),
    "==": (operator.eq, gettext_lazy("等于"), gettext_lazy("等于")),
    "!=": (operator.ne, gettext_lazy("不同于"), gettext_lazy("不同于")),
    ">=": (operator.ge, gettext_lazy("不早于"), gettext_lazy("不小于")),
    ">": (operator.gt, gettext_lazy("晚于"), gettext_lazy("大于")),
}


def rule(
    name: str,
    *,
    needs: Sequence[str] = (),
    may: Sequence[str] = (),
    columns: Sequence[str] = (),
    timed: bool = False,
) -> Callable[[Finder], Finder]:
    """Enter a finder into the registry under a name."""

    def enter(find: Finder) -> Finder:
        REGISTRY[name] = Rule(find, frozenset(needs), frozenset(may), frozenset(columns), timed)
        return find

    return enter


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def matches(row: Row, when: Mapping[str, Any]) -> bool:
    """Whether each named column holds the given value, or one of the given values."""
    return all(row[key] in _listed(wanted) for key, wanted in when.items())


def _label(form: Form, key: str) -> str:
    return form.column(key).label


def said(value: Any) -> str:
    """A value as people name it: 是 and 否 for yes and no."""
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def _labels(form: Form, keys: Sequence[str]) -> str:
    return "、".join(_label(form, key) for key in keys)


@rule("compare", needs=("left", "op", "right"), may=("when",), columns=("left", "right"))
def compare(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """Two columns of a row stand in a relation: start_on <= end_on."""
    left, right = params["left"], params["right"]
    holds, for_dates, for_numbers = OPERATORS[params["op"]]
    words = for_dates if form.column(left).type == "date" else for_numbers
    for index, row in enumerate(rows):
        if row[left] is None or row[right] is None or not matches(row, params.get("when", {})):
            continue
        ours = values.comparable(form.column(left), row[left])
        theirs = values.comparable(form.column(right), row[right])
        if not holds(ours, theirs):
            yield Found(
                index,
                left,
                _("“%(left)s”应%(relation)s“%(right)s”（%(value)s）")
                % {
                    "left": _label(form, left),
                    "relation": words,
                    "right": _label(form, right),
                    "value": row[right],
                },
                _("请核对这两项。"),
                row[left],
            )


@rule("required_if", needs=("column", "when"), columns=("column",))
def required_if(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A column must be filled in where others hold certain values."""
    key = params["column"]
    for index, row in enumerate(rows):
        if row.lacks(key) and matches(row, params["when"]):
            reason = "、".join(f"{_label(form, name)}={said(row[name])}" for name in params["when"])
            yield Found(
                index,
                key,
                _("%(reason)s 时须填写“%(label)s”")
                % {"reason": reason, "label": _label(form, key)},
                _("请补填“%(label)s”。") % {"label": _label(form, key)},
            )


@rule("any_of", needs=("columns",), may=("when",), columns=("columns",))
def any_of(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """At least one of the columns is filled in."""
    keys = params["columns"]
    for index, row in enumerate(rows):
        if all(row.lacks(key) for key in keys) and matches(row, params.get("when", {})):
            labels = _labels(form, keys)
            yield Found(
                index,
                keys[0],
                _("“%(labels)s”至少填写一项") % {"labels": labels},
                _("请填写其中一项。"),
            )


@rule("is", needs=("column", "value"), may=("when",), columns=("column",))
def holds_value(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A column must hold a certain value (a window must show 12398)."""
    key, wanted = params["column"], _listed(params["value"])
    for index, row in enumerate(rows):
        if row[key] is None or not matches(row, params.get("when", {})):
            continue
        if row[key] not in wanted:
            shown = "、".join(_shown(value) for value in wanted)
            yield Found(
                index,
                key,
                _("“%(label)s”应为“%(value)s”") % {"label": _label(form, key), "value": shown},
                _("请核实；确未达到要求的，整改后再报。"),
                _shown(row[key]),
            )


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return str(value)


@rule("sum", needs=("total", "parts"), may=("tolerance",), columns=("total", "parts"))
def sum_of(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A total equals the sum of its parts, within a tolerance (default 0)."""
    total, parts = params["total"], params["parts"]
    tolerance = values.decimal(params.get("tolerance", 0))
    for index, row in enumerate(rows):
        if row[total] is None or any(row[part] is None for part in parts):
            continue
        expected = sum((values.decimal(row[part]) for part in parts), start=values.decimal(0))
        if abs(values.decimal(row[total]) - expected) > tolerance:
            yield Found(
                index,
                total,
                _("“%(total)s”为 %(value)s，各分项之和为 %(sum)s")
                % {"total": _label(form, total), "value": row[total], "sum": expected},
                _("请核对%(parts)s。") % {"parts": _labels(form, parts)},
                row[total],
            )


@rule("unique", needs=("columns",), columns=("columns",))
def unique(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """No two rows hold the same values in these columns."""
    keys = params["columns"]
    seen: dict[tuple[Any, ...], int] = {}
    for index, row in enumerate(rows):
        found = tuple(row[key] for key in keys)
        if any(part is None for part in found):
            continue
        if found in seen:
            yield Found(
                index,
                keys[0],
                _("与本表第 %(number)d 条重复（%(labels)s相同）")
                % {"number": seen[found] + 1, "labels": _labels(form, keys)},
                _("请删除重复的行，或更正其中一行。"),
                "、".join(str(part) for part in found),
            )
        seen.setdefault(found, index)


@rule("count", needs=("when",), may=("min", "max"))
def count(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """How many rows hold a value: one group leader, at least one deputy."""
    when = params["when"]
    number = sum(matches(row, when) for row in rows)
    unknown = sum(not row.refused.isdisjoint(when) for row in rows)
    key = next(iter(when))
    what = "、".join(
        f"{_label(form, name)}为“{'/'.join(_shown(v) for v in _listed(wanted))}”"
        for name, wanted in when.items()
    )
    least, most = params.get("min", 0), params.get("max")
    if number + unknown < least:
        message = _("%(what)s的应不少于 %(limit)d 行，现有 %(number)d 行")
        yield _counted(key, message, what, least, number)
    if most is not None and number > most:
        message = _("%(what)s的应不多于 %(limit)d 行，现有 %(number)d 行")
        yield _counted(key, message, what, most, number)


def _counted(key: str, message: str, what: str, limit: int, number: int) -> Found:
    text = message % {"what": what, "limit": limit, "number": number}
    return Found(None, key, text, _("请核对并补充或更正相应的行。"))


@rule("total", needs=("column",), may=("min", "max", "equals"), columns=("column",))
def total(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """The sum of a column over all rows lies within bounds (shares add up to 100)."""
    key = params["column"]
    found = sum(
        (values.decimal(row[key]) for row in rows if row[key] is not None),
        start=values.decimal(0),
    )
    bounds = {"equals": operator.eq, "min": operator.ge, "max": operator.le}
    words = {"equals": _("应等于"), "min": _("应不小于"), "max": _("应不大于")}
    for name, holds in bounds.items():
        if name in params and not holds(found, values.decimal(params[name])):
            yield Found(
                None,
                key,
                _("“%(label)s”合计 %(found)s，%(relation)s %(bound)s")
                % {
                    "label": _label(form, key),
                    "found": found,
                    "relation": words[name],
                    "bound": params[name],
                },
                _("请核对本列各行。"),
            )
