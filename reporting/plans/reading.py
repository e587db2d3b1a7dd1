"""Rows of a plan's workbook as plain values: every cell taken, or refused with its reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from core.sheets import load_form, values
from core.sheets.definition import Column, Form
from core.sheets.values import Unfit
from reporting.plans.findings import Finding
from reporting.plans.rules import Rules

FILE = Path(__file__).parent.parent / "catalogue" / "ordered_use" / "rows.yaml"
EXACT = 10**15
CLOCK = re.compile(r"(\d{1,2})[:：时](\d{2})(?::00)?分?")
PLAIN = re.compile(r"[^\x00-\x20\x7f-\xa0\u200b-\u206f\u3000\ufeff#]+")
# A refused cell also silences what hangs on it.
LOADS = ("capacity_kva", "max_load_kw", "security_load_kw", "reducible_kw")
LINE = ("mixed_line", "separable", "cutoff_device", "control_means", "measure", "line_name")
HANGS = {
    **dict.fromkeys(LOADS, LOADS),
    **dict.fromkeys(LINE, LINE),
    "time_from": ("time_to",),
    "time_to": ("time_from",),
}
# Empty cells that the checks of plans speak of in words of their own.
SPOKEN_OF = frozenset({"user_no"})


@cache
def base_form() -> Form:
    """The definition of the table as it stands in the file."""
    return load_form(FILE)


def form_of(rules: Rules) -> Form:
    """The table with the grades, measures and words of the rules."""
    content = rules.content
    choices = {
        "grade": tuple(reversed(list(rules.by_grade))),
        "measure": tuple(rules.measures),
        "user_class": tuple(content["user_classes"]),
        "control_means": tuple(content["control_means"]),
        "rest_day": tuple(content["rest_days"]),
        "protected": tuple(rules.protected),
    }
    form = base_form()
    columns = tuple(
        replace(column, choices=choices[column.key], example=_example(column, choices))
        if column.key in choices
        else column
        for column in form.columns
    )
    return replace(form, columns=columns)


def _example(column: Column, choices: Mapping[str, tuple[str, ...]]) -> str:
    known = choices[column.key]
    return column.example if not column.example or column.example in known else known[-1]


class Taker:
    """Turns raw cells into the values of a row."""

    def __init__(self, form: Form) -> None:
        by_type: dict[str, Callable[[Column, Any], Any]] = {
            "int": _whole,
            "bool": _yes,
        }
        own: dict[str, Callable[[Column, Any], Any]] = {
            "time_from": _clock,
            "time_to": _clock,
            "phone": _phone,
        }
        empty: dict[str, Any] = {"int": 0, "bool": False}
        self.columns = [
            (c, c.key, own.get(c.key) or by_type.get(c.type, _text), empty.get(c.type, ""))
            for c in form.columns
        ]

    def taken(self, line: int, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
        """The values of a row and what its cells have wrong; an empty value stands for those."""
        row: dict[str, Any] = {}
        wrong: list[Finding] = []
        for column, key, take, empty in self.columns:
            value = raw.get(key)
            if value is None or value == "":
                row[key] = empty
                if column.required and key not in SPOKEN_OF:
                    wrong.append(_missing(line, column))
                continue
            try:
                row[key] = take(column, value)
            except Unfit as unfit:
                row[key] = empty
                facts = {"message": unfit.message, "remedy": unfit.remedy}
                wrong.append(Finding("cell", line, key, facts))
        return row, wrong


def silenced(found: list[Finding], wrong: list[Finding]) -> list[Finding]:
    """Findings of a row without those that only come of cells that were refused."""
    if not wrong:
        return found
    silent = {key for one in wrong for key in (one.key, *HANGS.get(one.key, ()))}
    return [*wrong, *(one for one in found if one.key not in silent)]


def _missing(line: int, column: Column) -> Finding:
    message = _("“%(label)s”未填写") % {"label": column.label}
    return Finding(
        "cell", line, column.key, {"message": message, "remedy": _("此项必填，请补填。")}
    )


def _text(column: Column, raw: Any) -> str:
    if raw.__class__ is str and PLAIN.fullmatch(raw):
        text = raw
    else:
        if isinstance(raw, float) and abs(raw) >= EXACT:
            raise Unfit(
                _("数字过长，末尾几位已被电子表格改掉"), _("请把该列设为文本格式，重新填写。")
            )
        text = values.visible(raw if isinstance(raw, str) else values.plain(raw))
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


def _whole(column: Column, raw: Any) -> int:
    most = int(column.max) if column.max is not None else EXACT  # type: ignore[arg-type]
    if raw.__class__ is float and raw.is_integer() and 0 <= raw <= most:
        return int(raw)
    if raw.__class__ is int and 0 <= raw <= most:
        return int(raw)
    found = values.take(column, raw).value
    if found is None:
        return 0
    if not 0 <= found <= most:
        raise Unfit(
            _("%(value)s不在0至%(most)s之间") % {"value": found, "most": most},
            _("请核对数值和单位。"),
        )
    return int(found)


def _yes(column: Column, raw: Any) -> bool:
    if raw.__class__ is bool:
        return bool(raw)
    return bool(values.take(column, raw).value)


def _clock(column: Column, raw: Any) -> str:
    """ "09:00"; also from cells that the spreadsheet took for a time of day or a fraction of it."""
    if isinstance(raw, datetime | time):
        return f"{raw:%H:%M}"
    if isinstance(raw, int | float) and 0 <= raw <= 1:
        minutes = round(raw * 24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    text = _text(column, raw)
    if match := CLOCK.fullmatch(text):
        return f"{int(match[1]):02}:{match[2]}"
    if text.startswith("1899-12-3") and len(text) >= 16:
        return text[11:16]
    return text


def _phone(column: Column, raw: Any) -> str:
    text = _text(column, raw)
    if text.isascii() and text.isdigit():
        return text
    return values.visible(text).translate(NARROW).replace(" ", "")


NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20, 0x2014: 0x2D}
