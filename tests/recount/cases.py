"""Cases of the hotlines, what the office did about them, and ordered use (plan 四(二))."""

from __future__ import annotations

from decimal import Decimal
from functools import cached_property, partial

from tests.recount.place import Counts, Place
from tests.recount.tables import Row


class Cases:
    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def all(self) -> list[Row]:
        """Nothing that was merged, of the office's companies or of nobody known yet."""
        place = self.place
        return [
            one
            for one in place.tables["cases"]
            if place.within(one["received_at"])
            and place.by_now(one["entered_at"])
            and not one["merged_into"]
            and (
                (unit := one["organisation"] or one["owner"]) in place.units or unit == place.office
            )
        ]

    def of(self, **asked: str) -> int:
        return sum(all(one[k] == v for k, v in asked.items()) for one in self.all)

    def done(self) -> int:
        return sum(self.place.by_now(one["closed_at"]) for one in self.all)

    # -- ordered use ------------------------------------------------------------------------------

    @cached_property
    def events(self) -> list[Row]:
        rows, place = self.place.tables["ordered_use"], self.place
        return [o for o in rows if place.within(o["started_at"]) and o["unit"] in place.units]

    @cached_property
    def carried_out(self) -> list[Row]:
        numbers = {one["event"] for one in self.events}
        return [one for one in self.place.tables["executions"] if one["event"] in numbers]

    @cached_property
    def plans(self) -> list[Row]:
        rows, place = self.place.tables["plans"], self.place
        return [o for o in rows if place.within(o["filed_at"]) and o["unit"] in place.units]

    def energy(self) -> Decimal:
        return sum((Decimal(one["energy_kwh"]) for one in self.carried_out), Decimal(0))

    # -- what the portal noticed ------------------------------------------------------------------

    def made(self, name: str, column: str) -> int:
        rows, place = self.place.tables[name], self.place
        return sum(place.within(one[column]) and one["unit"] in place.units for one in rows)

    def decided(self, name: str, column: str, state: str) -> int:
        """Those of the days that were decided so by the instant; open ones were not decided yet."""
        place = self.place
        return sum(
            (one["state"] == state if place.by_now(one["decided_at"]) else state == "open")
            for one in place.tables[name]
            if place.within(one[column]) and one["unit"] in place.units
        )

    def supervised(self) -> int:
        rows, place = self.place.tables["supervisions"], self.place
        return sum(place.within(one["issued_at"]) and place.ours(one["owner"]) for one in rows)

    def special(self) -> int:
        """Proposals to inspect that were accepted in the days."""
        return sum(
            one["state"] == "accepted"
            and self.place.within(one["decided_at"])
            and self.place.ours(one["office"])
            for one in self.place.tables["inspection_proposals"]
        )

    def papers(self, name: str) -> int:
        rows, place = self.place.tables[name], self.place
        return sum(
            place.within(one["issued_at"])
            and one["organisation"] == place.office
            and one.get("kind") != "withdrawal"
            for one in rows
        )


def counts(place: Place) -> Counts:
    c = Cases(place)
    found: Counts = {
        "cases.total": lambda: len(c.all),
        "cases.s12398": lambda: c.of(source="12398"),
        "cases.s95598": lambda: c.of(source="95598"),
        "cases.complaints": lambda: c.of(nature="complaint"),
        "cases.reports": lambda: c.of(nature="report"),
        "cases.done": c.done,
        "cases.open": lambda: len(c.all) - c.done(),
        "plans_filed.total": lambda: len(c.plans),
        "plans_filed.late": lambda: sum(one["late"] == "1" for one in c.plans),
        "ordered.events": lambda: len(c.events),
        "ordered.cuts": lambda: sum(one["feeder_cut"] == "1" for one in c.carried_out),
        "ordered.households": lambda: sum(int(one["households"]) for one in c.carried_out),
        "ordered.energy": c.energy,
        "supervised.total": c.supervised,
        "inspections.decided": c.special,
        "papers.bulletins": partial(c.papers, "bulletins"),
        "papers.circulars": partial(c.papers, "circulars"),
    }
    for key, name, column in (
        ("leads", "outage_leads", "starts_at"),
        ("findings", "proposals", "created_at"),
    ):
        found[f"{key}.total"] = partial(c.made, name, column)
        for state in ("accepted", "dismissed", "open"):
            found[f"{key}.{state}"] = partial(c.decided, name, column, state)
    return found
