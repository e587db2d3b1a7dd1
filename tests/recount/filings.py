"""What was owed and filed, and what the filings contain (plan 五(一)3, 五(二), 五(四)1)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from functools import cached_property, partial
from typing import Any

from tests.recount.place import REGULATORS, Counts, Place
from tests.recount.tables import Row, at

Key = tuple[str, str]
LISTS = {
    "groups": "leading_group",
    "points": "demonstration_points",
    "plans": "implementation_plan",
    "commitments": "service_commitments",
    "windows": "windows",
}


def key_of(row: Row) -> Key:
    return row["duty"], row["organisation"]


class Filings:
    """Duties of the days as they stood at the instant, with what stood filed."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def duties(self) -> list[Row]:
        here, place = self.place.office, self.place
        phases = range(1, place.stage + 1) if place.whole else (place.stage,)
        return [
            one
            for one in place.tables["duties"]
            if here in (one["recipient"], one["copy_to"], one["organisation"])
            and int(one["phase"]) in phases
            and one["state"] != "withdrawn"
        ]

    @cached_property
    def company(self) -> list[Row]:
        return [
            one
            for one in self.duties
            if not one["organisation"].startswith(REGULATORS) and one["kind"] == "report"
        ]

    @cached_property
    def owed(self) -> list[Row]:
        return [one for one in self.company if not self.exempted(one)]

    @cached_property
    def filed(self) -> list[Row]:
        return [one for one in self.owed if self.place.by_now(one["first_submitted_at"])]

    @cached_property
    def missing(self) -> list[Row]:
        return [one for one in self.owed if not self.place.by_now(one["first_submitted_at"])]

    @cached_property
    def own(self) -> list[Row]:
        return [one for one in self.duties if one["organisation"] == self.place.office]

    def exempted(self, duty: Row) -> bool:
        return self.place.by_now(duty["exempted_at"])

    def late(self, duty: Row) -> bool:
        """It came after the deadline that stood then."""
        return at(duty["first_submitted_at"]) > at(duty["due_at_submission"])

    def done(self, duty: Row) -> bool:
        return self.place.by_now(duty["accepted_at"]) or self.exempted(duty)

    def accepted(self) -> int:
        return sum(self.place.by_now(one["accepted_at"]) for one in self.owed)

    def undone(self) -> int:
        """Own duties past their day that were neither filed nor freed from."""
        return sum(
            not self.place.by_now(one["first_submitted_at"])
            and not self.exempted(one)
            and at(one["due_at"]) < self.place.taken
            for one in self.own
        )

    # -- what stood filed ---------------------------------------------------------------------

    @cached_property
    def versions(self) -> dict[Key, str]:
        """The last version that had left the company."""
        found: dict[Key, int] = {}
        for one in self.place.tables["filings"]:
            if self.place.by_now(one["submitted_at"]):
                found[key_of(one)] = max(found.get(key_of(one), 0), int(one["version"]))
        return {key: str(number) for key, number in found.items()}

    @cached_property
    def reviews(self) -> dict[Key, list[Row]]:
        """What was decided on each duty's filings by then."""
        found = defaultdict(list)
        for one in self.place.tables["reviews"]:
            if self.place.by_now(one["at"]):
                found[key_of(one)].append(one)
        return found

    def sent_back(self, duty: Row) -> set[str]:
        """The parts of what stands filed that wait to be corrected."""
        version = self.versions.get(key_of(duty))
        seen = [one for one in self.reviews[key_of(duty)] if one["version"] == version]
        if not seen or seen[-1]["decision"] != "returned":
            return set()
        return {part for one in seen for part in one["parts"].split("、")}

    def returned(self, duty: Row) -> bool:
        return any(one["decision"] == "returned" for one in self.reviews[key_of(duty)])

    def holders(self, part: str) -> list[Row]:
        """Duties that ask for the part, of which it stands filed and was not sent back."""
        return [
            one
            for one in self.filed
            if part in one["parts"].split("、") and part not in self.sent_back(one)
        ]

    @cached_property
    def contents(self) -> dict[tuple[str, str, str, str], list[dict[str, Any]]]:
        found = defaultdict(list)
        for one in self.place.tables["parts"]:
            said = json.loads(one["content"]) | {"files": int(one["files"])}
            found[*key_of(one), one["version"], one["part"]].append(said)
        return found

    @cached_property
    def whole_parts(self) -> dict[tuple[str, str, str, str], Row]:
        rows = self.place.tables["filed_parts"]
        return {(*key_of(one), one["version"], one["part"]): one for one in rows}

    def lines(self, duty: Row, part: str) -> list[dict[str, Any]]:
        return self.contents[*key_of(duty), self.versions[key_of(duty)], part]

    def rows(self, part: str, **asked: Any) -> list[dict[str, Any]]:
        """Lines of a filed list over all companies."""
        return [
            line
            for duty in self.holders(part)
            for line in self.lines(duty, part)
            if all(line.get(name) == value for name, value in asked.items())
        ]

    def of_part(self, duty: Row, part: str, column: str) -> int:
        found = self.whole_parts.get((*key_of(duty), self.versions[key_of(duty)], part))
        return int(found[column]) if found else 0

    def has(self, duty: Row, part: str) -> bool:
        """Whether something of the part is there; of a group, its head."""
        if part == "leading_group":
            return any(line.get("duty") == "组长" for line in self.lines(duty, part))
        if part == "implementation_plan":
            return self.of_part(duty, part, "files") > 0
        if part in ("self_inspection_report", "summary_report"):
            return self.of_part(duty, part, "characters") > 0
        return bool(self.lines(duty, part))

    def having(self, part: str) -> list[Row]:
        return [one for one in self.holders(part) if self.has(one, part)]

    def correcting(self, part: str) -> list[Row]:
        return [one for one in self.filed if part in self.sent_back(one)]

    def lacking(self, part: str) -> int:
        """Asked for the part, and neither has it nor is correcting it."""
        known = [*self.having(part), *self.correcting(part)]
        return sum(part in one["parts"].split("、") and one not in known for one in self.owed)

    def windows(self, keep: Callable[[bool, bool, int], bool]) -> int:
        return sum(
            keep(one.get("shows_12398") is True, one.get("shows_95598") is True, one["files"])
            for one in self.rows("windows")
        )


def counts(place: Place) -> Counts:
    filings = Filings(place)
    return _of_duties(filings) | _of_content(filings)


def _of_duties(f: Filings) -> Counts:
    place = f.place
    found: Counts = {
        "company.expected": lambda: len(f.owed),
        "company.filed": lambda: len(f.filed),
        "company.on_time": lambda: sum(not f.late(one) for one in f.filed),
        "company.late": lambda: sum(f.late(one) for one in f.filed),
        "company.missing": lambda: len(f.missing),
        "company.overdue": lambda: sum(at(one["due_at"]) < place.taken for one in f.missing),
        "company.returned": lambda: sum(map(f.returned, f.owed)),
        "company.awaiting_correction": lambda: sum(bool(f.sent_back(one)) for one in f.owed),
        "company.accepted": f.accepted,
        "company.exempted": lambda: sum(map(f.exempted, f.company)),
        "company.copied": lambda: sum(one["copy_to"] == place.office for one in f.filed),
        "own.total": lambda: len(f.own),
        "own.done": lambda: sum(map(f.done, f.own)),
        "own.open": lambda: sum(not f.done(one) for one in f.own),
        "own.late": f.undone,
    }
    for name in ("expected", "filed", "late", "missing"):
        found[f"filings.{name}"] = found[f"company.{name}"]
    return found


def _of_content(f: Filings) -> Counts:
    found: Counts = {
        "groups.members": lambda: len(f.rows("leading_group")),
        "points.total": lambda: len(f.rows("demonstration_points")),
        "points.areas": lambda: len(f.rows("demonstration_points", kind="示范区县")),
        "points.points": lambda: len(f.rows("demonstration_points", kind="示范点")),
        "commitments.items": lambda: len(f.rows("service_commitments")),
        "windows.total": lambda: f.windows(lambda *_shown: True),
        "windows.shows_12398": lambda: f.windows(lambda one, _two, _photos: one),
        "windows.shows_95598": lambda: f.windows(lambda _one, two, _photos: two),
        "windows.both": lambda: f.windows(lambda one, two, _photos: one and two),
        "windows.both_with_photo": lambda: f.windows(lambda *all_three: all(all_three)),
        "windows.incomplete": lambda: f.windows(lambda *all_three: not all(all_three)),
    }
    for name, part in LISTS.items():
        found[f"{name}.companies"] = lambda part=part: len(f.having(part))
        found[f"{name}.missing"] = partial(f.lacking, part)
        found[f"{name}.correcting"] = lambda part=part: len(f.correcting(part))
    for name, part in (
        ("selfreports", "self_inspection_report"),
        ("summaries", "summary_report"),
    ):
        found[f"{name}.companies"] = lambda part=part: len(f.holders(part))
        found[f"{name}.missing"] = partial(f.lacking, part)
    return found
