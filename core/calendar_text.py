"""Days of a calendar as text: our own lines, or the wording of the State Council's notice.

Own lines read ``2012-01-01至2012-01-03 放假 元旦`` or ``2011-12-31 上班 元旦``. A pasted notice has
items such as ``一、元旦：2012年1月1日至3日放假调休，共3天。2011年12月31日（星期六）上班。``
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from core.models import CalendarDay
from core.workdays import ONE_DAY, Day, days_after

WORDS = {CalendarDay.Kind.HOLIDAY: "放假", CalendarDay.Kind.MAKEUP: "上班"}
KINDS = {word: kind for kind, word in WORDS.items()}
LONGEST_RUN = 31
JANUARY_FESTIVAL = "元旦"

ISO = r"\d{4}-\d{1,2}-\d{1,2}"
OWN_LINE = re.compile(rf"^({ISO})(?:\s*[至到~]\s*({ISO}))?\s+(?:调休)?(放假|上班)\s+(\S.*)$")
STARTS_WITH_DATE = re.compile(r"^\d{4}-")
ITEM = re.compile(
    r"^(?:[一二三四五六七八九十]+、)?\s*(?:(?P<name>[^\d:,。]{1,20}):|(?P<bare>[^\d:,。]{1,20}[节旦])(?=\d))"
    r"(?P<body>.*)$"
)
SPAN = re.compile(
    r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:[至到~—–-]+(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日)?"
)
IN_BRACKETS = re.compile(r"\([^)]*\)")


@dataclass
class Parsed:
    """What a text says: days, lines that cannot be right, and lines that say nothing of days."""

    days: list[Day] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def parse(text: str, *, year: int) -> Parsed:
    """Read a text about one year. Every fault is told with its line; nothing is guessed silently:
    lines that were not taken for days are handed back to be shown."""
    result = Parsed()
    for number, raw in enumerate(text.splitlines(), start=1):
        line = unicodedata.normalize("NFKC", raw).strip()
        if not line:
            continue
        try:
            days = list(_line(line, year))
        except ValueError as error:
            result.problems.append(
                _("第%(number)s行：%(reason)s") % {"number": number, "reason": error}
            )
            continue
        if days:
            result.days += days
        else:
            result.ignored.append(raw.strip())
    result.days.sort()
    return result


def as_text(days: Iterable[Day]) -> str:
    """Days as own lines, runs of one festival together."""
    lines = []
    for first, last in _runs(sorted(days)):
        span = f"{first.day}" if first == last else f"{first.day}至{last.day}"
        word = WORDS[CalendarDay.Kind(first.kind)]
        lines.append(f"{span} {word} {first.name}")
    return "\n".join(lines)


def _runs(days: list[Day]) -> Iterator[tuple[Day, Day]]:
    """First and last of every run of days that follow each other under one name."""
    start = end = None
    for entry in days:
        follows = end is not None and entry == Day(end.day + ONE_DAY, end.kind, end.name)
        if not follows and start is not None and end is not None:
            yield start, end
        start = start if follows else entry
        end = entry
    if start is not None and end is not None:
        yield start, end


def _line(line: str, year: int) -> Iterator[Day]:
    if STARTS_WITH_DATE.match(line):
        yield from _own_line(line)
    elif ("放假" in line or "上班" in line) and (item := ITEM.match(line)):
        name = (item["name"] or item["bare"]).strip()
        yield from _item(name, IN_BRACKETS.sub("", item["body"]), year)


def _own_line(line: str) -> Iterator[Day]:
    found = OWN_LINE.match(line)
    if not found:
        raise ValueError(
            _("应写成“日期 放假 名称”或“日期 上班 名称”，例如“2012-01-01 放假 元旦”。")
        )
    first = _date(*found[1].split("-"))
    last = _date(*found[2].split("-")) if found[2] else first
    yield from _span(first, last, KINDS[found[3]], found[4].strip())


def _item(name: str, body: str, year: int) -> Iterator[Day]:
    """The clauses of one item: dates wait for the word that says what they are."""
    waiting: list[tuple[date, date]] = []
    for clause in re.split(r"[。;,]", body):
        waiting += _spans(clause, name, year)
        word = next((w for w in ("上班", "放假") if w in clause), None)
        if word:
            for first, last in waiting:
                yield from _span(first, last, KINDS[word], name)
            waiting = []
        elif re.search("公休|法定|调至", clause):
            waiting = []  # the grounds, not the arrangement
    if waiting:
        raise ValueError(
            _("%(day)s 之后没有写明放假还是上班。") % {"day": f"{waiting[0][0]:%Y-%m-%d}"}
        )


def _spans(clause: str, name: str, year: int) -> Iterator[tuple[date, date]]:
    month = None
    for found in SPAN.finditer(clause):
        month = found[2] or month
        if month is None:
            raise ValueError(_("“%(text)s”缺少月份。") % {"text": found[0]})
        # Of New Year's notice, December is that of the year before.
        usual = year - 1 if name == JANUARY_FESTIVAL and int(month) == 12 else year
        first = _date(found[1] or usual, month, found[3])
        if not found[6]:
            yield first, first
            continue
        month = found[5] or month
        yield first, _date(found[4] or first.year, month, found[6])


def _date(year: str | int, month: str | int, day: str | int) -> date:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        raise ValueError(
            _("没有这一天：%(year)s-%(month)s-%(day)s。")
            % {"year": year, "month": month, "day": day}
        ) from None


def _span(first: date, last: date, kind: str, name: str) -> Iterator[Day]:
    if last < first or last - first > timedelta(days=LONGEST_RUN):
        raise ValueError(
            _("%(first)s 至 %(last)s 不是合理的起止日期。")
            % {"first": f"{first:%Y-%m-%d}", "last": f"{last:%Y-%m-%d}"}
        )
    yield Day(first, kind, name)
    for day in days_after(first, last):
        yield Day(day, kind, name)
