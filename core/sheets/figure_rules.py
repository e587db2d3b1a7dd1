"""Further named rules over rows: shares, sums and differences, bounds by kind.

Entered into the same registry as those of ``core.sheets.rules``; each brings the sentence by which
the instruction sheet explains it. Limits are numbers of the definition, which has a first day.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets import values
from core.sheets.rules import OPERATORS, Found, Row, matches, rule
from core.sheets.sentences import label, labels, plain, sentence, shown

if TYPE_CHECKING:
    from core.sheets.definition import Form


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
                    "value": label(form, params["value"]),
                    "given": given,
                    "part": label(form, params["part"]),
                    "whole": label(form, params["whole"]),
                    "expected": plain(expected),
                },
                _("请核对这三项。"),
                given,
            )


@sentence("share")
def say_share(form: Form, params: Mapping[str, Any]) -> str:
    facts = {name: label(form, params[name]) for name in ("value", "part", "whole")}
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
                    "value": label(form, params["value"]),
                    "given": given,
                    "formula": _formula(form, params),
                    "expected": plain(expected),
                },
                _("请核对各项数值。"),
                given,
            )


def _formula(form: Form, params: Mapping[str, Any]) -> str:
    plus = "＋".join(label(form, key) for key in params["plus"])
    return plus + "".join(f"－{label(form, key)}" for key in params.get("minus", []))


@sentence("linear")
def say_linear(form: Form, params: Mapping[str, Any]) -> str:
    facts = {"value": label(form, params["value"]), "formula": _formula(form, params)}
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
                    "value": label(form, params["value"]),
                    "given": given,
                    "of": labels(form, params["of"]),
                    "expected": plain(expected.quantize(Decimal("0.01"))),
                },
                _("请核对各项数值。"),
                given,
            )


@sentence("product")
def say_product(form: Form, params: Mapping[str, Any]) -> str:
    factor = params.get("factor", 1)
    formula = "×".join(label(form, key) for key in params["of"])
    shown = formula if factor == 1 else f"{formula}×{factor}"
    return _("“%(value)s”=%(formula)s") % {
        "value": label(form, params["value"]),
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
            yield Found(
                index,
                params["column"],
                say_required_beyond(form, params),
                _("请补填“%(label)s”。") % {"label": label(form, params["column"])},
            )


@sentence("required_beyond")
def say_required_beyond(form: Form, params: Mapping[str, Any]) -> str:
    return _("“%(of)s”%(relation)s%(bound)s时须填写“%(column)s”") % {
        "of": label(form, params["of"]),
        "relation": OPERATORS[params["op"]][2],
        "bound": params["bound"],
        "column": label(form, params["column"]),
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
            % {"label": label(form, key), "missing": "、".join(missing)},
            _("请逐项补填所缺的行。"),
        )


@sentence("covers")
def say_covers(form: Form, params: Mapping[str, Any]) -> str:
    key = params["column"]
    wanted = params.get("values", form.column(key).choices)
    return _("“%(label)s”须逐项填写，共%(count)d项") % {
        "label": label(form, key),
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
                        "by": label(form, by),
                        "kind": shown(row[by]),
                        "label": label(form, key),
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
        "label": label(form, params["column"]),
        "by": label(form, params["by"]),
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
                        "part": label(form, params["part"]),
                        "whole": label(form, params["whole"]),
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
        "part": label(form, params["part"]),
        "whole": label(form, params["whole"]),
        "bounds": sides,
    }
