"""The rectification ledger as workbooks: what a list shows, and problems taken in row by row."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from campaign.models import Campaign, RectificationItem
from campaign.services.rectification import LONGEST_TERM, clean, open_item
from core import audit, clock
from core.errors import Refused
from core.sheets import Form, Problem, load_form
from core.sheets.checks import letter_of
from core.sheets.reader import Read
from core.sheets.writer import Out

FOLDER = Path(__file__).parent / "catalogue" / "imports"
Source = RectificationItem.Source
# How the workbook names the sources; the order is that of its list.
SOURCES = {
    "监督检查": Source.INSPECTION,
    "企业自查": Source.SELF_INSPECTION,
    "诉求": Source.CASE,
    "计划和方案": Source.PLAN,
    "停限电": Source.OUTAGE,
    "通报": Source.BULLETIN,
    "整改要求": Source.REQUIREMENT,
    "监管指标": Source.INDICATOR,
}


@cache
def form() -> Form:
    return load_form(FOLDER / "rectification.yaml")


def columns() -> list[Out]:
    """The ledger as it is handed on (S1-3.3.6(1)b): problem to write-off."""
    return [
        Out("number", _("编号")),
        Out("unit", _("整改单位"), 24),
        Out("livelihood", _("民生")),
        Out("source", _("来源")),
        Out("source_ref", _("来源编号"), 20),
        Out("problem", _("存在问题"), 40),
        Out("requirement", _("整改要求"), 30),
        Out("basis", _("依据"), 24),
        Out("feeder", _("线路")),
        Out("transformer_area", _("台区")),
        Out("measure", _("整改措施"), 40),
        Out("responsible_unit", _("责任单位"), 24),
        Out("responsible_person", _("责任人")),
        Out("due_on", _("整改期限"), type="date"),
        Out("percent", _("完成进度（%）")),
        Out("state", _("状态")),
        Out("reported_at", _("报告完成时间"), 18, type="instant"),
        Out("verified_at", _("核查时间"), 18, type="instant"),
        Out("verified_by", _("核查人")),
        Out("closed_at", _("销号时间"), 18, type="instant"),
        Out("reopen_count", _("重新整改次数")),
        Out("late", _("是否逾期")),
    ]


def rows(items: Iterable[RectificationItem], *, now: datetime) -> Iterator[dict[str, Any]]:
    for item in items:
        yield {
            "number": item.number,
            "unit": item.unit.name,
            "livelihood": _("是") if getattr(item, "livelihood", False) else _("否"),
            "source": item.get_source_kind_display(),
            "responsible_unit": item.responsible_unit.name if item.responsible_unit else "",
            "responsible_person": item.responsible_person.name if item.responsible_person else "",
            "due_on": clock.day_of(item.due_at),
            "state": item.get_state_display(),
            "verified_by": item.verified_by.name if item.verified_by else "",
            "late": _("是") if item.lamp(now) == "late" else _("否"),
            **{
                name: getattr(item, name)
                for name in (
                    *("source_ref", "problem", "requirement", "basis", "feeder", "measure"),
                    *("transformer_area", "percent", "reported_at", "verified_at", "closed_at"),
                    "reopen_count",
                )
            },
        }


@dataclass
class Outcome:
    """What became of a file."""

    count: int = 0
    # Rows of problems that are settled, by their state in words: they are no new problems.
    left_out: dict[str, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


class _Undone(Exception):
    """Something is wrong: everything is taken back."""


def take(
    upload: IO[bytes], *, campaign: Campaign | None, by: User, now: datetime, name: str = ""
) -> Outcome:
    """Enter a ledger: all of it or nothing, every mistake at its cell."""
    read = form().read(upload, name=name)
    hard = [one for one in read.problems if one.severity == "hard"]
    outcome = Outcome(left_out=read.left_out, problems=hard)
    if not outcome.problems and not read.rows and not read.left_out:
        outcome.problems.append(_problem(read, 0, "", _("文件里没有数据")))
    if outcome.problems:
        return outcome
    try:
        with transaction.atomic():
            for place in range(len(read.rows)):
                _enter(outcome, read, place, campaign=campaign, by=by, now=now)
            if outcome.problems:
                raise _Undone
            audit.record("rectification.import", campaign, by=by, now=now, count=outcome.count)
    except _Undone:
        outcome.count = 0
    return outcome


def _enter(
    outcome: Outcome,
    read: Read,
    place: int,
    *,
    campaign: Campaign | None,
    by: User,
    now: datetime,
) -> None:
    row = {key: "" if value is None else value for key, value in read.rows[place].items()}
    unit = _unit(str(row["unit"]), by)
    if unit is None:
        outcome.problems.append(_problem(read, place, "unit", _("没有这个单位，或者不在辖区")))
        return
    due_on = date.fromisoformat(str(row["due_on"])[:10])
    texts = ("source_ref", "problem", "requirement", "basis", "feeder", "transformer_area")
    if twin := _twin(row, unit, campaign):
        words = _("与台账中未办结的%(number)s重复") % {"number": twin.number}
        outcome.problems.append(_problem(read, place, "problem", words))
        return
    try:
        with transaction.atomic():
            open_item(
                campaign=campaign,
                source_kind=SOURCES[row["source"]],
                unit=unit,
                due_on=due_on,
                by=by,
                now=now,
                **{name: str(row[name]) for name in texts},
            )
    except Refused as refused:
        # What a service refuses of a row that the form took is its unit or its day.
        today = clock.day_of(now)
        key = "unit" if today <= due_on <= today + LONGEST_TERM else "due_on"
        outcome.problems.append(_problem(read, place, key, str(refused)))
    else:
        outcome.count += 1


def _twin(
    row: dict[str, Any], unit: Organisation, campaign: Campaign | None
) -> RectificationItem | None:
    """The same problem of the same unit that is still being put right: a file taken in twice."""
    standing = RectificationItem.objects.unfinished().filter(
        campaign=campaign,
        unit=unit,
        source_kind=SOURCES[row["source"]],
        source_ref=str(row["source_ref"]).strip()[:80],
        problem=clean(str(row["problem"])),
        feeder=str(row["feeder"]).strip()[:60],
        transformer_area=str(row["transformer_area"]).strip()[:60],
    )
    return standing.first()


def _unit(words: str, by: User) -> Organisation | None:
    """By code, full or short name, of those in sight; None for a name that several bear."""
    seen = Organisation.objects.visible_to(by).companies().in_force()
    for name in ("code", "name", "short_name"):
        found = list(seen.filter(**{name: words.strip()})[:2])
        if len(found) == 1:
            return found[0]
    return None


def _problem(read: Read, place: int, key: str, message: str) -> Problem:
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
        rule="record",
        message=message.rstrip("。"),
        remedy=column.help if column and column.help else _("请改正后重新导入。"),
        key=key,
    )
