"""Grids in the folder of a replay: their people over time, claims, hazards, special groups.

Of special groups only how many there are and what was done: no kind, no name, no place.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from complaints.models import CaseEvent, Claim
from config.replay.output_cases import Row, shown
from grids.models import (
    Assignment,
    Hazard,
    HazardEvent,
    HolidayVisit,
    PowerGrid,
    SafetyCheck,
    SpecialHousehold,
)


def tables() -> Iterator[tuple[str, Iterable[Row]]]:
    yield "grids", grids()
    yield "grid_posts", posts()
    yield "claims", claims()
    yield "claim_events", claim_events()
    yield "hazards", hazards()
    yield "hazard_events", hazard_events()
    yield "special_households", households()
    yield "special_services", services()


def grids() -> Iterator[Row]:
    found = PowerGrid.objects.select_related("enterprise", "station")
    for one in found.order_by("enterprise__code", "code", "valid_from"):
        yield {
            "grid": one.code,
            "unit": one.enterprise.code,
            "station": one.station.code if one.station else "",
            "valid_from": one.valid_from,
            "valid_until": one.valid_until or "",
        }


def posts() -> Iterator[Row]:
    """Who answers for a power grid from when to when, without who it is."""
    found = Assignment.objects.filter(power_grid__isnull=False)
    related = found.select_related("power_grid__enterprise")
    order = ("power_grid__enterprise__code", "power_grid__code", "starts_at", "pk")
    for one in related.order_by(*order):
        assert one.power_grid is not None
        yield {
            "grid": one.power_grid.code,
            "unit": one.power_grid.enterprise.code,
            "post": one.post,
            "cover": int(one.is_cover),
            "starts_at": shown(one.starts_at),
            "ends_at": shown(one.ends_at),
        }


OF_CLAIM = ("case__number", "kind", "origin", "case__holder__code", "grid__code")
OF_CLAIM += ("case__received_at", "case__closed_at", "case__state", "visited", "solved")
OF_CLAIM += ("case__satisfaction", "fault")


def claims() -> Iterator[Row]:
    """What the grids know of a case; its clocks stand with those of the other cases."""
    # Only what is shown: nothing of whoever called is to be deciphered.
    found = Claim.objects.order_by("case__received_at", "case__number").values(*OF_CLAIM)
    for one in found:
        yield {
            "case": one["case__number"],
            "kind": one["kind"],
            "origin": one["origin"],
            "holder": one["case__holder__code"],
            "grid": one["grid__code"] or "",
            "received_at": shown(one["case__received_at"]),
            "closed_at": shown(one["case__closed_at"]),
            "state": one["case__state"],
            "visited": int(one["visited"]),
            "solved": "" if one["solved"] is None else int(one["solved"]),
            "satisfaction": one["case__satisfaction"],
            "fault": one["fault"],
        }


def claim_events() -> Iterator[Row]:
    found = CaseEvent.objects.filter(case__claim__isnull=False)
    order = ("case__received_at", "case__number", "sequence")
    for case, kind, at in found.order_by(*order).values_list("case__number", "kind", "at"):
        yield {"case": case, "act": kind, "at": shown(at)}


def hazards() -> Iterator[Row]:
    found = Hazard.objects.select_related("organisation", "grid", "kind", "grade")
    for one in found.order_by("reported_at", "number"):
        yield {
            "number": one.number,
            "unit": one.organisation.code,
            "grid": one.grid.code if one.grid else "",
            "kind": one.kind.code,
            "grade": one.grade.code if one.grade else "",
            "side": one.side,
            "state": one.state,
            "reported_at": shown(one.reported_at),
            "due_at": shown(one.due_at),
            "rectified_at": shown(one.rectified_at),
            "closed_at": shown(one.closed_at),
        }


def hazard_events() -> Iterator[Row]:
    found = HazardEvent.objects.order_by("hazard__reported_at", "hazard__number", "sequence")
    for number, kind, at in found.values_list("hazard__number", "kind", "at"):
        yield {"hazard": number, "act": kind, "at": shown(at)}


def number(pk: int) -> str:
    """How a household is called where nobody may be named."""
    return SpecialHousehold(pk=pk).number


def households() -> Iterator[Row]:
    found = SpecialHousehold.objects.order_by("created_at", "pk")
    for pk, unit, entered, ended in found.values_list(
        "pk", "organisation__code", "created_at", "ended_on"
    ):
        entry = {"household": number(pk), "unit": unit, "entered_at": shown(entered)}
        yield entry | {"ended_on": ended or ""}


def services() -> Iterator[Row]:
    """Safety checks and holiday visits: planned, made, or not."""
    for sort, model, day in (
        ("check", SafetyCheck, "done_on"),
        ("visit", HolidayVisit, "visited_on"),
    ):
        rows = model.objects.order_by("created_at", "pk")
        for pk, state, due, done in rows.values_list("household", "state", "due_on", day):
            yield {
                "household": number(pk),
                "service": sort,
                "state": state,
                "due_on": due,
                "done_on": done or "",
            }
