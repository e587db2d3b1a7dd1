"""How large a replay is: its ledger, its cases, and enterprises added to those of the script."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from accounts import services
from accounts.models import Organisation
from config.replay.content import GIVEN, SURNAMES
from config.replay.script import FOLDER, Act, Script
from core import catalogue_files, clock

SMALL = "small"
# First and last day of drafting of each report of the companies.
DUTIES = {
    "kickoff-report": (date(2011, 11, 14), date(2011, 11, 23)),
    "self-inspection": (date(2012, 5, 14), date(2012, 5, 29)),
    "summary": (date(2012, 11, 19), date(2012, 12, 3)),
}
LATE = 0.08
# Of so many start-up reports one is weak and goes back: named parts, mended later.
ONE_IN = 12
SENT_BACK = {
    "deficient": [
        {
            "part": "windows",
            "problem": "有窗口没有公示12398或者没有照片。",
            "rule": "方案五（一）3",
        },
        {"part": "leading_group", "problem": "领导小组名单没有写明部门。", "rule": "方案五（一）3"},
    ]
}
MENDED = {"mend": ["windows", "leading_group"]}


@dataclass(frozen=True)
class Scale:
    """The figures of a size."""

    name: str
    ledger_from: date
    ledger_until: date
    a_week: int
    cases_a_day: int
    enterprises: int

    def opened_on(self, day: date) -> int:
        """How many items of the ledger are opened on a working day."""
        if not self.ledger_from <= day <= self.ledger_until or day.weekday() > 4:
            return 0
        return self.a_week // 5 + (day.weekday() < self.a_week % 5)


def names() -> list[str]:
    return list(_content())


def named(name: str) -> Scale:
    told = _content()[name]
    ledger = told["ledger"]
    return Scale(
        name=name,
        ledger_from=ledger["from"],
        ledger_until=ledger["until"],
        a_week=ledger["a_week"],
        cases_a_day=told["cases_a_day"],
        enterprises=told["enterprises"],
    )


def _content() -> dict[str, Any]:
    found: dict[str, Any] = catalogue_files.read(FOLDER / "replay" / "scales.yaml")
    return found


def widen(script: Script, scale: Scale, *, seed: int, now: datetime) -> Script:
    """Found the enterprises of the scale; the script with their people and their reports."""
    parents = list(
        Organisation.objects.filter(
            kind=Organisation.Kind.PREFECTURE_ENTERPRISE, code__startswith="CSG"
        ).order_by("code")
    )
    codes, people, acts = [], dict(script.people), list(script.acts)
    for number in range(scale.enterprises):
        parent = parents[number % len(parents)]
        code = f"{parent.code}-X{number // len(parents) + 1}"
        rng = random.Random(f"{seed}/{code}")
        _found(parent, code, number // len(parents) + 1, now=now)
        codes.append(code)
        people[code] = list(_people(code, rng))
        acts += _reports(code, rng, weak=number % ONE_IN == 0)
    acts.sort(key=lambda act: act.at)
    executors = (*script.executors, *codes)
    return replace(script, executors=executors, acts=tuple(acts), people=people)


def _found(parent: Organisation, code: str, number: int, *, now: datetime) -> None:
    name = f"{parent.name}第{number}供电分局"
    services.found_organisation(
        code=code,
        name=name,
        short_name=f"{parent.short_name}{number}分局",
        kind=Organisation.Kind.COUNTY_ENTERPRISE,
        parent=parent,
        region=parent.region,
        by=None,
        now=now,
    )


def _people(code: str, rng: random.Random) -> Iterator[list[str]]:
    posts = (("lead", "company_lead", "局长"), ("filer", "company_filer", "营销部专责"))
    for mark, role, post in posts:
        name = rng.choice(SURNAMES) + rng.choice(GIVEN)
        yield [f"{code.lower()}-{mark}", name, role, post, "市场营销部"]


def _reports(code: str, rng: random.Random, *, weak: bool) -> Iterator[Act]:
    """Draft, certify, receive and accept each report in its days; a few come late, and a weak
    start-up report goes back and comes again."""
    for duty, (first, last) in DUTIES.items():
        day = first + timedelta(days=rng.randrange((last - first).days + 1))
        waits = [0, rng.randint(1, 2) + (12 if rng.random() < LATE else 0), 1, 2]
        moves: list[tuple[str, dict[str, Any]]] = [(v, {}) for v in MOVES]
        if weak and duty == "kickoff-report":
            moves = [("draft", {"weak": True}), *moves[1:3], ("return", SENT_BACK)]
            moves += [("redraft", MENDED), *((v, {}) for v in MOVES[1:])]
            # It takes its time: the stage is over before it comes again.
            waits = [0, 1, 1, 2, 12, 1, 1, 2]
        for (verb, details), wait in zip(moves, waits, strict=True):
            day = _working(day + timedelta(days=wait))
            at = datetime.combine(day, time(9, rng.randrange(60)), clock.ZONE)
            yield Act(at, verb, duty, code, details)


MOVES = ("draft", "certify", "receive", "accept")


def _working(day: date) -> date:
    """The next day that is no Saturday or Sunday."""
    return day + timedelta(days=(7 - day.weekday()) % 7 if day.weekday() > 4 else 0)
