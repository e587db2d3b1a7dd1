"""How a template is shown: its lists as tables, its course as a timeline. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from campaign import template_catalogue
from campaign.models import DutyDefinition, Group, LadderStep, Objective
from campaign.template_editing import SECTIONS, Section, rows
from campaign.template_words import PARTIES, RECIPIENTS
from core import clock, workdays
from core.workdays import WorkCalendar

PHASE_DAYS = ("starts_on", "ends_on")


@dataclass(frozen=True)
class Row:
    """One row of a list: its place, its name, and a few words about it."""

    place: int
    name: str
    notes: tuple[str, ...]
    first: bool
    last: bool


@dataclass(frozen=True)
class Table:
    """A list of a template with its rows."""

    section: Section
    rows: tuple[Row, ...]


def sections(content: dict[str, Any]) -> list[Table]:
    """Every list of a template, in the order in which a plan is read."""
    return [_table(content, section) for section in SECTIONS.values()]


def _table(content: dict[str, Any], section: Section) -> Table:
    listed = rows(content, section)
    tell = _TELL[section.slug]
    return Table(
        section,
        tuple(
            Row(
                place,
                str(row.get(section.title, "")),
                tuple(str(note) for note in tell(row, content) if note),
                place == 1,
                place == len(listed),
            )
            for place, row in enumerate(listed, start=1)
        ),
    )


def _phase(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    duties = sum(duty["phase"] == row["number"] for duty in content["duties"])
    told = {"duties": duties, "checks": len(row.get("checks", []))}
    return (
        _("%(first)s至%(last)s") % {"first": row["starts_on"], "last": row["ends_on"]},
        _("%(duties)d项任务，检查清单%(checks)d项") % told,
    )


def _duty(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    due = row["due"]
    who = {
        "kind": DutyDefinition.Kind(row["kind"]).label,
        "party": dict(PARTIES)[row["party"]],
        "recipient": dict(RECIPIENTS)[row["recipient"]],
    }
    return (
        _("第%(number)d阶段") % {"number": row["phase"]},
        _("%(kind)s · %(party)s → %(recipient)s") % who,
        _("%(first)s至%(last)s") % {"first": row["opens_on"], "last": due["date"]},
        due["wording"],
    )


def _step(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    told = {"days": abs(row["offset"]), "hour": row["hour"]}
    if row["offset"] < 0:
        when = _("截止日前%(days)d个工作日%(hour)s") % told
    elif row["offset"]:
        when = _("截止日后%(days)d个工作日%(hour)s") % told
    else:
        when = _("截止当日%(hour)s") % told
    return (when, LadderStep.Audience(row["audience"]).label)


def _objective(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    count = len(row.get("children", []))
    return (
        row["code"],
        Objective.Kind(row["kind"]).label,
        _("%(count)d项措施") % {"count": count} if count else "",
    )


def _group(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    return (Group.Kind(row["kind"]).label, row["duties"])


def _statement(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    return (row["clause"], row["text"])


def _chapter(row: dict[str, Any], content: dict[str, Any]) -> tuple[Any, ...]:
    return (row.get("clause", ""), " ".join(row["paragraphs"]))


_TELL = {
    "phases": _phase,
    "duties": _duty,
    "steps": _step,
    "objectives": _objective,
    "groups": _group,
    "principles": _statement,
    "goals": _statement,
    "text": _chapter,
}


def basics(content: dict[str, Any], *, now: datetime) -> list[tuple[str, str]]:
    """(label, text) of what stands once in a template."""
    found = template_catalogue.catalogue(on=clock.day_of(now))
    reports = {one.code: one.name for one in found.reports}
    lists = {one.code: one.name for one in found.checklists}
    ladder = content["ladder"]
    digest = _("合并为一封") if ladder.get("digest", True) else _("逐项发送")
    letters = {"digest": digest, "count": ladder.get("letters_per_day", 1)}
    return [
        (_("代码"), content["code"]),
        (
            _("起止日期"),
            _("%(first)s至%(last)s") % {"first": content["starts_on"], "last": content["ends_on"]},
        ),
        (_("催报"), _("%(digest)s，每人每日最多%(count)d封") % letters),
        (_("报告"), _named(content.get("reports", []), reports)),
        (_("检查表"), _named(content.get("checklists", []), lists)),
    ]


def _named(codes: list[str], names: dict[str, str]) -> str:
    return "、".join(names.get(code, code) for code in codes)


def moves(listed: list[dict[str, Any]], content: dict[str, Any]) -> list[dict[str, Any]]:
    """The dates that were moved, each with whether it still stands so."""
    standing = {(row["name"], row[key]) for row in content["phases"] for key in PHASE_DAYS}
    standing |= {(row["title"], row["opens_on"]) for row in content["duties"]}
    standing |= {(row["title"], row["due"]["date"]) for row in content["duties"]}
    return [{**one, "stands": (one["name"], one["new"]) in standing} for one in listed]


@dataclass(frozen=True)
class Moment:
    """A day on which something happens, with the days of the reminders of a deadline."""

    day: date
    title: str
    detail: str
    tone: str = ""
    provisional: bool = False
    reminders: tuple[date, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """A phase with what happens in it, in order of time."""

    number: int
    name: str
    first: date
    last: date
    moments: tuple[Moment, ...]


def plan(content: dict[str, Any], *, now: datetime) -> list[Stretch]:
    """The course of a campaign made from a template, phase by phase."""
    calendar = workdays.calendar(now=now)
    offsets = sorted(step["offset"] for step in rows(content, SECTIONS["steps"]))
    found = []
    for phase in content["phases"]:
        duties = [duty for duty in content["duties"] if duty["phase"] == phase["number"]]
        moments = [moment for duty in duties for moment in _moments(duty, offsets, calendar)]
        first, last = (date.fromisoformat(phase[key]) for key in PHASE_DAYS)
        ordered = tuple(sorted(moments, key=lambda one: (one.day, one.tone, one.title)))
        found.append(Stretch(phase["number"], phase["name"], first, last, ordered))
    return found


def _moments(duty: dict[str, Any], offsets: list[int], calendar: WorkCalendar) -> list[Moment]:
    opens, due = date.fromisoformat(duty["opens_on"]), date.fromisoformat(duty["due"]["date"])
    party = str(dict(PARTIES)[duty["party"]])
    days = tuple(calendar.add_workdays(due, offset) for offset in offsets)
    provisional = calendar.is_provisional(due)
    return [
        Moment(opens, _("%(title)s：启动") % {"title": duty["title"]}, party),
        Moment(
            due, _("%(title)s：截止") % {"title": duty["title"]}, party, "near", provisional, days
        ),
    ]
