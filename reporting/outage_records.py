"""A notice as somebody hands it in: read from JSON, a sheet or a form, and what is wrong in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from complaints.services.records import MOMENT, UNSTORABLE, Faulty, moment_of
from core import clock, masking
from reporting.models import OutageNotice

Kind, Method, AreaType = OutageNotice.Kind, OutageNotice.Method, OutageNotice.AreaType
# Channels by which notices are made known.
CHANNELS: dict[str, Any] = {
    "newspaper": gettext_lazy("报纸"),
    "television": gettext_lazy("广播电视"),
    "website": gettext_lazy("网站"),
    "posting": gettext_lazy("现场张贴"),
    "sms": gettext_lazy("短信"),
    "phone": gettext_lazy("电话"),
    "wechat": gettext_lazy("微信"),
    "delivery": gettext_lazy("书面送达"),
}
LONGEST = timedelta(days=366)
# How far what happened may lie from what was planned. No rule of anybody's: a slip of the pen.
STRAY = timedelta(days=31)
MOST = 100_000_000
MOST_NAMES, LONGEST_NAME = 200, 60
TEXTS = {
    "number": 40,
    "kind": 12,
    "reason": 40,
    "reason_text": 200,
    "document": 80,
    "area": 300,
    "area_type": 10,
    "substation": 60,
    "important_record": 200,
    "method": 20,
}
LISTS = ("lines", "transformer_areas", "channels")
COUNTS = (
    "households",
    "important_users",
    "dedicated_users",
    "sensitive_users",
    "avoided_households",
)
MOMENTS = (
    "planned_start",
    "planned_end",
    "published_at",
    "important_told_at",
    "actual_start",
    "actual_end",
    "arrived_at",
    "cause_ended_at",
)
ACTUAL = ("actual_start", "actual_end", "arrived_at", "cause_ended_at")
REQUIRED = ("number", "kind", "area", "planned_start", "planned_end")
# In these nobody may be named; what looks like it is masked.
FREE = ("area", "reason_text", "important_record", "document")
# These everybody reads and may search: what names a person is refused.
OPEN = ("number", "area", "substation", "lines", "transformer_areas")
PERSONAL = {"email", "id_card", "bank", "mobile", "landline", "account_no", "name"}
# Last parts of addresses of the interface.
DOORS = {"changes", "actual", "cancel"}
# A number of a company's own looks like other numbers now and then.
OF_NUMBERS = {"email", "id_card", "mobile", "name"}


@dataclass(frozen=True)
class Record:
    """Everything of a notice that its company says."""

    number: str
    kind: str
    area: str
    planned_start: datetime
    planned_end: datetime
    reason: str = ""
    reason_text: str = ""
    document: str = ""
    area_type: str = ""
    substation: str = ""
    lines: tuple[str, ...] = ()
    transformer_areas: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    households: int = 0
    important_users: int = 0
    dedicated_users: int = 0
    sensitive_users: int = 0
    published_at: datetime | None = None
    important_told_at: datetime | None = None
    important_record: str = ""
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    arrived_at: datetime | None = None
    cause_ended_at: datetime | None = None
    method: str = Method.OUTAGE
    avoided_hours: Decimal | None = None
    avoided_households: int = 0

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Record:
        """From plain values; empty ones count as not given, texts lose what looks personal."""
        known = {one.name for one in fields(cls)}
        said = {k: v for k, v in values.items() if k in known and v not in (None, "", [])}
        for name in LISTS:
            if name in said:
                said[name] = tuple(dict.fromkeys(said[name]))
        for name in FREE:
            if name in said and not (name in OPEN and _personal(name, said[name])):
                said[name] = masking.mask_text(said[name])
        return cls(**said)

    @classmethod
    def standing(cls, notice: OutageNotice) -> Record:
        """What a notice says now."""
        return cls.of({one.name: getattr(notice, one.name) for one in fields(cls)})

    def values(self) -> dict[str, Any]:
        """Columns of the notice."""
        found = {one.name: getattr(self, one.name) for one in fields(self)}
        return found | {name: list(found[name]) for name in LISTS}

    def content(self) -> dict[str, Any]:
        """The same as JSON, in one form whatever way it came."""
        return {name: _plain(value) for name, value in self.values().items()}

    @property
    def digest(self) -> str:
        text = json.dumps(self.content(), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    def with_(self, **changes: Any) -> Record:
        return replace(self, **changes)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(clock.ZONE).isoformat(timespec="minutes")
    return f"{value:.2f}" if isinstance(value, Decimal) else value


def problems(record: Record, *, now: datetime) -> dict[str, str]:
    """Field → what is wrong with it, judged by the record alone."""
    return dict(_problems(record, now)) | dict(_persons(record))


def _addressable(number: str) -> bool:
    """Whether an address can name it, and not one of the doors of another notice."""
    parts = number.split("/")
    return not {"", ".", ".."} & set(parts) and not DOORS & set(parts[1:])


def _persons(record: Record) -> Iterator[tuple[str, str]]:
    for name in OPEN:
        value = getattr(record, name)
        texts = (value,) if isinstance(value, str) else value
        if found := [word for text in texts for word in _personal(name, text)]:
            told = "、".join(found)
            yield name, _("不得填写姓名、电话、证件号码、户号：%(what)s。") % {"what": told}


def _personal(name: str, text: str) -> list[str]:
    """What in a text names a person, masked."""
    kinds = OF_NUMBERS if name == "number" else PERSONAL
    hits = (hit for hit in masking.find(text) if hit.kind in kinds)
    return [masking.mask(hit.kind, text[hit.start : hit.end]) for hit in hits]


def _problems(record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    for name, options in (("kind", Kind), ("area_type", AreaType), ("method", Method)):
        value = getattr(record, name)
        if value not in options.values and (value or name != "area_type"):
            yield name, _choose(options.labels)
    if record.number and not _addressable(record.number):
        yield "number", _("不能以斜线开头、结尾，不能含“//”“..”和“/changes”等接口地址。")
    if any(channel not in CHANNELS for channel in record.channels):
        yield "channels", _choose(list(CHANNELS))
    for name in LISTS:
        names = getattr(record, name)
        if len(names) > MOST_NAMES or any(len(one) > LONGEST_NAME for one in names):
            yield name, _("最多%(n)d项，每项最多%(m)d个字。") % {"n": MOST_NAMES, "m": LONGEST_NAME}
    for name in COUNTS:
        if not 0 <= getattr(record, name) <= MOST:
            yield name, _("须为0或者正整数。")
    yield from _wrong_times(record)
    yield from _wrong_reports(record, now)
    yield from _strayed(record)
    yield from _wrong_avoided(record)


def _wrong_avoided(record: Record) -> Iterator[tuple[str, str]]:
    avoided = record.avoided_hours
    if avoided is not None and not 0 <= avoided < 10000:
        yield "avoided_hours", _("须为0至9999.99之间的小时数。")
    elif avoided is not None and avoided * 3600 > _seconds(record):
        yield "avoided_hours", _("不能超过计划停电时间的长短。")
    if avoided and record.method == Method.OUTAGE:
        yield "avoided_hours", _("停电作业没有减少停电时间，请核对作业方式。")


def _seconds(record: Record) -> int:
    return max(0, int((record.planned_end - record.planned_start).total_seconds()))


def _wrong_times(record: Record) -> Iterator[tuple[str, str]]:
    if record.planned_end <= record.planned_start:
        yield "planned_end", _("须晚于计划停电时间。")
    elif record.planned_end - record.planned_start > LONGEST:
        yield "planned_end", _("停电时间过长，请核对。")
    if record.channels and record.published_at is None:
        yield "published_at", _("填写了公告渠道的，须填写公告时间。")


def _wrong_reports(record: Record, now: datetime) -> Iterator[tuple[str, str]]:
    """What is told to have happened has happened, one after the other."""
    for name in ("published_at", "important_told_at", *ACTUAL):
        value = getattr(record, name)
        if value is not None and value > now:
            yield name, _("不能晚于现在。")
    began = record.actual_start
    if began is None:
        if record.actual_end:
            yield "actual_start", _("填写了复电时间的，须填写停电时间。")
        return
    for name in ("actual_end", "arrived_at", "cause_ended_at"):
        value = getattr(record, name)
        if value is not None and value < began:
            yield name, _("不能早于实际停电时间。")


def _strayed(record: Record) -> Iterator[tuple[str, str]]:
    """What was off lies near what was planned, began before it ended, and did not last for ever:
    hours of residents are made of it."""
    began, ended = record.actual_start, record.actual_end
    if began is None:
        return
    if not record.planned_start - STRAY <= began <= record.planned_end + STRAY:
        text = _("与计划停电时间相差超过%(days)d日，请核对；改期的先变更计划时间。")
        yield "actual_start", text % {"days": STRAY.days}
    if ended is not None and ended == began:
        yield "actual_end", _("须晚于实际停电时间。")
    elif ended is not None and ended - began > LONGEST:
        yield "actual_end", _("停电时间过长，请核对。")


def _choose(options: Any) -> str:
    return _("须为以下之一：%(options)s。") % {"options": "、".join(map(str, options))}


# --- From JSON ------------------------------------------------------------------------------------

KNOWN = frozenset({*TEXTS, *LISTS, *COUNTS, *MOMENTS, "avoided_hours"})


def read(value: Mapping[str, Any], *, also: frozenset[str] = frozenset()) -> Record:
    """The record in a JSON object. Raises ``Faulty`` with every field that is wrong."""
    errors: dict[str, str] = dict(_strange(value, KNOWN | also))
    found: dict[str, Any] = {}
    for name, most in TEXTS.items():
        _take_text(value.get(name), name, most, found, errors)
    for name in LISTS:
        _take_list(value.get(name), name, found, errors)
    for name in COUNTS:
        _take_count(value.get(name), name, found, errors)
    found |= moments(value, MOMENTS, errors)
    _take_hours(value.get("avoided_hours"), found, errors)
    for name in REQUIRED:
        if name not in errors and not found.get(name):
            errors[name] = _("必填。")
    if errors:
        raise Faulty(errors)
    return Record.of(found)


def moments(
    value: Mapping[str, Any], names: tuple[str, ...], errors: dict[str, str]
) -> dict[str, datetime]:
    """Instants of an object by their names; what is none is told in ``errors``."""
    found = {}
    for name in names:
        if value.get(name) is None:
            continue
        moment = moment_of(value[name])
        if moment is None:
            errors[name] = str(MOMENT)
        else:
            found[name] = moment.replace(second=0, microsecond=0)
    return found


def _strange(value: Mapping[str, Any], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name in value:
        if name in known:
            continue
        near = get_close_matches(name, sorted(known), 1)
        yield (
            name[:60],
            _("没有这个字段，是否为“%(near)s”？") % {"near": near[0]}
            if near
            else _("没有这个字段。"),
        )


def _take_text(
    given: Any, name: str, most: int, found: dict[str, Any], errors: dict[str, str]
) -> None:
    if given is None:
        return
    if not isinstance(given, str) or UNSTORABLE.search(given):
        errors[name] = _("须为字符串。")
    elif len(given) > most:
        errors[name] = _("内容过长（最多%(limit)d个字）。") % {"limit": most}
    else:
        found[name] = given.strip()


def _take_list(given: Any, name: str, found: dict[str, Any], errors: dict[str, str]) -> None:
    if given is None:
        return
    texts = isinstance(given, list) and all(
        isinstance(one, str) and not UNSTORABLE.search(one) for one in given
    )
    if not texts:
        errors[name] = _("须为字符串的列表。")
    else:
        found[name] = [one.strip() for one in given if one.strip()]


def _take_count(given: Any, name: str, found: dict[str, Any], errors: dict[str, str]) -> None:
    if given is None:
        return
    if isinstance(given, bool) or not isinstance(given, int):
        errors[name] = _("须为整数。")
    else:
        found[name] = given


def _take_hours(given: Any, found: dict[str, Any], errors: dict[str, str]) -> None:
    if given is None:
        return
    try:
        hours = Decimal(str(given)).quantize(Decimal("0.01"))
    except InvalidOperation:
        errors["avoided_hours"] = _("须为数字。")
    else:
        if isinstance(given, bool) or not hours.is_finite():
            errors["avoided_hours"] = _("须为数字。")
        else:
            found["avoided_hours"] = hours
