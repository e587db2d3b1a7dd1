"""Outage notices as a workbook: the template, what comes back, and the export."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Organisation
from core import clock
from core.sheets import Form, Problem, load_form
from core.sheets.checks import letter_of
from core.sheets.definition import Column
from core.sheets.reader import Read
from core.sheets.scan import column_number
from core.sheets.writer import Out, write
from reporting.models import OutageFlag, OutageNotice
from reporting.outage_records import CHANNELS, COUNTS, LISTS, MOMENTS, Record
from reporting.outages.rules import Rules

FILE = Path(__file__).parent / "catalogue" / "imports" / "outages.yaml"
CHOICES = {
    "kind": OutageNotice.Kind,
    "area_type": OutageNotice.AreaType,
    "method": OutageNotice.Method,
}
# Columns of the export that the template has not.
BESIDE = {
    "organisation": gettext_lazy("供电单位"),
    "state": gettext_lazy("状态"),
    "change_reason": gettext_lazy("变更、取消原因"),
    "lead": gettext_lazy("提前量（小时）"),
    "lead_ok": gettext_lazy("提前量是否符合"),
    "flags": gettext_lazy("存在问题"),
}
WIDTHS = {"organisation": 24, "change_reason": 24, "lead": 14, "lead_ok": 14, "flags": 36}
# A day without a time of the day.
DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?")
BETWEEN = re.compile(r"[、,，;；\n]+")


@cache
def form() -> Form:
    """The definition of the workbook."""
    return load_form(FILE)


@cache
def reading() -> Form:
    """The same with what an export holds beside it: that column may name the unit, the others say
    what the portal found and are not looked at."""
    columns = (*form().columns, *(Column(key, str(label)) for key, label in BESIDE.items()))
    return replace(form(), columns=columns)


def names(text: str) -> list[str]:
    """Several names of one cell or field, each once."""
    return list(dict.fromkeys(one.strip() for one in BETWEEN.split(text) if one.strip()))


@cache
def _codes() -> dict[str, dict[str, str]]:
    """Chinese words of the cells → codes."""
    with translation.override("zh-hans"):
        found = {
            name: {str(label): code for code, label in choices.choices}
            for name, choices in CHOICES.items()
        }
        found["channels"] = {str(label): code for code, label in CHANNELS.items()}
    return found


def record_of(row: Mapping[str, Any], rules: Rules) -> Record:
    """A row that passed the checks of the form as a record; unknown words stay as they are, and are
    refused by the record's own checks."""
    said = {key: value for key, value in row.items() if value not in (None, "")}
    codes = _codes()
    for name in CHOICES:
        if name in said:
            said[name] = codes[name].get(said[name], said[name])
    for name in LISTS:
        said[name] = names(str(said.get(name, "")))
    said["channels"] = [codes["channels"].get(one, one) for one in said["channels"]]
    for name in MOMENTS:
        if name in said:
            said[name] = _instant(said[name])
    for name in COUNTS:
        if name in said:
            said[name] = int(said[name])
    if "avoided_hours" in said:
        said["avoided_hours"] = Decimal(str(said["avoided_hours"])).quantize(Decimal("0.01"))
    if "reason" in said:
        labels = {label: code for code, label in rules.reasons(said.get("kind", "")).items()}
        said["reason"] = labels.get(said["reason"], said["reason"])[:40]
    return Record.of(said)


def day_of(row: Mapping[str, Any]) -> datetime | None:
    """When the outage of a row is to begin."""
    value = row.get("planned_start")
    return _instant(value) if value else None


def _instant(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else parse_datetime(str(value))
    if found is None:
        raise ValueError(value)
    found = found if found.tzinfo else found.replace(tzinfo=clock.ZONE)
    return found.replace(second=0, microsecond=0)


def problems_of(read: Read, unit: Organisation) -> Iterator[Problem]:
    """What the cells say that their row does not: another unit, a day without a time."""
    cells = dict(read.raw)
    for place, line in enumerate(read.lines):
        for key in MOMENTS:
            said = _cell(cells.get(line, []), read.letters.get(key, ""))
            if isinstance(said, str) and DAY.fullmatch(said.strip()):
                text = _("只有日期，没有时间：%(value)s") % {"value": said.strip()}
                yield problem(read, place, key, "instant", text)
        named = read.rows[place].get("organisation") or unit.name
        if named not in (unit.name, unit.short_name, unit.code):
            text = _("不是所选的供电单位：%(unit)s") % {"unit": named}
            yield problem(read, place, "organisation", "unit", text)


def _cell(cells: list[Any], letter: str) -> Any:
    index = column_number(letter.encode()) - 1 if letter else -1
    return cells[index] if 0 <= index < len(cells) else None


def problem(read: Read, place: int, key: str, rule: str, message: str) -> Problem:
    """What is wrong with a row by rules that the form does not know, at its cell."""
    column = reading().by_key.get(key)
    line = read.lines[place] if place < len(read.lines) else 0
    letter = read.letters.get(key, "")
    if not letter and column is not None:
        letter = letter_of(reading().columns.index(column) + 1)
    return Problem(
        sheet=read.sheet or form().sheet_name,
        row=line,
        column=column.label if column else "",
        cell=f"{letter}{line}" if letter and line else "",
        rule=rule,
        message=message.rstrip("。"),
        remedy=column.help if column and column.help else _("请改正后重新导入。"),
        key=key,
    )


# --- Export ---------------------------------------------------------------------------------------


def workbook(notices: Iterable[OutageNotice], reasons: Mapping[str, str], **taken: Any) -> bytes:
    """Notices with everything that the template holds, their state, lead time and flags.

    ``taken``: ``taken_by`` and ``now``, for the mark on every page.
    """
    # In the words of the template, whatever language somebody reads: the import takes it back.
    with translation.override("zh-hans"):
        unit, *after = (Out(key, str(label), WIDTHS.get(key, 16)) for key, label in BESIDE.items())
        columns = [unit, *(replace(_out(column), type="") for column in form().columns), *after]
        return write(columns, _lines(notices, reasons), sheet=form().sheet_name, **taken)


def _out(column: Any) -> Out:
    unit = f"（{column.unit}）" if column.unit else ""
    return Out(column.key, column.label + unit, column.width or 16)


def _lines(notices: Iterable[OutageNotice], reasons: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    labels = dict(OutageFlag.Code.choices)
    for notice in notices:
        row = Record.standing(notice).values()
        for name in MOMENTS:
            if row[name] is not None:
                row[name] = clock.written(row[name])
        lead = notice.lead_seconds
        yield row | {
            "organisation": notice.organisation.name,
            "kind": notice.get_kind_display(),
            "area_type": notice.get_area_type_display(),
            "method": notice.get_method_display(),
            "reason": reasons.get(notice.reason, notice.reason),
            "lines": "、".join(notice.lines),
            "transformer_areas": "、".join(notice.transformer_areas),
            "channels": "、".join(str(CHANNELS.get(one, one)) for one in notice.channels),
            "avoided_hours": notice.avoided_hours,
            "state": notice.get_state_display(),
            "change_reason": notice.change_reason,
            "lead": None if lead is None else round(lead / 3600, 2),
            "lead_ok": notice.lead_ok,
            "flags": "、".join(str(labels[flag.code]) for flag in notice.flags.all()),
        }
