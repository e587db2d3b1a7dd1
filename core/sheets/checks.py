"""All problems of the rows at once: each with its cell, its rule and what to do about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core.sheets import values
from core.sheets.definition import FIRST_DATA_ROW, Check, Column, Form
from core.sheets.labels import label_of
from core.sheets.rules import REGISTRY, Found, Row
from core.sheets.values import Unfit

__all__ = ["REGISTRY", "Cleaned", "Problem", "clean", "hard", "judged", "letter_of", "soft"]

# More than this helps nobody; the last entry then says how many were left out.
PROBLEM_LIMIT = 500
# Where everything is wanted, as in the copy with the errors.
EVERY_PROBLEM = 200_000


@dataclass(frozen=True)
class Problem:
    """One thing wrong: where it is, which rule it breaks, and how to put it right.

    ``row`` is the row number in the sheet and 0 for what concerns the whole sheet; ``cell`` is an
    address such as B7, or "". ``column`` is the label that stands in the header, ``key`` its key.
    ``severity``: hard stops the filing, soft may be confirmed with a reason, note only informs.
    """

    sheet: str
    row: int
    column: str
    cell: str
    rule: str
    message: str
    remedy: str
    severity: str = "hard"
    key: str = ""
    value: str = ""
    # Names the check of the definition, as a waiver does; empty for what holds of every column.
    check: str = ""

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def rule_label(self) -> str:
        """The rule in words."""
        return label_of(self.rule)

    @property
    def place(self) -> str:
        """Where to look, in words: 工作表“…”第 7 行 B7“姓名”."""
        if not self.row:
            return _("工作表“%(sheet)s”") % {"sheet": self.sheet} if self.sheet else _("整个文件")
        if not self.column:
            return _("工作表“%(sheet)s”第 %(row)d 行") % {"sheet": self.sheet, "row": self.row}
        return _("工作表“%(sheet)s”第 %(row)d 行 %(cell)s“%(column)s”") % {
            "sheet": self.sheet,
            "row": self.row,
            "cell": self.cell,
            "column": self.column,
        }


@dataclass(frozen=True)
class Cleaned:
    """Rows in stored form, what is wrong with them, and what was changed on the way."""

    rows: list[dict[str, Any]]
    problems: list[Problem]
    notes: list[Problem] = field(default_factory=list)


def hard(problems: Iterable[Problem]) -> list[Problem]:
    """Those that stop a filing."""
    return [problem for problem in problems if problem.severity == "hard"]


def soft(problems: Iterable[Problem]) -> list[Problem]:
    """Those that the filer may confirm with a reason."""
    return [problem for problem in problems if problem.severity == "soft"]


def letter_of(number: int) -> str:
    """The letters of a column counted from 1: 1 is A, 28 is AB."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True)
class Places:
    """Where the rows stand in the sheet: row numbers and column letters."""

    form: Form
    lines: Sequence[int]
    letters: Mapping[str, str]

    def problem(
        self,
        rule: str,
        message: str,
        remedy: str,
        *,
        index: int | None = None,
        key: str = "",
        severity: str = "hard",
        value: Any = None,
        check: str = "",
    ) -> Problem:
        row = 0 if index is None else self.lines[index]
        letter = self.letters.get(key, "")
        return Problem(
            sheet=self.form.sheet_name,
            row=row,
            column=self.form.by_key[key].label if key else "",
            cell=f"{letter}{row}" if row and letter else "",
            rule=rule,
            message=message,
            remedy=remedy,
            severity=severity,
            key=key,
            value="" if value is None else values.plain(value)[:200],
            check=check,
        )


def clean(
    form: Form,
    rows: Sequence[Mapping[str, Any]],
    *,
    lines: Sequence[int] | None = None,
    letters: Mapping[str, str] | None = None,
    limit: int = PROBLEM_LIMIT,
    period: tuple[date, date] | None = None,
) -> Cleaned:
    """Take every value, then run the column checks, the row checks and the checks over all rows.

    ``period``: first and last day of what is reported, where there is one.
    """
    places = Places(
        form=form,
        lines=lines or range(FIRST_DATA_ROW, FIRST_DATA_ROW + len(rows)),
        letters=letters
        or {column.key: letter_of(i) for i, column in enumerate(form.columns, start=1)},
    )
    result = Cleaned([], [])
    taken = [
        _clean_row(form, row, index, places, result, period)
        for index, row in enumerate(rows[: form.max_rows])
    ]
    result.rows.extend(dict(row) for row in taken)
    result.problems.extend(_count(form, rows, places))
    for check, name in zip(form.checks, names_of(form.checks), strict=True):
        rule = REGISTRY[check.name]
        for found in rule.run(form, check, taken, period):
            result.problems.append(judged(found, check, places, name))
    result.problems.extend(_key_problems(form, result.rows, places))
    result.problems.sort(key=_reading_order(form))
    if len(result.problems) > limit:
        left_out = len(result.problems) - limit
        result.problems[limit:] = [
            places.problem(
                "too_many_problems",
                _("另有 %(count)d 处问题未列出") % {"count": left_out},
                _("请先改正上面的问题，再重新上传。"),
            )
        ]
    return result


def _clean_row(
    form: Form,
    row: Mapping[str, Any],
    index: int,
    places: Places,
    result: Cleaned,
    period: tuple[date, date] | None,
) -> Row:
    stored = Row()
    for column in form.columns:
        raw = row.get(column.key)
        try:
            taken = values.take(column, raw)
        except Unfit as unfit:
            stored[column.key] = None
            stored.refused.add(column.key)
            result.problems.append(
                places.problem(
                    f"type_{column.type}",
                    unfit.message,
                    unfit.remedy,
                    index=index,
                    key=column.key,
                    severity="hard",
                    value=raw,
                )
            )
            continue
        stored[column.key] = taken.value
        if taken.note:
            result.notes.append(
                places.problem(
                    "normalised", taken.note, "", index=index, key=column.key, severity="note"
                )
            )
        for rule, message, remedy in _column_problems(column, taken.value, period):
            result.problems.append(
                places.problem(
                    rule,
                    message,
                    remedy,
                    index=index,
                    key=column.key,
                    severity="hard" if rule == "required" else column.severity,
                    value=raw,
                )
            )
    return stored


def _column_problems(
    column: Column, value: Any, period: tuple[date, date] | None
) -> Iterator[tuple[str, str, str]]:
    if value is None:
        if column.required:
            yield (
                "required",
                _("“%(label)s”未填写") % {"label": column.label},
                column.help or _("此项必填，请补填。"),
            )
        return
    if period is not None and column.period:
        yield from _period_problems(column, str(value)[:10], period)
    if isinstance(value, str) and column.type in ("text", "file"):
        yield from _text_problems(column, value)
    if column.min is not None and values.comparable(column, value) < column.min:
        yield (
            "min",
            _("小于下限 %(bound)s") % {"bound": column.min},
            _("请核对数值，不应小于 %(bound)s%(unit)s。")
            % {"bound": column.min, "unit": column.unit},
        )
    if column.max is not None and values.comparable(column, value) > column.max:
        yield (
            "max",
            _("大于上限 %(bound)s") % {"bound": column.max},
            _("请核对数值，不应大于 %(bound)s%(unit)s。")
            % {"bound": column.max, "unit": column.unit},
        )


def _period_problems(
    column: Column, day: str, period: tuple[date, date]
) -> Iterator[tuple[str, str, str]]:
    """What happened lies in the period that is reported, or at least not after it."""
    first, last = period
    if day > last.isoformat():
        yield (
            "period",
            _("晚于报告期末%(last)s") % {"last": last},
            _("只填报告期末以前已经发生的；以后的留到下一期填报。"),
        )
    if column.period == "within" and day < first.isoformat():
        yield (
            "period",
            _("早于报告期初%(first)s") % {"first": first},
            _("只填本报告期内发生的；以前的请更正前期报表。"),
        )


def _text_problems(column: Column, value: str) -> Iterator[tuple[str, str, str]]:
    if len(value) > column.max_length:
        yield (
            "max_length",
            _("共 %(length)d 字，超过 %(limit)d 字")
            % {"length": len(value), "limit": column.max_length},
            _("请压缩到 %(limit)d 字以内。") % {"limit": column.max_length},
        )
    if len(value) < column.min_length:
        yield (
            "min_length",
            _("共 %(length)d 字，不足 %(limit)d 字")
            % {"length": len(value), "limit": column.min_length},
            column.help or _("请补充到 %(limit)d 字以上。") % {"limit": column.min_length},
        )
    missing = [word for word in column.mentions if word not in values.folded(value)]
    if missing:
        yield (
            "mentions",
            _("内容中没有“%(words)s”") % {"words": "、".join(missing)},
            column.help or _("请在内容中写明“%(words)s”。") % {"words": "、".join(missing)},
        )


def _count(form: Form, rows: Sequence[Any], places: Places) -> Iterator[Problem]:
    if len(rows) < form.min_rows:
        yield places.problem(
            "min_rows",
            (
                _("只有 %(count)d 行，至少要填 %(limit)d 行")
                if rows
                else _("没有填写，至少要填 %(limit)d 行")
            )
            % {"count": len(rows), "limit": form.min_rows},
            _("请补充“%(title)s”。") % {"title": form.title},
        )
    if len(rows) > form.max_rows:
        yield places.problem(
            "max_rows",
            _("共 %(count)d 行，超过上限 %(limit)d 行，只检查了前 %(limit)d 行")
            % {"count": len(rows), "limit": form.max_rows},
            _("请删减或分次填报。"),
        )


def _key_problems(form: Form, rows: list[dict[str, Any]], places: Places) -> Iterator[Problem]:
    if not form.key:
        return
    first: dict[tuple[Any, ...], int] = {}
    for index, row in enumerate(rows):
        key = tuple(row[name] for name in form.key)
        if any(part is None for part in key):
            continue
        if key in first:
            labels = "、".join(form.by_key[name].label for name in form.key)
            yield places.problem(
                "duplicate",
                _("与第 %(row)d 行重复（%(labels)s相同）")
                % {"row": places.lines[first[key]], "labels": labels},
                _("请删除重复的行，或更正其中一行。"),
                index=index,
                key=form.key[0],
                value="、".join(str(part) for part in key),
            )
        else:
            first[key] = index


def names_of(checks: Sequence[Check]) -> list[str]:
    """A name for each check of a sheet: rule/column, and which one where several are alike."""
    seen: Counter[str] = Counter()
    names = []
    for check in checks:
        name = f"{check.name}/{_lead(check)}"
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return names


def _lead(check: Check) -> str:
    """The column at whose cell a rule speaks."""
    for name in ("left", "column", "end", "value", "part", "total", "columns"):
        if name in check.params:
            named = check.params[name]
            return str(named[0] if isinstance(named, (list, tuple)) else named)
    return ""


def judged(found: Found, check: Check, places: Places, name: str) -> Problem:
    """A broken rule as a problem, in the words of the definition where it has its own."""
    own = not found.severity
    return places.problem(
        check.name,
        (check.message if own else "") or found.message,
        (check.remedy if own else "") or found.remedy,
        index=found.index,
        key=found.key,
        severity=found.severity or check.severity,
        value=found.value,
        check=name,
    )


def _reading_order(form: Form) -> Any:
    order = {column.key: i for i, column in enumerate(form.columns)}
    return lambda problem: (problem.row, order.get(problem.key, -1))
