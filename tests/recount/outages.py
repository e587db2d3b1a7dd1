"""Outages held against the rules of their day (供电监管办法 art. 13, 14; plan 二(一)1).

The rules stand in the folder; what the portal found against a notice does not, and is not asked.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from tests.recount.place import Counts, Place
from tests.recount.tables import Row, at

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Lead:
    """So long before its start an outage is announced; days count by dates."""

    value: int
    by_days: bool

    @classmethod
    def of(cls, rule: Row) -> Lead:
        return cls(int(rule["value"]), rule["unit"] == "calendar_days")

    def kept(self, told: datetime, start: datetime) -> bool:
        if self.by_days:
            return (start.date() - told.date()).days >= self.value
        return start - told >= timedelta(hours=self.value)

    def passed(self, start: datetime, now: datetime) -> bool:
        """Whether it is too late by now to announce it."""
        if self.by_days:
            return now.date() > start.date() - self.value * ONE_DAY
        return now > start - timedelta(hours=self.value)


class Outages:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def known(self) -> list[Row]:
        """As each stood at the instant: the last version by then; of the days, and counted."""
        place = self.place
        found: dict[tuple[str, str], Row] = {}
        for one in place.tables["outage_versions"]:
            if place.by_now(one["at"]):
                found[one["unit"], one["number"]] = one
        return [
            one
            for one in found.values()
            if place.begin <= at(one["planned_start"]) < place.end
            and one["unit"] in place.units
            and self.counted(one)
        ]

    def counted(self, one: Row) -> bool:
        """Somebody was or is to be off: no work on live lines, nothing cancelled beforehand."""
        dark = one["method"] == "outage" or bool(one["actual_start"])
        cancelled = one["state"] == "cancelled" and not self.called_off(one)
        return dark and not cancelled

    def called_off(self, one: Row) -> bool:
        """Cancelled only when it should have begun."""
        return one["state"] == "cancelled" and at(one["at"]) >= at(one["planned_start"])

    # -- rules ------------------------------------------------------------------------------------

    def rules(self, family: str, one: Row) -> list[Row]:
        """Those of a kind of outage on its day: per code the last that had begun, unless over."""
        day = at(one["planned_start"]).date()
        latest: dict[str, Row] = {}
        for rule in self.place.tables["outage_rules"]:
            if rule["family"] == family and date.fromisoformat(rule["valid_from"]) <= day:
                latest[rule["code"]] = max(
                    latest.get(rule["code"], rule), rule, key=lambda row: row["valid_from"]
                )
        return [rule for rule in latest.values() if self._fits(rule, one, day)]

    def _fits(self, rule: Row, one: Row, day: date) -> bool:
        over = bool(rule["valid_until"]) and date.fromisoformat(rule["valid_until"]) < day
        other = bool(rule["kinds"]) and one["kind"] not in rule["kinds"].split("、")
        asked = json.loads(rule["content"])
        nobody = bool(asked.get("residents")) and not self.residents(one)
        return (
            not over and not other and not nobody and one["unit"].startswith(asked.get("scope", ""))
        )

    def kind(self, one: Row) -> dict[str, object]:
        found = self.rules("kind", one)
        return json.loads(found[0]["content"]) if found else {}

    def residents(self, one: Row) -> bool:
        return int(one["households"] or 0) > 0

    # -- what is against it -----------------------------------------------------------------------

    def start(self, one: Row) -> datetime:
        """When power went off; as planned, where nothing earlier is known."""
        planned = at(one["planned_start"])
        return min(planned, at(one["actual_start"])) if one["actual_start"] else planned

    def told(self, one: Row) -> datetime | None:
        """From when its announcement counts, after it was moved."""
        if not one["published_at"]:
            return None
        (row,) = [
            row
            for row in self.place.tables["outages"]
            if (row["unit"], row["number"]) == (one["unit"], one["number"])
        ]
        moved = [
            row[name] for name in ("counts_from", "told_first") if self.place.by_now(row[name])
        ]
        return max(map(at, (one["published_at"], *moved)))

    def announced(self, one: Row) -> set[str]:
        """Late, or not announced at all; what comes unforeseen need not be."""
        if self.kind(one).get("emergency"):
            return set()
        start, told, now = self.start(one), self.told(one), self.place.taken
        leads = [Lead.of(rule) for rule in self.rules("notice", one)]
        if told is None or told >= start:
            found = {"missing"} if told is not None or start < now else set()
            return found | ({"late"} if any(lead.passed(start, now) for lead in leads) else set())
        return set() if all(lead.kept(told, start) for lead in leads) else {"late"}

    def overrun(self, one: Row) -> bool:
        if self.called_off(one):
            return False
        planned = at(one["planned_end"])
        if one["actual_end"]:
            return at(one["actual_end"]) > planned
        return bool(one["actual_start"]) and planned < self.place.taken

    def violation(self, one: Row) -> bool:
        """Residents cut off at will: no lawful reason, no approved plan, nothing announced."""
        begun = bool(one["actual_start"]) or at(one["planned_start"]) <= self.place.taken
        if not self.residents(one) or not begun:
            return False
        lawful = {rule["code"].partition(".")[2] for rule in self.rules("reason", one)}
        unplanned = bool(self.kind(one).get("document")) and not one["document"]
        grounds = {"missing", "late"} if one["kind"] == "arrears" else {"missing"}
        return one["reason"] not in lawful or unplanned or bool(grounds & self.announced(one))


def counts(place: Place) -> Counts:
    o = Outages(place)
    return {
        "outages.notices": lambda: len(o.known),
        "outages.planned": lambda: sum(one["kind"] == "planned" for one in o.known),
        "outages.faults": lambda: sum(one["kind"] == "fault" for one in o.known),
        "outages.late": lambda: sum("late" in o.announced(one) for one in o.known),
        "outages.missing": lambda: sum("missing" in o.announced(one) for one in o.known),
        "outages.overrun": lambda: sum(map(o.overrun, o.known)),
        "outages.violations": lambda: sum(map(o.violation, o.known)),
    }
