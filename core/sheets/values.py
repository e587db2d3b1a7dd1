"""From what people type to what is stored: one canonical JSON value per cell.

text, choice, phone, email and file become str; int becomes int; decimal becomes a str such as
"12.50" so that nothing is lost; date becomes "2011-11-24"; instant "2011-11-24T09:30:00+08:00";
bool becomes True or False; an empty cell becomes None. Whatever is changed on the way beyond plain
trimming is said in a note.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from core.clock import ZONE

if TYPE_CHECKING:
    from core.sheets.definition import Column

# Numbers beyond this cannot come from a person; Decimal("1e999999") would also exhaust memory.
LARGEST = Decimal(10) ** 15
# Excel counts days from here (its 1900 is a leap year); 20000–80000 is 1954–2119.
EXCEL_EPOCH = date(1899, 12, 30)
EXCEL_SERIALS = range(20_000, 80_000)

_CONTROL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufffe\uffff]"
    "|[\ud800-\udfff]"
)
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d{1,2})?")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
_DATE = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
)
_INSTANT = re.compile(
    r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?"
    r"(?:[ T]*(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})(?:\.\d+)?)?[秒分]?)?"
    r"\s*(Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_PHONE = re.compile(
    r"1[3-9]\d{9}|(\(?0\d{2,3}\)?-?)?[2-9]\d{6,7}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}|\d{5}"
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_TRUE = {"是", "有", "√", "✓", "true", "1", "y", "yes"}
_FALSE = {"否", "无", "×", "x", "false", "0", "n", "no"}
# What stands in place of a formula whose result was never kept.
NO_VALUE = "=（没有计算结果）"
EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!"}


class Unfit(Exception):
    """The value cannot be taken: what is wrong, and how to put it right."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message, self.remedy = message, remedy


@dataclass(frozen=True)
class Taken:
    """A value as it will be stored, and what was changed to get there ("" when nothing)."""

    value: Any
    note: str = ""


def take(column: Column, raw: Any) -> Taken:
    """The stored value of a raw cell. Raises ``Unfit``."""
    if isinstance(raw, str):
        clean = visible(raw)
        if clean == NO_VALUE:
            raise Unfit(
                _("单元格是公式，没有保存计算结果"),
                _("请用 Excel 或 WPS 打开并保存一次，或改填数值。"),
            )
        if clean in EXCEL_ERRORS:
            raise Unfit(
                _("单元格是公式错误值“%(value)s”") % {"value": clean},
                _("请改正公式，或直接填写数值。"),
            )
        note = _("已去掉不可见字符") if _CONTROL.search(raw) else ""
        raw = clean
    else:
        note = ""
    if raw is None or raw == "":
        return Taken(None, note)
    taken = _BY_TYPE[column.type](column, raw)
    return Taken(taken.value, taken.note or note)


def visible(text: str) -> str:
    """A text without signs that nobody sees and without blanks around it."""
    if text.isprintable():
        # Most are: of all that is taken away below only the plain blank can be printed.
        return text.strip(" ")
    return _CONTROL.sub("", text).replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n\u3000\xa0")


def plain(raw: Any) -> str:
    """A raw cell as text: whole floats without ``.0``, dates in ISO form."""
    if isinstance(raw, bool):
        return "TRUE" if raw else "FALSE"
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 1e15:
        return str(int(raw))
    if isinstance(raw, datetime):
        return raw.date().isoformat() if raw.time() == time() else raw.isoformat(" ")
    if isinstance(raw, (date, time)):
        return raw.isoformat()
    return str(raw)


def folded(text: str) -> str:
    """Full-width digits, letters and signs as ASCII; blanks of every kind left out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def decimal(value: Any) -> Decimal:
    """A stored or configured number as Decimal."""
    return Decimal(str(value))


def comparable(column: Column, value: Any) -> Any:
    """A stored value in the form in which values of its column compare."""
    if column.type in ("int", "decimal"):
        return decimal(value)
    if column.type == "date":
        return date.fromisoformat(value)
    return value


def _text(column: Column, raw: Any) -> Taken:
    return Taken(plain(raw))


def _number(column: Column, raw: Any) -> tuple[Decimal, str]:
    if isinstance(raw, (bool, date, time, timedelta)):
        raise Unfit(_("应为数字"), _not_a_number(column))
    if isinstance(raw, (int, float, Decimal)):
        # 15 digits is what Excel itself keeps; more is noise of binary floats (0.1+0.2).
        return _finite(format(raw, ".15g") if isinstance(raw, float) else str(raw), column), ""
    text = folded(raw)
    note = "" if text == raw else _("已把“%(raw)s”规范为“%(text)s”") % {"raw": raw, "text": text}
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
        note = _("已去掉千位分隔符")
    if len(text) > 40 or not _NUMBER.fullmatch(text):
        raise Unfit(_("“%(value)s”不是数字") % {"value": _short(raw)}, _not_a_number(column))
    return _finite(text, column), note


def _finite(text: str, column: Column) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) > LARGEST:
        raise Unfit(_("数字过大或无效"), _not_a_number(column))
    return number


def _not_a_number(column: Column) -> str:
    if column.unit:
        return _("只填数字，单位为%(unit)s，不写单位和说明。") % {"unit": column.unit}
    return _("只填数字，不写单位和说明。")


def _int(column: Column, raw: Any) -> Taken:
    number, note = _number(column, raw)
    if number != number.to_integral_value():
        raise Unfit(
            _("应为整数，填的是 %(value)s") % {"value": format(number.normalize(), "f")},
            _("请填写整数。"),
        )
    return Taken(int(number), note)


def _decimal(column: Column, raw: Any) -> Taken:
    number, note = _number(column, raw)
    rounded = round(number, column.places)
    if rounded != number:
        raise Unfit(
            _("小数位数超过 %(places)d 位") % {"places": column.places},
            _("请四舍五入到 %(places)d 位小数。") % {"places": column.places},
        )
    return Taken(format(rounded, "f"), note)


def _date(column: Column, raw: Any) -> Taken:
    if isinstance(raw, datetime):
        return Taken(raw.date().isoformat())
    if isinstance(raw, date):
        return Taken(raw.isoformat())
    remedy = _("请按“2011-11-25”的样式填写日期。")
    text = plain(raw) if not isinstance(raw, str) else unicodedata.normalize("NFKC", raw).strip()
    if text.isdecimal() and len(text) == 5 and int(text) in EXCEL_SERIALS:
        day = EXCEL_EPOCH + timedelta(days=int(text))
        return Taken(day.isoformat(), _("已把日期序号 %(raw)s 换成日期") % {"raw": text})
    match = _DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text)
    if not match or not text.isascii() and not set("年月日") & set(text):
        raise Unfit(_("“%(value)s”不是日期") % {"value": _short(text)}, remedy)
    try:
        day = date(*(int(part) for part in match.groups()))
    except ValueError:
        raise Unfit(_("没有“%(value)s”这一天") % {"value": _short(text)}, remedy) from None
    same = day.isoformat() == text
    note = "" if same else _("已把“%(raw)s”规范为“%(text)s”") % {"raw": text, "text": day}
    return Taken(day.isoformat(), note)


def _instant(column: Column, raw: Any) -> Taken:
    moment = instant(raw)
    if moment is None:
        raise Unfit(
            _("“%(value)s”不是日期和时间") % {"value": _short(plain(raw))},
            _("请按“2011-11-25 09:30”的样式填写日期和时间。"),
        )
    return Taken(moment.isoformat())


def instant(raw: Any) -> datetime | None:
    """A point in time as people and programs write it; without a zone in Asia/Shanghai, without
    a time the beginning of the day. None for anything else."""
    if isinstance(raw, datetime):
        return raw if raw.tzinfo else raw.replace(tzinfo=ZONE)
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day, tzinfo=ZONE)
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return _from_serial(raw)
    text = str(raw)
    try:
        # What programs write, and by far the fastest.
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)
    except ValueError:
        pass
    match = _INSTANT.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if not match:
        return None
    *numbers, zone = match.groups()
    try:
        offset = datetime.fromisoformat(f"2000-01-01T00:00{zone}").tzinfo if zone else ZONE
        year, month, day, hour, minute, second = (int(part or 0) for part in numbers)
        return datetime(year, month, day, hour, minute, second, tzinfo=offset)
    except ValueError:
        return None


def _from_serial(raw: float) -> datetime | None:
    if not EXCEL_SERIALS.start <= raw < EXCEL_SERIALS.stop:
        return None
    moment = datetime(EXCEL_EPOCH.year, EXCEL_EPOCH.month, EXCEL_EPOCH.day, tzinfo=ZONE)
    return moment + timedelta(seconds=round(raw * 86400))


def _choice(column: Column, raw: Any) -> Taken:
    text = plain(raw)
    if text in column.choices:
        return Taken(text)
    for choice in column.choices:
        if folded(choice) == folded(text):
            return Taken(choice, _("已按选项规范为“%(choice)s”") % {"choice": choice})
    near = difflib.get_close_matches(text, column.choices, n=1, cutoff=0.5)
    options = "、".join(column.choices[:12])
    if near:
        remedy = _("是否为“%(near)s”？可选：%(options)s。") % {"near": near[0], "options": options}
    else:
        remedy = _("请从下列选项中选择：%(options)s。") % {"options": options}
    raise Unfit(_("“%(value)s”不在选项中") % {"value": _short(text)}, remedy)


def _bool(column: Column, raw: Any) -> Taken:
    if isinstance(raw, bool):
        return Taken(raw)
    text = folded(plain(raw)).lower()
    if text in _TRUE:
        return Taken(True)
    if text in _FALSE:
        return Taken(False)
    raise Unfit(_("应填“是”或“否”"), _("请填写“是”或“否”。"))


def _phone(column: Column, raw: Any) -> Taken:
    before = plain(raw)
    text = re.sub("[-‐-―－—]+", "-", folded(before)).strip("-")
    if text.startswith("+86"):
        text = text[3:].lstrip("-")
    if re.fullmatch(r"1[3-9]\d-\d{4}-\d{4}", text):
        text = text.replace("-", "")
    if not _PHONE.fullmatch(text):
        raise Unfit(
            _("“%(value)s”不是电话号码") % {"value": _short(before)},
            _("手机填 11 位数字；固定电话填“区号-号码”，如 020-85120000。"),
        )
    note = "" if text == before else _("已规范电话号码的写法")
    return Taken(text, note)


def _email(column: Column, raw: Any) -> Taken:
    text = folded(plain(raw))
    if len(text) > 254 or not _EMAIL.fullmatch(text):
        raise Unfit(
            _("“%(value)s”不是电子邮箱地址") % {"value": _short(text)},
            _("请按“name@example.com”的样式填写。"),
        )
    return Taken(text)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 30 else text[:29] + "…"


_BY_TYPE: dict[str, Callable[[Column, Any], Taken]] = {
    "text": _text,
    "int": _int,
    "decimal": _decimal,
    "date": _date,
    "instant": _instant,
    "choice": _choice,
    "bool": _bool,
    "phone": _phone,
    "email": _email,
    "file": _text,
}
