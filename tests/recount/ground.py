"""Grids: people, claims, hazards, special groups (grid standard 3.7, 4.2.1, 4.2.2, 5.8)."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from functools import cached_property

from tests.recount.place import Counts, Place
from tests.recount.tables import Row, at

SECOND = timedelta(seconds=1)
# Where each act leaves a hazard; others leave it where it is.
HAZARD = {
    "report": "reported",
    "grade": "graded",
    "dismiss": "dismissed",
    "decline": "reported",
    "reassign": "graded",
    "rectify": "rectified",
    "verify": "verified",
    "return": "owned",
    "close": "closed",
}
RUNNING = ("reported", "graded", "owned")


class Ground:
    """Nothing of grids is told of a territory that has none."""

    def __init__(self, place: Place) -> None:
        self.place = place

    @cached_property
    def grids(self) -> list[Row]:
        """Those in use on the last day."""
        last = self.place.last
        return [
            one
            for one in self.place.tables["grids"]
            if one["unit"] in self.place.units
            and date.fromisoformat(one["valid_from"]) <= last
            and (not one["valid_until"] or date.fromisoformat(one["valid_until"]) >= last)
        ]

    def vacant(self) -> int:
        """Nobody stood there as manager at the end of the days, or at the instant before."""
        then = min(self.place.taken, self.place.end - SECOND)
        held = {
            (one["unit"], one["grid"])
            for one in self.place.tables["grid_posts"]
            if one["post"] == "manager"
            and at(one["starts_at"]) <= then
            and (not one["ends_at"] or at(one["ends_at"]) > then)
        }
        return sum((one["unit"], one["grid"]) not in held for one in self.grids)

    # -- claims -----------------------------------------------------------------------------------

    @cached_property
    def events(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for one in self.place.tables["claim_events"]:
            if self.place.by_now(one["at"]):
                found[one["case"]].append(one["act"])
        return found

    @cached_property
    def claims(self) -> list[Row]:
        place = self.place
        return [
            one
            for one in place.tables["claims"]
            if self.grids
            and place.within(one["received_at"])
            and one["holder"] in place.units
            and "withdraw" not in self.events[one["case"]]
        ]

    @cached_property
    def clocks(self) -> dict[str, list[Row]]:
        """Clocks of reporting in at the claimant's."""
        found = defaultdict(list)
        for one in self.place.tables["case_clocks"]:
            if one["clock"] == "report_in" and self.place.by_now(one["started_at"]):
                found[one["case"]].append(one)
        return found

    def responded(self, claim: Row) -> bool:
        """The first time within its minutes."""
        return any(
            one["round"] == "1" and one["state"] == "met" and self.place.by_now(one["stopped_at"])
            for one in self.clocks[claim["case"]]
        )

    def overdue(self, claim: Row) -> bool:
        """A clock ran out, whether somebody came later or not."""
        for one in self.clocks[claim["case"]]:
            if self.place.by_now(one["stopped_at"]):
                if one["state"] == "late":
                    return True
            elif at(one["due_at"]) < self.place.taken - SECOND:
                return True
        return False

    def visited(self, claim: Row) -> bool:
        """Closed, and the officer reached the claimant."""
        ends = [one for one in self.events[claim["case"]] if one in ("close", "reopen")]
        return ends[-1:] == ["close"] and claim["visited"] == "1"

    # -- hazards ----------------------------------------------------------------------------------

    @cached_property
    def moves(self) -> dict[str, list[str]]:
        found = defaultdict(list)
        for one in self.place.tables["hazard_events"]:
            if self.place.by_now(one["at"]):
                found[one["hazard"]].append(one["act"])
        return found

    @cached_property
    def hazards(self) -> list[tuple[str, Row]]:
        """Each with its state at the instant."""
        place = self.place
        return [
            (self._state(one), one)
            for one in place.tables["hazards"]
            if self.grids and place.within(one["reported_at"]) and one["unit"] in place.units
        ]

    def _state(self, one: Row) -> str:
        known = [HAZARD[act] for act in self.moves[one["number"]] if act in HAZARD]
        return known[-1]

    def neglected(self) -> int:
        """In hand, and its day was over."""
        limit = self.place.taken - SECOND
        return sum(
            state in RUNNING and "grade" in self.moves[one["number"]] and at(one["due_at"]) <= limit
            for state, one in self.hazards
        )

    # -- special groups ---------------------------------------------------------------------------

    @cached_property
    def households(self) -> dict[str, Row]:
        """Of the office's units, entered by the instant."""
        return {
            one["household"]: one
            for one in self.place.tables["special_households"]
            if self.grids
            and one["unit"] in self.place.units
            and self.place.by_now(one["entered_at"])
        }

    def standing(self) -> int:
        return sum(
            at(one["entered_at"]) < self.place.end
            and (not one["ended_on"] or date.fromisoformat(one["ended_on"]) > self.place.last)
            for one in self.households.values()
        )

    def served(self, sort: str = "") -> list[str]:
        return [
            one["household"]
            for one in self.place.tables["special_services"]
            if one["household"] in self.households
            and one["state"] == "done"
            and self.place.on_a_day(one["done_on"])
            and (not sort or one["service"] == sort)
        ]


def counts(place: Place) -> Counts:
    g = Ground(place)
    return {
        "grids.total": lambda: len(g.grids),
        "grids.vacant": g.vacant,
        "claims.all": lambda: len(g.claims),
        "claims.due": lambda: sum(g.responded(one) or g.overdue(one) for one in g.claims),
        "claims.responded": lambda: sum(map(g.responded, g.claims)),
        "claims.visited": lambda: sum(map(g.visited, g.claims)),
        "claims.solved": lambda: sum(g.visited(o) and o["solved"] == "1" for o in g.claims),
        "claims.content": lambda: sum(
            g.visited(one) and one["satisfaction"] in ("content", "fairly") for one in g.claims
        ),
        "hazards.reported": lambda: len(g.hazards),
        "hazards.closed": lambda: sum(state == "closed" for state, _one in g.hazards),
        "hazards.open": lambda: sum(
            state not in ("closed", "dismissed") for state, _one in g.hazards
        ),
        "hazards.overdue": g.neglected,
        "special.households": g.standing,
        "special.served": lambda: len(set(g.served())),
        "special.checks": lambda: len(g.served("check")),
        "special.visits": lambda: len(g.served("visit")),
    }
