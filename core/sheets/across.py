"""Named rules between the sheets of a booklet, and against earlier periods.

``sheet`` names the sheet at whose cell a problem is shown. Earlier periods are there only once they
were accepted; without one a rule has nothing to say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.sheets import values
from core.sheets.rules import Found, Row, matches
from core.sheets.sentences import plain

if TYPE_CHECKING:
    from core.sheets.booklet import Booklet
    from core.sheets.definition import Check, Form

Held = Mapping[str, Sequence[Row]]
Past = Mapping[str, Mapping[str, Sequence[Mapping[str, Any]]]]
Finder = Callable[["Booklet", Mapping[str, Any], Held, Past], Iterator[Found]]
PERIODS = ("last", "last_year")


@dataclass(frozen=True)
class Rule:
    """A finder; ``here`` are parameters naming columns of ``sheet``, ``there`` of ``other``."""

    find: Finder
    needs: frozenset[str]
    may: frozenset[str]
    here: frozenset[str]
    there: frozenset[str]

    def examine(self, booklet: Booklet, params: Mapping[str, Any]) -> None:
        """Raise ValueError or KeyError when the parameters do not fit the booklet."""
        given = set(params) - {"sheet"}
        if missing := self.needs - given:
            raise ValueError(_("缺少 %(names)s") % {"names": "、".join(sorted(missing))})
        if unknown := given - self.needs - self.may:
            raise ValueError(_("不认识 %(names)s") % {"names": "、".join(sorted(unknown))})
        here = booklet.form(params["sheet"])
        there = booklet.form(params["other"]) if "other" in params else here
        for names, form in ((self.here, here), (self.there, there)):
            for name in names & given:
                for key in _listed(params[name]):
                    form.column(key)
        for ours, theirs in (params.get("match") or {}).items():
            here.column(ours), there.column(theirs)
        for key in params.get("when") or {}:
            there.column(key)
        if params.get("against", "last") not in PERIODS:
            raise ValueError(_("against 只能是 last 或 last_year"))


REGISTRY: dict[str, Rule] = {}


def rule(
    name: str,
    *,
    needs: Sequence[str],
    may: Sequence[str] = (),
    here: Sequence[str] = (),
    there: Sequence[str] = (),
) -> Callable[[Finder], Finder]:
    """Enter a finder into the registry under a name."""

    def enter(find: Finder) -> Finder:
        sets = (frozenset(names) for names in (needs, may, here, there))
        REGISTRY[name] = Rule(find, *sets)
        return find

    return enter


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


def _matching(params: Mapping[str, Any], row: Row, held: Held) -> list[Row]:
    """The rows of the other sheet that belong to a row of this one."""
    pairs, when = (params.get("match") or {}).items(), params.get("when") or {}
    return [
        other
        for other in held.get(params["other"], ())
        if matches(other, when) and all(other[b] == row[a] for a, b in pairs)
    ]


@rule(
    "same_sum",
    needs=("column", "other", "of"),
    may=("match", "when", "tolerance"),
    here=("column",),
    there=("of",),
)
def same_sum(
    booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past
) -> Iterator[Found]:
    """A column equals the sum of a column of the matching rows of another sheet."""
    tolerance = values.decimal(params.get("tolerance", 0))
    for index, row in enumerate(held.get(params["sheet"], ())):
        given = row[params["column"]]
        if given is None:
            continue
        parts = [values.decimal(v) for o in _matching(params, row, held) if (v := o[params["of"]])]
        expected = sum(parts, start=Decimal(0))
        if abs(values.decimal(given) - expected) > tolerance:
            yield _unequal(booklet, params, index, given, expected)


@rule("same_count", needs=("column", "other"), may=("match", "when"), here=("column",))
def same_count(
    booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past
) -> Iterator[Found]:
    """A column equals the number of matching rows of another sheet."""
    for index, row in enumerate(held.get(params["sheet"], ())):
        given = row[params["column"]]
        expected = Decimal(len(_matching(params, row, held)))
        if given is not None and values.decimal(given) != expected:
            yield _unequal(booklet, params, index, given, expected)


def _unequal(
    booklet: Booklet, params: Mapping[str, Any], index: int, given: Any, expected: Decimal
) -> Found:
    facts = _facts(booklet, params)
    return Found(
        index,
        params["column"],
        _("“%(column)s”填%(given)s，“%(other)s”表合计为%(expected)s")
        % {**facts, "given": given, "expected": plain(expected)},
        _("请核对“%(other)s”表的明细和本项。") % facts,
        given,
    )


def _facts(booklet: Booklet, params: Mapping[str, Any]) -> dict[str, str]:
    form = booklet.form(params["sheet"])
    facts = {"sheet": form.sheet_name}
    facts["column"] = "、".join(form.column(k).label for k in _listed(params.get("column", ())))
    if "other" in params:
        other = booklet.form(params["other"])
        facts["other"] = other.sheet_name
        if "of" in params:
            facts["of"] = other.column(params["of"]).label
    return facts


@rule("refers", needs=("column", "other", "of"), here=("column",), there=("of",))
def refers(booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past) -> Iterator[Found]:
    """What a column names stands in a column of another sheet."""
    known = {row[params["of"]] for row in held.get(params["other"], ())}
    facts = _facts(booklet, params)
    for index, row in enumerate(held.get(params["sheet"], ())):
        given = row[params["column"]]
        if given is not None and given not in known:
            yield Found(
                index,
                params["column"],
                _("“%(given)s”不在“%(other)s”表的“%(of)s”中") % {**facts, "given": given},
                _("请先在“%(other)s”表中填写，或更正本项。") % facts,
                given,
            )


def _before(form: Form, params: Mapping[str, Any], past: Past) -> dict[Any, Mapping[str, Any]]:
    """The rows of an earlier period by the key of the form (by their place without one)."""
    rows = (past.get(params.get("against", "last")) or {}).get(params["sheet"]) or []
    if not form.key:
        return dict(enumerate(rows))
    return {tuple(row.get(key) for key in form.key): row for row in rows}


def _pairs(
    booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past
) -> Iterator[tuple[int, Row, Mapping[str, Any]]]:
    """Each row with the row of the earlier period that has the same key."""
    form = booklet.form(params["sheet"])
    before = _before(form, params, past)
    for index, row in enumerate(held.get(params["sheet"], ())):
        key: Any = tuple(row[name] for name in form.key) if form.key else index
        if key in before:
            yield index, row, before[key]


def _period(params: Mapping[str, Any]) -> str:
    return _("上年同期") if params.get("against") == "last_year" else _("上期")


@rule("carried", needs=("column", "of"), here=("column", "of"))
def carried(booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past) -> Iterator[Found]:
    """What a period begins with is what the last one ended with."""
    form = booklet.form(params["sheet"])
    for index, row, before in _pairs(booklet, params, held, past):
        given, expected = row[params["column"]], before.get(params["of"])
        if given is None or expected is None:
            continue
        if values.decimal(given) != values.decimal(expected):
            yield Found(
                index,
                params["column"],
                _("“%(column)s”填%(given)s，上期“%(of)s”为%(expected)s")
                % {
                    "column": form.column(params["column"]).label,
                    "of": form.column(params["of"]).label,
                    "given": given,
                    "expected": expected,
                },
                _("请按上期报送数填写；上期有误的，先更正上期报表。"),
                given,
            )


@rule("not_below", needs=("column",), may=("against",), here=("column",))
def not_below(
    booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past
) -> Iterator[Found]:
    """A running total does not become less than it was."""
    form, key = booklet.form(params["sheet"]), params["column"]
    for index, row, before in _pairs(booklet, params, held, past):
        given, least = row[key], before.get(key)
        if given is None or least is None:
            continue
        if values.decimal(given) < values.decimal(least):
            yield Found(
                index,
                key,
                _("“%(column)s”填%(given)s，小于%(period)s的%(least)s")
                % {
                    "column": form.column(key).label,
                    "given": given,
                    "period": _period(params),
                    "least": least,
                },
                _("累计数不应减少，请核对；前期有误的，先更正前期报表。"),
                given,
            )


@rule("change", needs=("column", "percent"), may=("against", "base"), here=("column",))
def change(booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past) -> Iterator[Found]:
    """A figure does not change by more than some per cent; small bases are left alone."""
    form = booklet.form(params["sheet"])
    most, least = values.decimal(params["percent"]), values.decimal(params.get("base", 1))
    for index, row, before in _pairs(booklet, params, held, past):
        for key in _listed(params["column"]):
            given, base = row[key], before.get(key)
            if given is None or base is None or values.decimal(base) < least:
                continue
            old = values.decimal(base)
            moved = (values.decimal(given) - old) * 100 / old
            if abs(moved) > most:
                yield Found(
                    index,
                    key,
                    _("“%(column)s”比%(period)s的%(base)s变动%(moved)s%%，超过%(most)s%%")
                    % {
                        "column": form.column(key).label,
                        "period": _period(params),
                        "base": base,
                        "moved": plain(moved.quantize(Decimal("0.1"))),
                        "most": plain(most),
                    },
                    _("请核对；确有变动的，说明原因。"),
                    given,
                )


@rule("kept", needs=(), may=("when",))
def kept(booklet: Booklet, params: Mapping[str, Any], held: Held, past: Past) -> Iterator[Found]:
    """Rows of the last period that were not finished stand again."""
    form = booklet.form(params["sheet"])
    now = {tuple(row[key] for key in form.key) for row in held.get(params["sheet"], ())}
    missing = []
    for key, row in _before(form, params, past).items():
        wanted = params.get("when") or {}
        open_still = all(row.get(name) in _listed(value) for name, value in wanted.items())
        if open_still and key not in now:
            missing.append("、".join(str(part) for part in key))
    if missing:
        yield Found(
            None,
            form.key[0],
            _("上期未办结的行本期没有填报：%(missing)s") % {"missing": "；".join(missing[:20])},
            _("请继续填报，直至办结；已办结的填写办结情况。"),
        )


def explained(booklet: Booklet, check: Check) -> str:
    """The sentence of a rule for the instruction sheet."""
    params = check.params
    facts = _facts(booklet, params)
    facts["period"] = _period(params)
    facts["percent"] = str(params.get("percent", ""))
    form = booklet.form(params["sheet"])
    if check.name == "carried":
        facts["of"] = form.column(params["of"]).label
    texts = {
        "same_sum": _("“%(sheet)s”表“%(column)s”等于“%(other)s”表“%(of)s”之和"),
        "same_count": _("“%(sheet)s”表“%(column)s”等于“%(other)s”表相应的行数"),
        "refers": _("“%(sheet)s”表“%(column)s”须在“%(other)s”表的“%(of)s”中"),
        "carried": _("“%(sheet)s”表“%(column)s”等于上期“%(of)s”"),
        "not_below": _("“%(sheet)s”表“%(column)s”不小于%(period)s"),
        "change": _("“%(sheet)s”表“%(column)s”比%(period)s变动不超过%(percent)s%%"),
        "kept": _("“%(sheet)s”表上期未办结的行须继续填报"),
    }
    return texts[check.name] % facts
