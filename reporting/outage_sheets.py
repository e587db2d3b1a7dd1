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

from core import clock
from core.sheets import Form, Problem, load_form
from core.sheets.checks import letter_of
from core.sheets.reader import Read
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
BETWEEN = re.compile(r"[、,，;；\n]+")


@cache
def form() -> Form:
    """The definition of the workbook."""
    return load_form(FILE)


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


def problem(read: Read, place: int, key: str, rule: str, message: str) -> Problem:
    """What is wrong with a row by rules that the form does not know, at its cell."""
    column = form().by_key.get(key)
    line = read.lines[place] if place < len(read.lines) else 0
    letter = read.letters.get(key, "")
    if not letter and column is not None:
        letter = letter_of(form().columns.index(column) + 1)
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
    columns = [
        Out("organisation", _("供电单位"), 24),
        *(replace(_out(column), type="") for column in form().columns),
        Out("state", _("状态")),
        Out("change_reason", _("变更、取消原因"), 24),
        Out("lead", _("提前量（小时）"), 14),
        Out("lead_ok", _("提前量是否符合"), 14),
        Out("flags", _("存在问题"), 36),
    ]
    return write(columns, _lines(notices, reasons), sheet=_("停限电信息"), **taken)


def _out(column: Any) -> Out:
    unit = f"（{column.unit}）" if column.unit else ""
    return Out(column.key, column.label + unit, column.width or 16)


def _lines(notices: Iterable[OutageNotice], reasons: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    labels = dict(OutageFlag.Code.choices)
    for notice in notices:
        row = Record.standing(notice).values()
        for name in MOMENTS:
            if row[name] is not None:
                row[name] = f"{row[name].astimezone(clock.ZONE):%Y-%m-%d %H:%M}"
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
