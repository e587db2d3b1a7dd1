"""Counts the figures of stage reports again, from nothing but the tables in a replay's folder.

Written from the campaign plan and the contract of the folder, without the code that made the
figures. What the tables do not tell (texts of filings, limits of indicators) is not counted here;
``known`` names what is.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property, partial
from pathlib import Path

Row = dict[str, str]
# Campaign plan 五: first and last day of each stage.
STAGES = {
    1: ("2011-10-25", "2011-11-30"),
    2: ("2011-12-01", "2012-05-31"),
    3: ("2012-06-01", "2012-10-31"),
    4: ("2012-11-01", "2012-12-31"),
}
WHOLE = ("upward-4", "regulatory-4", "summary-4")
# The South bureau's region: Guangdong, Guangxi and Hainan, and Guizhou and Yunnan, of whose offices
# it gets copies (plan 二(二)).
PROVINCES = {"SERC-NF": ("44", "45", "46", "52", "53")}
REGULATORS = ("SERC", "NEA")


def table(folder: Path, name: str) -> list[Row]:
    with (folder / "export" / f"{name}.csv").open(encoding="utf-8-sig", newline="") as stream:
        found = list(csv.DictReader(stream))
    return [one for one in found if "（无记录）" not in one]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@dataclass
class Recount:
    """The figures of one office over the days of a stage, as they stood at an instant."""

    folder: Path
    office: str
    stage: int
    taken: datetime
    whole: bool = False

    # -- what is read -------------------------------------------------------------------------

    @cached_property
    def span(self) -> tuple[datetime, datetime]:
        first = STAGES[1 if self.whole else self.stage][0]
        last = min(STAGES[self.stage][1], self.taken.date().isoformat())
        zone = self.taken.tzinfo
        begin = datetime.fromisoformat(first).replace(tzinfo=zone)
        end = datetime.fromisoformat(last).replace(tzinfo=zone) + timedelta(days=1)
        return begin, end

    def within(self, text: str) -> bool:
        begin, end = self.span
        return bool(text) and begin <= at(text) < end and at(text) <= self.taken

    def by_now(self, text: str) -> bool:
        return bool(text) and at(text) <= self.taken

    @cached_property
    def units(self) -> set[str]:
        """Companies of the office's provinces, with everything below them."""
        rows = {one["code"]: one for one in table(self.folder, "organisations")}
        provinces = PROVINCES[self.office]

        def inside(code: str) -> bool:
            while code:
                row = rows[code]
                company = not code.startswith(REGULATORS) and row["kind"] not in NO_COMPANY
                if company and row["region"][:2] in provinces:
                    return True
                code = row["above"]
            return False

        return {code for code in rows if inside(code)}

    @cached_property
    def duties(self) -> list[Row]:
        office = self.office
        return [
            one
            for one in table(self.folder, "duties")
            if office in (one["recipient"], one["copy_to"], one["organisation"])
            and (int(one["phase"]) <= self.stage if self.whole else int(one["phase"]) == self.stage)
            and one["state"] != "withdrawn"
        ]

    @cached_property
    def owed(self) -> list[Row]:
        return [
            one
            for one in self.duties
            if not one["organisation"].startswith(REGULATORS) and one["state"] != "exempted"
        ]

    @cached_property
    def filed(self) -> list[Row]:
        return [one for one in self.owed if self.by_now(one["first_submitted_at"])]

    @cached_property
    def missing(self) -> list[Row]:
        return [one for one in self.owed if not self.by_now(one["first_submitted_at"])]

    @cached_property
    def own(self) -> list[Row]:
        return [one for one in self.duties if one["organisation"] == self.office]

    @cached_property
    def cases(self) -> list[Row]:
        """Nothing that was merged, of the office's companies or of nobody known yet."""
        return [
            one
            for one in table(self.folder, "cases")
            if self.within(one["received_at"])
            and self.by_now(one["entered_at"])
            and not one["merged_into"]
            and ((unit := one["organisation"] or one["owner"]) in self.units or unit == self.office)
        ]

    @cached_property
    def outages(self) -> list[Row]:
        begin, end = self.span
        return [
            one
            for one in table(self.folder, "outages")
            if begin <= at(one["planned_start"]) < end
            and self.by_now(one["entered_at"])
            and one["unit"] in self.units
        ]

    @cached_property
    def events(self) -> list[Row]:
        rows = table(self.folder, "ordered_use")
        return [o for o in rows if self.within(o["started_at"]) and o["unit"] in self.units]

    @cached_property
    def carried_out(self) -> list[Row]:
        numbers = {one["event"] for one in self.events}
        return [one for one in table(self.folder, "executions") if one["event"] in numbers]

    @cached_property
    def plans(self) -> list[Row]:
        rows = table(self.folder, "plans")
        return [o for o in rows if self.within(o["filed_at"]) and o["unit"] in self.units]

    @cached_property
    def items(self) -> list[Row]:
        """Of the ledger, entered until the end of the days and not withdrawn again."""
        _begin, end = self.span
        return [
            one
            for one in table(self.folder, "ledger")
            if at(one["opened_at"]) < end
            and self.by_now(one["opened_at"])
            and one["unit"] in self.units
            and "withdraw" not in self.done_to(one)
        ]

    @cached_property
    def acts(self) -> dict[str, list[str]]:
        """What was done to each item until the instant, in its order."""
        found: dict[str, list[str]] = {}
        for one in table(self.folder, "ledger_entries"):
            if self.by_now(one["at"]):
                found.setdefault(one["item"], []).append(one["act"])
        return found

    def done_to(self, item: Row) -> list[str]:
        return self.acts.get(item["number"], [])

    # -- what is counted ----------------------------------------------------------------------

    def late(self, row: Row) -> bool:
        return at(row["first_submitted_at"]) > at(row["due_at"])

    def returned(self, row: Row) -> bool:
        return any(
            one["decision"] == "returned" and self.by_now(one["at"])
            for one in table(self.folder, "reviews")
            if (one["duty"], one["organisation"]) == (row["duty"], row["organisation"])
        )

    def accepted(self, rows: list[Row]) -> list[Row]:
        return [one for one in rows if self.by_now(one["accepted_at"])]

    def done(self) -> list[Row]:
        return [one for one in self.cases if self.by_now(one["closed_at"])]

    def made(self, name: str, column: str) -> int:
        rows = table(self.folder, name)
        return sum(self.within(one[column]) and one["unit"] in self.units for one in rows)

    def decided(self, name: str, column: str, state: str) -> int:
        """Those of the days that were decided so by the instant; open ones were not decided yet."""
        return sum(
            (one["state"] == state if self.by_now(one["decided_at"]) else state == "open")
            for one in table(self.folder, name)
            if self.within(one[column]) and one["unit"] in self.units
        )

    def undone(self) -> list[Row]:
        """Own duties past their day that were neither filed nor accepted."""
        return [
            one
            for one in self.own
            if not self.by_now(one["first_submitted_at"]) and at(one["due_at"]) < self.taken
        ]

    def supervised(self) -> int:
        """Of the office itself; offices below it have none in a replay of one region."""
        rows = table(self.folder, "supervisions")
        return sum(self.within(o["issued_at"]) and o["owner"] == self.office for o in rows)

    def bulletins(self) -> int:
        rows = table(self.folder, "bulletins")
        return sum(self.within(o["issued_at"]) and o["organisation"] == self.office for o in rows)

    def entered(self) -> list[Row]:
        return [one for one in self.items if self.within(one["opened_at"])]

    def written_off(self, item: Row) -> bool:
        """Closed, and not begun again since."""
        ends = [act for act in self.done_to(item) if act in ("close", "reopen")]
        return ends[-1:] == ["close"]

    def of(self, **asked: str) -> int:
        return sum(all(one[k] == v for k, v in asked.items()) for one in self.cases)

    @cached_property
    def counts(self) -> dict[str, Callable[[], int | Decimal]]:
        ordered = self.carried_out
        found: dict[str, Callable[[], int | Decimal]] = {
            "company.expected": lambda: len(self.owed),
            "company.filed": lambda: len(self.filed),
            "company.on_time": lambda: sum(not self.late(one) for one in self.filed),
            "company.late": lambda: sum(self.late(one) for one in self.filed),
            "company.missing": lambda: len(self.missing),
            "company.overdue": lambda: sum(at(o["due_at"]) < self.taken for o in self.missing),
            "company.returned": lambda: sum(self.returned(one) for one in self.owed),
            "company.accepted": lambda: len(self.accepted(self.owed)),
            "company.exempted": lambda: sum(o["state"] == "exempted" for o in self.duties),
            "company.copied": lambda: sum(o["copy_to"] == self.office for o in self.filed),
            "own.total": lambda: len(self.own),
            "own.done": lambda: len(self.accepted(self.own)),
            "own.open": lambda: len(self.own) - len(self.accepted(self.own)),
            "cases.total": lambda: len(self.cases),
            "cases.s12398": lambda: self.of(source="12398"),
            "cases.s95598": lambda: self.of(source="95598"),
            "cases.complaints": lambda: self.of(nature="complaint"),
            "cases.reports": lambda: self.of(nature="report"),
            "cases.done": lambda: len(self.done()),
            "cases.open": lambda: len(self.cases) - len(self.done()),
            "outages.notices": lambda: len(self.outages),
            "outages.planned": lambda: sum(o["kind"] == "planned" for o in self.outages),
            "outages.faults": lambda: sum(o["kind"] == "fault" for o in self.outages),
            "leads.total": lambda: self.made("outage_leads", "starts_at"),
            "findings.total": lambda: self.made("proposals", "created_at"),
            "plans_filed.total": lambda: len(self.plans),
            "plans_filed.late": lambda: sum(one["late"] == "1" for one in self.plans),
            "ordered.events": lambda: len(self.events),
            "ordered.cuts": lambda: sum(one["feeder_cut"] == "1" for one in ordered),
            "ordered.households": lambda: sum(int(one["households"]) for one in ordered),
            "ordered.energy": lambda: sum(
                (Decimal(one["energy_kwh"]) for one in ordered), Decimal(0)
            ),
            "papers.bulletins": self.bulletins,
            "own.late": lambda: len(self.undone()),
            "supervised.total": self.supervised,
            "ledger.items": lambda: len(self.entered()),
            "ledger.closed": lambda: sum(self.written_off(one) for one in self.entered()),
            "ledger.open": lambda: sum(not self.written_off(one) for one in self.entered()),
            "ledger.standing": lambda: sum(not self.written_off(one) for one in self.items),
            "ledger.reopened": lambda: sum("reopen" in self.done_to(o) for o in self.entered()),
        }
        for key, name, column in (
            ("leads", "outage_leads", "starts_at"),
            ("findings", "proposals", "created_at"),
        ):
            for state in ("accepted", "dismissed", "open"):
                found[f"{key}.{state}"] = partial(self.decided, name, column, state)
        for name in ("expected", "filed", "late", "missing"):
            found[f"filings.{name}"] = found[f"company.{name}"]
        return found

    RATES = {
        "company.filed_rate": ("company.filed", "company.expected"),
        "filings.filed_rate": ("filings.filed", "filings.expected"),
        "cases.done_rate": ("cases.done", "cases.total"),
        "ledger.rate": ("ledger.closed", "ledger.items"),
    }

    def figure(self, key: str) -> str:
        """The figure as the report prints it."""
        if key in self.RATES:
            part, whole = (Decimal(self.counts[one]()) for one in self.RATES[key])
            share = (part * 100 / whole).quantize(Decimal("0.01"), ROUND_HALF_UP) if whole else ""
            return str(share)
        return str(self.counts[key]())

    def knows(self, key: str) -> bool:
        return key in self.RATES or key in self.counts


# What stands above companies, and is none of an office's provinces.
NO_COMPANY = ("grid_group", "government", "government_grid")


def differences(folder: Path) -> tuple[int, int, list[str]]:
    """How many figures were counted again, how many there are, and which come to something else."""
    again, wrong = 0, []
    rows = table(folder, "figures")
    made: dict[tuple[str, str, int, bool], Recount] = {}
    for row in rows:
        key, _mark, stage = row["figure"].partition("@")
        whole = not stage and row["report"] in WHOLE
        number = int(stage or row["phase"])
        place = (row["office"], row["taken_at"], number, whole)
        if place not in made:
            made[place] = Recount(folder, row["office"], number, at(row["taken_at"]), whole)
        if not made[place].knows(key):
            continue
        again += 1
        counted = made[place].figure(key)
        if counted != row["value"] and not _equal(counted, row["value"]):
            wrong.append(f"{row['report']} {row['figure']}: {counted}, told {row['value']}")
    return again, len(rows), wrong


def _equal(one: str, other: str) -> bool:
    return bool(one and other) and Decimal(one) == Decimal(other)
