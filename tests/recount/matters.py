"""Ledger, inspections, enforcement, model units (plan 三(六), 二(二)5, 五(二) to 五(四))."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from functools import cached_property, partial

from tests.recount.place import Counts, Place
from tests.recount.tables import Row, at

# Where each act leaves an item of the ledger; others leave it where it is.
LEAVES = {
    "opened": "open",
    "plan": "working",
    "report": "reported",
    "verify": "verified",
    "return": "working",
    "close": "closed",
    "reopen": "working",
    "withdraw": "withdrawn",
}


class Ledger:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def acts(self) -> dict[str, list[Row]]:
        """What was done to each item until the instant, in its order."""
        found = defaultdict(list)
        for one in self.place.tables["ledger_entries"]:
            if self.place.by_now(one["at"]):
                found[one["item"]].append(one)
        return found

    def state(self, number: str) -> str:
        known = [LEAVES[one["act"]] for one in self.acts[number] if one["act"] in LEAVES]
        return known[-1] if known else "open"

    def due(self, number: str) -> datetime:
        """The deadline that the last act by then had set."""
        return at([one["due_at"] for one in self.acts[number] if one["due_at"]][-1])

    @cached_property
    def items(self) -> list[str]:
        """Entered until the end of the days and not withdrawn again."""
        place = self.place
        return [
            one["number"]
            for one in place.tables["ledger"]
            if at(one["opened_at"]) < place.end
            and place.by_now(one["opened_at"])
            and one["unit"] in place.units
            and self.state(one["number"]) != "withdrawn"
        ]

    @cached_property
    def entered(self) -> list[str]:
        """In the days themselves."""
        rows = {one["number"]: one for one in self.place.tables["ledger"]}
        return [one for one in self.items if self.place.within(rows[one]["opened_at"])]

    def closed(self) -> int:
        return sum(self.state(one) == "closed" for one in self.entered)

    def open(self, numbers: list[str]) -> int:
        return sum(self.state(one) != "closed" for one in numbers)

    def overdue(self) -> int:
        """The unit still had to act when its day was over."""
        return sum(
            self.state(one) in ("open", "working") and self.due(one) < self.place.taken
            for one in self.entered
        )

    def reopened(self) -> int:
        return sum(any(a["act"] == "reopen" for a in self.acts[one]) for one in self.entered)


class Inspections:
    def __init__(self, place: Place, ledger: Ledger) -> None:
        self.place, self.ledger = place, ledger

    @cached_property
    def begun(self) -> list[Row]:
        """The team came in the days, and had been there."""
        place = self.place
        return [
            one
            for one in place.tables["inspections"]
            if place.on_a_day(one["first_day"])
            and place.by_now(one["on_site_at"])
            and one["state"] != "cancelled"
            and one["unit"] in place.units
        ]

    @cached_property
    def found(self) -> list[Row]:
        """Problems that the inspected had been told of."""
        seen = {(one["office"], one["unit"], one["notice"]) for one in self.begun}
        return [
            one
            for one in self.place.tables["findings"]
            if (one["office"], one["unit"], one["notice"]) in seen
            and self.place.by_now(one["sent_at"])
        ]

    def stands(self, one: Row) -> bool:
        """Confirmed by the inspected, or upheld against them."""
        if one["state"] == "upheld":
            return self.place.by_now(one["decided_at"])
        if one["state"] == "confirmed":
            return self.place.by_now(one["answered_at"])
        return False

    def rectified(self) -> int:
        return sum(
            self.stands(one) and bool(one["item"]) and self.ledger.state(one["item"]) == "closed"
            for one in self.found
        )


class Measures:
    def __init__(self, place: Place) -> None:
        self.place = place

    def taken(self, measure: str = "") -> int:
        """Documents that the office and those below it signed in the days."""
        return sum(
            self.place.within(one["issued_at"])
            and self.place.ours(one["office"])
            and (not measure or one["measure"] == measure)
            for one in self.place.tables["enforcement"]
        )


class Examples:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def chosen(self) -> list[Row]:
        """By the end of the days."""
        place = self.place
        return [
            one
            for one in place.tables["demonstrations"]
            if date.fromisoformat(one["selected_on"]) <= place.last
            and place.by_now(one["entered_at"])
            and one["unit"] in place.units
        ]

    def of(self, kind: str) -> int:
        return sum(one["kind"] == kind for one in self.chosen)

    def named(self) -> int:
        names = {
            (one["kind"], one["demonstration"])
            for one in self.place.tables["evaluations"]
            if (one["result"], one["state"]) == ("named", "approved")
            and self.place.by_now(one["decided_at"])
            and at(one["decided_at"]) < self.place.end
        }
        return sum((one["kind"], one["demonstration"]) in names for one in self.chosen)

    @cached_property
    def checks(self) -> list[Row]:
        names = {(one["kind"], one["demonstration"]) for one in self.chosen}
        rows = self.place.tables["monthly_checks"]
        return [one for one in rows if (one["kind"], one["demonstration"]) in names]

    def checked(self) -> int:
        return sum(
            self.place.on_a_day(one["checked_on"]) and self.place.by_now(one["done_at"])
            for one in self.checks
        )

    def late(self) -> int:
        """Fell due in the days, and were not done by the instant."""
        until = min(self.place.end, self.place.taken)
        return sum(
            self.place.begin <= at(one["due_at"]) < until and not self.place.by_now(one["done_at"])
            for one in self.checks
        )


def counts(place: Place) -> Counts:
    ledger, measures, examples = Ledger(place), Measures(place), Examples(place)
    seen = Inspections(place, ledger)
    found: Counts = {
        "ledger.items": lambda: len(ledger.entered),
        "ledger.closed": ledger.closed,
        "ledger.open": lambda: ledger.open(ledger.entered),
        "ledger.overdue": ledger.overdue,
        "ledger.reopened": ledger.reopened,
        "ledger.standing": lambda: ledger.open(ledger.items),
        "inspected.units": lambda: len(seen.begun),
        "inspected.concluded": lambda: sum(place.by_now(o["concluded_at"]) for o in seen.begun),
        "inspected.found": lambda: len(seen.found),
        "inspected.confirmed": lambda: sum(map(seen.stands, seen.found)),
        "inspected.rectified": seen.rectified,
        "enforced.total": measures.taken,
        "examples.total": lambda: len(examples.chosen),
        "examples.named": examples.named,
        "examples.checked": examples.checked,
        "examples.late": examples.late,
    }
    for kind in ("point", "area", "window"):
        found[f"examples.{kind}s"] = partial(examples.of, kind)
    for measure in ("talk", "order", "circular", "investigation"):
        found[f"enforced.{measure}s"] = partial(measures.taken, measure)
    found["enforced.penalties"] = partial(measures.taken, "penalty")
    return found
