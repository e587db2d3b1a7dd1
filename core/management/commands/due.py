"""``manage.py due``: deadlines of a file of events, for other systems and for checking ours."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection
from django.utils.translation import gettext as _

from core import sla
from core.calendars import catalogue_calendar
from core.workdays import WorkCalendar, calendar

KEYS = ("id", "start", "allowance", "pauses", "extension", "roll")
LENGTH_KEYS = ("value", "unit", "document", "roll")
PAUSE_KEYS = ("from", "to", "document")


class Command(BaseCommand):
    help = _("按批计算期限：每行一个 JSON 对象，输出期限、是否待确认和计算说明。")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--batch", required=True, metavar="FILE", help=_("NDJSON 文件；- 表示标准输入")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer all lines, or none: any bad line ends with every error and exit code 2."""
        working_days = stored_or_catalogue()
        answers, errors = [], []
        for number, text in enumerate(read_lines(options["batch"]), start=1):
            if not text.strip():
                continue
            try:
                answers.append(answer(text, working_days))
            except (ValueError, OverflowError) as error:
                reason = _("日期超出可计算范围") if isinstance(error, OverflowError) else error
                errors.append(
                    _("第%(number)s行：%(reason)s") % {"number": number, "reason": reason}
                )
        if errors:
            errors.append(_("未输出任何结果，请更正后重试。"))
            raise CommandError("\n".join(errors), returncode=2)
        for row in answers:
            self.stdout.write(json.dumps(row, ensure_ascii=False))


def stored_or_catalogue() -> WorkCalendar:
    """The stored calendar; that of the catalogue on a machine whose database is not set up yet."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).exists():
        return catalogue_calendar()  # asking would leave an empty database behind
    try:
        stored = calendar()
    except DatabaseError:
        return catalogue_calendar()
    return stored if stored.plans else catalogue_calendar()


def read_lines(name: str) -> list[str]:
    """The lines of a file. Raises ``CommandError`` where it cannot be read as UTF-8 text."""
    try:
        raw = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        # Only these end a line: JSON strings may hold U+2028.
        return raw.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except OSError as error:
        raise CommandError(
            _("无法读取文件 %(name)s：%(reason)s") % {"name": name, "reason": error.strerror},
            returncode=2,
        ) from error
    except UnicodeDecodeError as error:
        raise CommandError(
            _("文件 %(name)s 不是 UTF-8 编码的文本") % {"name": name}, returncode=2
        ) from error


def answer(text: str, working_days: WorkCalendar) -> dict[str, Any]:
    """The answer to one line. Raises ``ValueError`` with a reason in Chinese."""
    data = parsed(text)
    known_keys(data, KEYS, _("本行"))
    if not isinstance(data.get("id"), (str, int)) or isinstance(data.get("id"), bool):
        raise ValueError(_("缺少 id，或 id 不是文本或整数"))
    allowance_data = required(data, "allowance")
    result = sla.due(
        instant(required(data, "start"), "start"),
        length(allowance_data, "allowance"),
        calendar=working_days,
        pauses=[pause(item) for item in listed(data.get("pauses"), "pauses")],
        extension=extensions(data.get("extension"), allowance_data["unit"]),
        roll=rolls(data, allowance_data),
    )
    return {
        "id": data["id"],
        "due_at": result.due_at.isoformat(),
        "provisional": result.provisional,
        "explanation": list(sla.shown(result.explanation)),
    }


def parsed(text: str) -> dict[str, Any]:
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(_("不是有效的 JSON")) from error
    if not isinstance(data, dict):
        raise ValueError(_("应为 JSON 对象"))
    return data


def known_keys(data: dict[str, Any], known: Iterable[str], where: str) -> None:
    """A misspelt key must not silently move a deadline."""
    for key in data:
        if key not in known:
            near = difflib.get_close_matches(key, list(known), n=1, cutoff=0)[0]
            raise ValueError(
                _("%(where)s有未知的键 %(key)s，最接近的是 %(near)s")
                % {"where": where, "key": key, "near": near}
            )


def required(data: dict[str, Any], key: str) -> Any:
    if data.get(key) is None:
        raise ValueError(_("缺少 %(key)s") % {"key": key})
    return data[key]


def instant(value: Any, key: str) -> datetime:
    """An instant with an offset, as the contract wants."""
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(
            _("%(key)s 不是 ISO 8601 时间：%(value)s") % {"key": key, "value": value}
        ) from None
    if moment.tzinfo is None:
        raise ValueError(
            _("%(key)s 缺少时区偏移（如 +08:00）：%(value)s") % {"key": key, "value": value}
        )
    return moment


def length(data: Any, key: str) -> sla.Allowance:
    if not isinstance(data, dict):
        raise ValueError(_("%(key)s 应为含 value 和 unit 的对象") % {"key": key})
    known_keys(data, LENGTH_KEYS, key)
    return sla.Allowance(
        required(data, "value"), required(data, "unit"), str(data.get("document") or "")
    )


def pause(data: Any) -> sla.Pause:
    if not isinstance(data, dict):
        raise ValueError(_("pauses 的每一项应为含 from 和 to 的对象"))
    known_keys(data, PAUSE_KEYS, "pauses")
    return sla.Pause(
        instant(required(data, "from"), "from"),
        instant(required(data, "to"), "to"),
        str(data.get("document") or ""),
    )


def listed(value: Any, key: str) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise ValueError(_("%(key)s 应为数组") % {"key": key})
    return value


def extensions(value: Any, unit: str) -> list[sla.Allowance]:
    """None, a number in the unit of the allowance, one length, or several."""
    if value is None:
        return []
    items = value if isinstance(value, list) else [value]
    return [
        length({"unit": unit, **item}, "extension")
        if isinstance(item, dict)
        else sla.Allowance(item, unit)
        for item in items
    ]


def rolls(data: dict[str, Any], allowance_data: dict[str, Any]) -> bool:
    value = data.get("roll", allowance_data.get("roll", True))
    if not isinstance(value, bool):
        raise ValueError(_("roll 应为 true 或 false"))
    return value
