"""Periodic returns, self-inspection, indicators and what was asked for (plan 二(二), 五(二))."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from functools import cached_property, partial

from tests.recount.place import STAGES, Counts, Place
from tests.recount.tables import Row, at

Key = tuple[str, str, str]
SELF_INSPECTION = "self_inspection"
# The first day of the campaign.
BEGUN = STAGES[1][0]


def key_of(row: Row) -> Key:
    return row["return"], row["unit"], row["from"]


class Returns:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def every(self) -> list[Row]:
        """Of the office's units, opened and not freed from by the instant."""
        place = self.place
        return [
            one
            for one in place.tables["returns"]
            if one["unit"] in place.units
            and place.by_now(one["opened_at"])
            and not self.waived(one)
        ]

    @cached_property
    def versions(self) -> dict[Key, list[Row]]:
        found = defaultdict(list)
        for one in self.place.tables["return_versions"]:
            if self.place.by_now(one["submitted_at"]):
                found[key_of(one)].append(one)
        return found

    def waived(self, one: Row) -> bool:
        """Nothing was filed, and the whole return had been waived before its day."""
        return not self.versions[key_of(one)] and any(
            (waiver["return"], waiver["unit"], waiver["check"]) == (one["return"], one["unit"], "")
            and waiver["state"] in ("approved", "revoked")
            and self.place.by_now(waiver["decided_at"])
            and at(waiver["decided_at"]) <= self.due(one)
            and not self.place.by_now(waiver["revoked_at"])
            and one["from"] <= waiver["expires_on"]
            for waiver in self.place.tables["return_waivers"]
        )

    def due(self, one: Row):
        """The day by which it had to come first; a later day of a correction changes nothing."""
        return at(one["first_due_at"] or one["due_at"])

    @cached_property
    def owed(self) -> list[Row]:
        until = min(self.place.end, self.place.taken)
        return [one for one in self.every if self.place.begin <= self.due(one) < until]

    def filed(self) -> int:
        return sum(bool(self.versions[key_of(one)]) for one in self.owed)

    def late(self) -> int:
        return sum(
            at(self.versions[key_of(one)][0]["submitted_at"]) > self.due(one)
            for one in self.owed
            if self.versions[key_of(one)]
        )

    def accepted(self) -> int:
        return sum(
            any(self.place.by_now(v["accepted_at"]) for v in self.versions[key_of(one)])
            for one in self.owed
        )

    # -- self-inspection --------------------------------------------------------------------------

    @cached_property
    def tables(self) -> list[Row]:
        """Self-inspection tables whose days touch those of the stage."""
        first, last = str(self.place.first), str(self.place.last)
        mine = [one for one in self.every if one["return"] == SELF_INSPECTION]
        return [one for one in mine if one["from"] <= last and one["to"] >= first]

    def lines_of(self, tables: list[Row]) -> list[Row]:
        """Those of the version that stood filed."""
        standing = {
            (*key_of(one), self.versions[key_of(one)][-1]["version"])
            for one in tables
            if self.versions[key_of(one)]
        }
        rows = self.place.tables["self_inspections"]
        return [one for one in rows if (*key_of(one), one["version"]) in standing]

    @cached_property
    def lines(self) -> list[Row]:
        return self.lines_of(self.tables)

    def summed(self, column: str) -> int:
        return sum(int(one[column]) for one in self.lines)

    def left(self) -> int:
        """Of all tables of the campaign so far: they are put right after their days."""
        last = str(self.place.last)
        mine = [one for one in self.every if one["return"] == SELF_INSPECTION]
        so_far = [one for one in mine if one["from"] <= last and one["to"] >= BEGUN]
        return sum(
            max(0, int(one["problems"]) - int(one["corrected"])) for one in self.lines_of(so_far)
        )


class Indicators:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def values(self) -> list[Row]:
        """Per indicator and company the last that lies in the days; of two that end together the
        one of the longer period."""
        place = self.place
        latest: dict[tuple[str, str], Row] = {}
        for one in place.tables["indicator_values"]:
            days = place.first <= date.fromisoformat(one["first_day"])
            days &= date.fromisoformat(one["last_day"]) <= place.last
            stood = place.by_now(one["computed_at"]) and not place.by_now(one["replaced_at"])
            if not days or not stood or one["unit"] not in place.tops:
                continue
            key = (one["indicator"], one["unit"])
            if key not in latest or self._after(one, latest[key]):
                latest[key] = one
        return list(latest.values())

    def _after(self, one: Row, other: Row) -> bool:
        if one["last_day"] != other["last_day"]:
            return one["last_day"] > other["last_day"]
        return one["first_day"] <= other["first_day"]

    def limit(self, one: Row) -> Decimal | None:
        """The target of the company's area for the year, else what the indicator asks for."""
        region = self.place.organisations[one["unit"]]["region"]
        for code in (region, f"{region[:4]}00", f"{region[:2]}0000"):
            for target in self.place.tables["targets"]:
                told = (target["indicator"], target["region"], target["year"])
                stood = self.place.by_now(target["issued_at"])
                stood &= not self.place.by_now(target["replaced_at"])
                if stood and told == (one["indicator"], code, one["last_day"][:4]):
                    return Decimal(target["value"])
        return Decimal(one["limit"]) if one["limit"] else None

    def below(self) -> int:
        """Short of it; of a sum that lacks some of its units nothing is said."""
        found = 0
        for one in self.values:
            limit, value = self.limit(one), Decimal(one["value"])
            if limit is None or one["partial"] == "1":
                continue
            short = {"up": value < limit, "down": value > limit}
            found += short.get(one["direction"], False)
        return found

    def tasks(self, column: str) -> int:
        """Set by the office in the days; with the column, done so far by the instant."""
        return sum(
            self.place.within(one["set_at"])
            and one["office"] == self.place.office
            and self.place.by_now(one[column])
            for one in self.place.tables["improvements"]
        )


def counts(place: Place) -> Counts:
    r, i = Returns(place), Indicators(place)
    return {
        "returns.owed": lambda: len(r.owed),
        "returns.filed": r.filed,
        "returns.late": r.late,
        "returns.missing": lambda: len(r.owed) - r.filed(),
        "returns.accepted": r.accepted,
        "checks.units": lambda: sum(bool(r.versions[key_of(one)]) for one in r.tables),
        "checks.silent": lambda: sum(not r.versions[key_of(one)] for one in r.tables),
        "checks.items": lambda: len(r.lines),
        "checks.sampled": partial(r.summed, "sampled"),
        "checks.failed": lambda: sum(int(one["problems"]) > 0 for one in r.lines),
        "checks.problems": partial(r.summed, "problems"),
        "checks.corrected": partial(r.summed, "corrected"),
        "checks.left": r.left,
        "indicators.values": lambda: len(i.values),
        "indicators.below": i.below,
        "improvements.total": partial(i.tasks, "set_at"),
        "improvements.checked": partial(i.tasks, "checked_at"),
    }
