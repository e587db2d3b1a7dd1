"""Further named rules over rows: step times, shares, sums and differences, bounds by kind.

Entered into the same registry as those of ``core.sheets.rules``; each brings the sentence by which
the instruction sheet explains it. Limits are numbers of the definition, which has a first day.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core import workdays
from core.sheets import values
from core.sheets.rules import OPERATORS, Found, Row, Span, matches, rule

if TYPE_CHECKING:
    from core.sheets.definition import Check, Form

Sentence = Callable[["Form", Mapping[str, Any]], str]
SENTENCES: dict[str, Sentence] = {}
UNITS = ("working_days", "calendar_days", "hours")


def sentence(name: str) -> Callable[[Sentence], Sentence]:
    """Enter the sentence that explains a rule."""

    def enter(say: Sentence) -> Sentence:
        SENTENCES[name] = say
        return say

    return enter


def _label(form: Form, key: str) -> str:
    return form.column(key).label


def _labels(form: Form, keys: Sequence[str]) -> str:
    return "、".join(_label(form, key) for key in keys)


def unit_of(unit: str) -> str:
    """The unit of a limit in words."""
    names = {"working_days": _("个工作日"), "calendar_days": _("日"), "hours": _("小时")}
    return names[unit]


def plain(number: Decimal) -> str:
    """A number without needless zeros."""
    text = format(number.normalize(), "f")
    return "0" if text == "-0" else text


def shown(value: Any) -> str:
    """A value as definitions and people name it: 是 and 否 for yes and no."""
    return ("是" if value else "否") if isinstance(value, bool) else str(value)


def limit_for(params: Mapping[str, Any], row: Mapping[str, Any]) -> Any:
    """The limit that holds for a row: one for all, or by the value of a column; None: none."""
    limits = params.get("limits")
    if limits is None:
        return params.get("limit")
    return limits["values"].get(shown(row.get(limits["by"])))


def elapsed(start: str, end: str, unit: str, calendar: workdays.WorkCalendar | None) -> Decimal:
    """How long it took: hours between instants, days after the day of the start."""
    if unit == "hours":
        span = datetime.fromisoformat(end) - datetime.fromisoformat(start)
        return (Decimal(int(span.total_seconds())) / 3600).quantize(Decimal("0.1"))
    first, last = date.fromisoformat(start[:10]), date.fromisoformat(end[:10])
    if unit == "calendar_days":
        return Decimal((last - first).days)
    calendar = calendar or workdays.calendar()
    return Decimal(calendar.count_workdays(first, last))


@rule(
    "within",
    needs=("start", "end", "unit"),
    may=("limit", "limits", "least", "when", "open", "planned"),
    columns=("start", "end"),
    timed=True,
)
def within(
    form: Form, params: Mapping[str, Any], rows: Sequence[Row], period: Span | None
) -> Iterator[Found]:
    """A step ends at most ``limit`` after its start, or (``least``) at least that much later.

    It never ends before it began, unless the start is what was ``planned``. Where ``open`` says
    which rows are under way, a step without an end is measured to the end of the period.
    """
    calendar = workdays.calendar() if params["unit"] == "working_days" and rows else None
    for index, row in enumerate(rows):
        start, end = row[params["start"]], row[params["end"]]
        if start is None or not matches(row, params.get("when", {})):
            continue
        if end is None:
            yield from _open_step(form, params, row, index, period, calendar)
            continue
        if end < start and not params.get("planned") and "least" not in params:
            yield _backwards(form, params, index, start, end)
            continue
        found = elapsed(start, end, params["unit"], calendar)
        limit, least = limit_for(params, row), params.get("least")
        facts = {
            "start": _label(form, params["start"]),
            "end": _label(form, params["end"]),
            "found": plain(found),
            "unit": unit_of(params["unit"]),
        }
        if limit is not None and found > values.decimal(limit):
            message = _("“%(start)s”至“%(end)s”用时%(found)s%(unit)s，超过规定的%(limit)s%(unit)s")
            remedy = _("请核对日期；确已超期的，按超期处理要求填报原因。")
            yield Found(index, params["end"], message % {**facts, "limit": limit}, remedy, end)
        if least is not None and found < values.decimal(least):
            message = _("“%(start)s”至“%(end)s”只有%(found)s%(unit)s，少于规定的%(limit)s%(unit)s")
            remedy = _("请核对日期；确未提前足够时间的，如实说明。")
            yield Found(index, params["end"], message % {**facts, "limit": least}, remedy, end)


def _backwards(form: Form, params: Mapping[str, Any], index: int, start: str, end: str) -> Found:
    facts = {"start": _label(form, params["start"]), "end": _label(form, params["end"])}
    message = _("“%(end)s”早于“%(start)s”（%(begun)s）") % {**facts, "begun": start}
    return Found(index, params["end"], message, _("请核对这两个日期。"), end, severity="hard")


def _open_step(
    form: Form,
    params: Mapping[str, Any],
    row: Row,
    index: int,
    period: Span | None,
    calendar: workdays.WorkCalendar | None,
) -> Iterator[Found]:
    """A step that has not ended: how long it has taken by the end of the period."""
    limit = limit_for(params, row)
    if period is None or limit is None or "open" not in params:
        return
    if row.refused & {params["end"]} or not matches(row, params["open"]):
        return
    until = period[1].isoformat() + ("T23:59:59" if params["unit"] == "hours" else "")
    start = row[params["start"]]
    if start[:10] > until[:10]:
        return
    found = elapsed(start[:19], until, params["unit"], calendar)
    if found > values.decimal(limit):
        facts = {
            "start": _label(form, params["start"]),
            "end": _label(form, params["end"]),
            "found": plain(found),
            "limit": limit,
            "unit": unit_of(params["unit"]),
        }
        message = _(
            "“%(end)s”未填，自“%(start)s”至报告期末已%(found)s%(unit)s，超过规定的%(limit)s%(unit)s"
        )
        remedy = _("已经办理的补填日期；确未办理的，说明原因和办结安排。")
        yield Found(index, params["end"], message % facts, remedy, None, severity="soft")


@rule("period_hours", needs=("column",), columns=("column",), timed=True)
def period_hours(
    form: Form, params: Mapping[str, Any], rows: Sequence[Row], period: Span | None
) -> Iterator[Found]:
    """Hours of the period: 24 for each of its days."""
    if period is None:
        return
    hours = 24 * ((period[1] - period[0]).days + 1)
    for index, row in enumerate(rows):
        given = row[params["column"]]
        if given is not None and values.decimal(given) != hours:
            facts = {"label": _label(form, params["column"]), "given": given, "hours": hours}
            message = _("“%(label)s”填%(given)s，本报告期共%(hours)d小时") % facts
            yield Found(index, params["column"], message, _("请按报告期天数乘以24填写。"), given)


@sentence("period_hours")
def say_period_hours(form: Form, params: Mapping[str, Any]) -> str:
    return _("“%(label)s”=报告期天数×24") % {"label": _label(form, params["column"])}


@sentence("within")
def say_within(form: Form, params: Mapping[str, Any]) -> str:
    facts = {
        "start": _label(form, params["start"]),
        "end": _label(form, params["end"]),
        "unit": unit_of(params["unit"]),
    }
    if "least" in params:
        text = _("“%(start)s”至“%(end)s”不少于%(limit)s%(unit)s")
        return text % {**facts, "limit": params["least"]}
    if "limits" in params:
        limits = params["limits"]["values"].items()
        shown = "、".join(f"{name}{limit}" for name, limit in limits)
    else:
        shown = str(params["limit"])
    if "open" in params:
        text = _("“%(start)s”至“%(end)s”不超过%(limit)s%(unit)s，未办理的算至报告期末")
    else:
        text = _("“%(start)s”至“%(end)s”不超过%(limit)s%(unit)s")
    return text % {**facts, "limit": shown}


@rule(
    "share",
    needs=("value", "part", "whole"),
    may=("factor", "places", "complement"),
    columns=("value", "part", "whole"),
)
def share(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A rate is part by whole times factor (100); ``complement``: what is left of it to factor."""
    places = Decimal(1).scaleb(-int(params.get("places", 2)))
    factor = values.decimal(params.get("factor", 100))
    for index, row in enumerate(rows):
        given, part, whole = (row[params[name]] for name in ("value", "part", "whole"))
        if given is None or part is None or whole is None or not values.decimal(whole):
            continue
        expected = values.decimal(part) * factor / values.decimal(whole)
        if params.get("complement"):
            expected = factor - expected
        expected = expected.quantize(places, rounding="ROUND_HALF_UP")
        if abs(values.decimal(given) - expected) > places:
            yield Found(
                index,
                params["value"],
                _("“%(value)s”填%(given)s，按“%(part)s”和“%(whole)s”计算为%(expected)s")
                % {
                    "value": _label(form, params["value"]),
                    "given": given,
                    "part": _label(form, params["part"]),
                    "whole": _label(form, params["whole"]),
                    "expected": plain(expected),
                },
                _("请核对这三项。"),
                given,
            )


@sentence("share")
def say_share(form: Form, params: Mapping[str, Any]) -> str:
    facts = {name: _label(form, params[name]) for name in ("value", "part", "whole")}
    factor = params.get("factor", 100)
    if params.get("complement"):
        text = _("“%(value)s”=%(factor)s−%(part)s÷%(whole)s×%(factor)s")
    else:
        text = _("“%(value)s”=%(part)s÷%(whole)s×%(factor)s")
    return text % {**facts, "factor": factor}


def _numbers(row: Row, keys: Sequence[str]) -> list[Decimal] | None:
    found = [row[key] for key in keys]
    return None if any(value is None for value in found) else [values.decimal(v) for v in found]


@rule(
    "linear",
    needs=("value", "plus"),
    may=("minus", "tolerance", "when"),
    columns=("value", "plus", "minus"),
)
def linear(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A value is the sum of some columns less others: end = beginning + new − done."""
    minus, tolerance = params.get("minus", []), values.decimal(params.get("tolerance", 0))
    for index, row in enumerate(rows):
        given = row[params["value"]]
        added, taken = _numbers(row, params["plus"]), _numbers(row, minus)
        if given is None or added is None or taken is None:
            continue
        expected = sum(added, start=Decimal(0)) - sum(taken, start=Decimal(0))
        off = abs(values.decimal(given) - expected) > tolerance
        if off and matches(row, params.get("when", {})):
            yield Found(
                index,
                params["value"],
                _("“%(value)s”填%(given)s，按%(formula)s计算为%(expected)s")
                % {
                    "value": _label(form, params["value"]),
                    "given": given,
                    "formula": _formula(form, params),
                    "expected": plain(expected),
                },
                _("请核对各项数值。"),
                given,
            )


def _formula(form: Form, params: Mapping[str, Any]) -> str:
    plus = "＋".join(_label(form, key) for key in params["plus"])
    return plus + "".join(f"－{_label(form, key)}" for key in params.get("minus", []))


@sentence("linear")
def say_linear(form: Form, params: Mapping[str, Any]) -> str:
    facts = {"value": _label(form, params["value"]), "formula": _formula(form, params)}
    return _("“%(value)s”=%(formula)s") % facts


@rule(
    "product",
    needs=("value", "of"),
    may=("factor", "tolerance", "when"),
    columns=("value", "of"),
)
def product(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """An amount is quantity times price (times a factor), within a tolerance (0.01)."""
    tolerance = values.decimal(params.get("tolerance", "0.01"))
    for index, row in enumerate(rows):
        given, found = row[params["value"]], _numbers(row, params["of"])
        if given is None or found is None or not matches(row, params.get("when", {})):
            continue
        expected = values.decimal(params.get("factor", 1))
        for number in found:
            expected *= number
        if abs(values.decimal(given) - expected) > tolerance:
            yield Found(
                index,
                params["value"],
                _("“%(value)s”填%(given)s，按%(of)s相乘为%(expected)s")
                % {
                    "value": _label(form, params["value"]),
                    "given": given,
                    "of": _labels(form, params["of"]),
                    "expected": plain(expected.quantize(Decimal("0.01"))),
                },
                _("请核对各项数值。"),
                given,
            )


@sentence("product")
def say_product(form: Form, params: Mapping[str, Any]) -> str:
    factor = params.get("factor", 1)
    formula = "×".join(_label(form, key) for key in params["of"])
    shown = formula if factor == 1 else f"{formula}×{factor}"
    return _("“%(value)s”=%(formula)s") % {
        "value": _label(form, params["value"]),
        "formula": shown,
    }


@rule(
    "required_beyond",
    needs=("column", "of", "op", "bound"),
    may=("when",),
    columns=("column", "of"),
)
def required_beyond(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """A column must be filled in where another lies beyond a bound: a reason when late > 0."""
    holds = OPERATORS[params["op"]][0]
    for index, row in enumerate(rows):
        found = row[params["of"]]
        if found is None or not row.lacks(params["column"]):
            continue
        beyond = holds(values.decimal(found), values.decimal(params["bound"]))
        if beyond and matches(row, params.get("when", {})):
            label = _label(form, params["column"])
            yield Found(
                index,
                params["column"],
                say_required_beyond(form, params),
                _("请补填“%(label)s”。") % {"label": label},
            )


@sentence("required_beyond")
def say_required_beyond(form: Form, params: Mapping[str, Any]) -> str:
    return _("“%(of)s”%(relation)s%(bound)s时须填写“%(column)s”") % {
        "of": _label(form, params["of"]),
        "relation": OPERATORS[params["op"]][2],
        "bound": params["bound"],
        "column": _label(form, params["column"]),
    }


@rule("covers", needs=("column",), may=("values", "when"), columns=("column",))
def covers(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """Every value (of the choices) stands in at least one row: each clause, each class."""
    key = params["column"]
    wanted = [str(value) for value in params.get("values", form.column(key).choices)]
    there = {row[key] for row in rows if matches(row, params.get("when", {}))}
    missing = [value for value in wanted if value not in there]
    if missing:
        yield Found(
            None,
            key,
            _("“%(label)s”缺少：%(missing)s")
            % {"label": _label(form, key), "missing": "、".join(missing)},
            _("请逐项补填所缺的行。"),
        )


@sentence("covers")
def say_covers(form: Form, params: Mapping[str, Any]) -> str:
    key = params["column"]
    wanted = params.get("values", form.column(key).choices)
    return _("“%(label)s”须逐项填写，共%(count)d项") % {
        "label": _label(form, key),
        "count": len(wanted),
    }


@rule(
    "bounds_by",
    needs=("column", "by"),
    may=("min", "max", "when"),
    columns=("column", "by"),
)
def bounds_by(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """Bounds that differ by the value of another column: error limits by accuracy class."""
    key, by = params["column"], params["by"]
    for index, row in enumerate(rows):
        if row[key] is None or row[by] is None or not matches(row, params.get("when", {})):
            continue
        found = values.decimal(row[key])
        for name, holds, words in _sides():
            bound = (params.get(name) or {}).get(shown(row[by]))
            if bound is not None and not holds(found, values.decimal(bound)):
                yield Found(
                    index,
                    key,
                    _("“%(by)s”为%(kind)s时，“%(label)s”应%(words)s%(bound)s")
                    % {
                        "by": _label(form, by),
                        "kind": shown(row[by]),
                        "label": _label(form, key),
                        "words": words,
                        "bound": bound,
                    },
                    _("请核对数值；确未达到要求的，如实填报并说明。"),
                    row[key],
                )


def _sides() -> tuple[tuple[str, Callable[[Any, Any], bool], str], ...]:
    return (("min", operator.ge, _("不小于")), ("max", operator.le, _("不大于")))


@sentence("bounds_by")
def say_bounds_by(form: Form, params: Mapping[str, Any]) -> str:
    sides = [
        words + "、".join(f"{kind}{bound}" for kind, bound in params[name].items())
        for name, _holds, words in _sides()
        if params.get(name)
    ]
    return _("“%(label)s”按“%(by)s”：%(bounds)s") % {
        "label": _label(form, params["column"]),
        "by": _label(form, params["by"]),
        "bounds": "，".join(sides),
    }


@rule(
    "ratio",
    needs=("part", "whole"),
    may=("factor", "min", "max", "when"),
    columns=("part", "whole"),
)
def ratio(form: Form, params: Mapping[str, Any], rows: Sequence[Row]) -> Iterator[Found]:
    """Part by whole lies between bounds: what is unlikely is asked about."""
    factor = values.decimal(params.get("factor", 1))
    for index, row in enumerate(rows):
        part, whole = row[params["part"]], row[params["whole"]]
        if part is None or whole is None or not values.decimal(whole):
            continue
        if not matches(row, params.get("when", {})):
            continue
        found = values.decimal(part) * factor / values.decimal(whole)
        for name, holds, words in _sides():
            if name in params and not holds(found, values.decimal(params[name])):
                yield Found(
                    index,
                    params["part"],
                    _("“%(part)s”÷“%(whole)s”为%(found)s，一般%(words)s%(bound)s")
                    % {
                        "part": _label(form, params["part"]),
                        "whole": _label(form, params["whole"]),
                        "found": plain(found.quantize(Decimal("0.0001"))),
                        "words": words,
                        "bound": params[name],
                    },
                    _("请核对这两项；确实如此的，说明原因。"),
                    part,
                )


@sentence("ratio")
def say_ratio(form: Form, params: Mapping[str, Any]) -> str:
    sides = "，".join(f"{w}{params[name]}" for name, _h, w in _sides() if name in params)
    return _("“%(part)s”÷“%(whole)s”一般%(bounds)s") % {
        "part": _label(form, params["part"]),
        "whole": _label(form, params["whole"]),
        "bounds": sides,
    }


def explained(form: Form, check: Check) -> str | None:
    """The sentence of one of these rules; None for any other."""
    say = SENTENCES.get(check.name)
    return say(form, check.params) if say else None
