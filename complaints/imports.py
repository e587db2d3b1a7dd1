"""Rows of an imported file as case records: every cell taken or refused with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from complaints.models import Term
from complaints.services.records import Record
from complaints.services.words import Words, plain
from complaints.workflow import Source, State
from core import masking
from core.sheets import Problem, load_form, values
from core.sheets.definition import Column, Form
from core.sheets.reader import file_problem
from core.sheets.stream import Stream
from core.sheets.values import Unfit

FILE = Path(__file__).parent / "catalogue" / "imports" / "cases.yaml"
# Whole numbers beyond this have lost digits in the spreadsheet already.
EXACT = 10**15
Taker = Callable[[Column, Any], Any]


@cache
def form() -> Form:
    """The definition of the file: template, columns and what they take."""
    return load_form(FILE)


class Fault(NamedTuple):
    """One thing wrong in a row. Small: a long file may have very many."""

    row: int
    key: str
    rule: str
    message: str
    remedy: str
    value: str = ""


class Taken(NamedTuple):
    """A row as a record, what its cells have wrong, and the keys of those."""

    record: Record
    faults: list[Fault]
    refused: frozenset[str]


# What cannot be judged where another cell was refused.
ON_SITE = ("arrived_at", "restored_at", "interrupted_at")
HANGS_ON = {
    "received_at": ("closed_at", *ON_SITE),
    "state": ("closed_at", *ON_SITE),
    "closed_at": ON_SITE,
    "nature": ("state",),
    "arrived_at": ("restored_at", "state"),
    "restored_at": ("interrupted_at", "state"),
}


class Reader:
    """Turns raw rows into records of one source."""

    def __init__(self, source: str) -> None:
        self.source = source
        options = form().options
        self._states = {plain(word): state for word, state in options["states"].items()}
        self._sources = {plain(word): code for word, code in options["sources"].items()}
        for state, label in State.choices:
            self._states |= {plain(state): state, plain(str(label)): state}
        for code, label in Source.choices:
            self._sources |= {plain(code): code, plain(str(label)): code}
        self._takers = [(column, self._taker(column)) for column in form().columns]

    def _taker(self, column: Column) -> Taker:
        own: dict[str, Taker] = {"state": self._state, "source": self._source}
        by_type: dict[str, Taker] = {"instant": _instant, "bool": _plain, "int": _plain}
        return own.get(column.key) or by_type.get(column.type, _text)

    def taken(self, row: int, raw: Mapping[str, Any], *, now: datetime) -> Taken:
        """The record of a row with all that its cells have wrong. Stand-ins take the place of what
        was refused, so that the others can be judged all the same."""
        values: dict[str, Any] = {}
        faults: list[Fault] = []
        refused: set[str] = set()
        for column, taker in self._takers:
            value = raw.get(column.key)
            try:
                found = None if value is None or value == "" else taker(column, value)
            except Unfit as unfit:
                rule = f"type_{column.type}"
                faults.append(_fault(row, column, rule, unfit.message, unfit.remedy, value))
                refused.add(column.key)
                continue
            if found is not None:
                values[column.key] = found
            if column.required and not found:
                faults.append(missing(row, column))
                refused.add(column.key)
        values.pop("source", None)
        if values.get("closed_at") and not values.get("state") and "state" not in refused:
            values["state"] = State.CLOSED.value
        stand_ins = {"number": f"?{row}", "received_at": now, "channel": "", "nature": ""}
        return Taken(Record.of({**stand_ins, **values}), faults, frozenset(refused))

    def _state(self, column: Column, raw: Any) -> str:
        word = _text(column, raw)
        state = self._states.get(plain(word))
        if state is None:
            options = "、".join(str(label) for label in State.labels)
            raise Unfit(
                _("状态“%(value)s”不正确") % {"value": word[:30]},
                _("可填：%(options)s。") % {"options": options},
            )
        return state

    def _source(self, column: Column, raw: Any) -> str:
        word = _text(column, raw)
        if word and self._sources.get(plain(word)) != self.source:
            label = Source(self.source).label
            raise Unfit(
                _("来源“%(value)s”与本次导入的“%(source)s”不一致")
                % {"value": word[:30], "source": label},
                _("请把不同来源的记录分成几个文件导入，或删去该列。"),
            )
        return self.source


def _text(column: Column, raw: Any) -> str:
    if isinstance(raw, float) and abs(raw) >= EXACT:
        raise Unfit(
            _("数字过长，末尾几位已被电子表格改掉"),
            _("请把该列设为文本格式，重新填写。"),
        )
    text = raw if isinstance(raw, str) else values.plain(raw)
    text = values.visible(text)
    if text in values.EXCEL_ERRORS:
        raise Unfit(
            _("单元格是公式错误值“%(value)s”") % {"value": text},
            _("请改正公式，或直接填写内容。"),
        )
    if len(text) > column.max_length:
        raise Unfit(
            _("有 %(length)d 个字，超过 %(limit)d 个字")
            % {"length": len(text), "limit": column.max_length},
            _("请删减。"),
        )
    return text


def _instant(column: Column, raw: Any) -> datetime | None:
    if isinstance(raw, str) and not raw.strip():
        return None
    moment = values.instant(raw)
    if moment is None:
        return values.take(column, raw).value
    return moment


def _plain(column: Column, raw: Any) -> Any:
    return values.take(column, raw).value


def missing(row: int, column: Column) -> Fault:
    """A required cell is empty."""
    message = _("“%(label)s”未填写") % {"label": column.label}
    return Fault(row, column.key, "required", message, column.help or _("此项必填，请补填。"))


def _fault(row: int, column: Column, rule: str, message: str, remedy: str, value: Any) -> Fault:
    return Fault(row, column.key, rule, message, remedy, values.plain(value)[:200])


def twice(row: int, first: int, number: str) -> Fault:
    """A number stands in the file a second time."""
    message = _("与第 %(row)d 行重复（编号相同）") % {"row": first}
    return Fault(
        row, "number", "duplicate", message, _("请删除重复的行，或更正其中一行。"), number[:200]
    )


def none_at_all(content: Stream, rows: int) -> Iterator[Problem]:
    """A file with a header and nothing below it."""
    if content.readable and not rows and not content.problems:
        title = form().title
        yield file_problem(
            "min_rows",
            _("文件里没有诉求记录"),
            _("请从表头下一行起填写“%(title)s”。") % {"title": title},
        )


# What a record has wrong as a whole → the rule that a person reads.
RULES = {"number": "unique", "organisation": "organisation", "region": "region"}


def judged(
    row: int, taken: Taken, errors: Mapping[str, str], raw: Mapping[str, Any], *, words: Words
) -> Iterator[Fault]:
    """Mistakes of a record (by its field) at the cells of its row; none of refused cells again."""
    silent = {*taken.refused, *(k for key in taken.refused for k in HANGS_ON.get(key, ()))}
    undated = "received_at" in taken.refused
    for name, message in errors.items():
        key = name if name in form().by_key else "number"
        if key in silent or (undated and words.ever(key, getattr(taken.record, key))):
            continue
        value = values.plain(raw.get(key) or "")[:200]
        yield Fault(row, key, RULES.get(key, "record"), message.rstrip("。"), remedy(key), value)


def remedy(key: str) -> str:
    """What to do about a cell that the portal does not take."""
    if key in Term.Kind.values:
        return _("请按受理当时的目录填写，目录见模板的填报说明和系统的诉求目录。")
    texts = {
        "number": _("请核对编号；内容有变化的，应在系统中办理，不能重新导入。"),
        "organisation": _("请填写系统中已有单位的全称、简称或者代码。"),
        "region": _("请填写行政区划代码，或者不重名的全称、简称。"),
        "received_at": _("请核对受理时间。"),
        "closed_at": _("请核对办结时间和状态。"),
        **dict.fromkeys(ON_SITE, _("请核对停电、到场、复电的先后和状态。")),
        "households": _("请填写受停电影响的居民户数，没有停电的填0。"),
        "state": _("请按该诉求办理程序中的状态填写，或者留空。"),
    }
    return texts.get(key, _("请改正后重新导入。"))


def problem(fault: Fault, *, letters: Mapping[str, str], sheet: str) -> Problem:
    """The same in the words and places of the sheet."""
    letter = letters.get(fault.key, "")
    column = form().by_key.get(fault.key)
    return Problem(
        sheet=sheet,
        row=fault.row,
        column=column.label if column else "",
        cell=f"{letter}{fault.row}" if letter and fault.row else "",
        rule=fault.rule,
        message=fault.message,
        remedy=fault.remedy,
        key=fault.key,
        value=masking.mask(column.personal, fault.value)
        if column and column.personal
        else fault.value,
    )
