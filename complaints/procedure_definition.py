"""Procedures as written in files: read, checked, and turned into values. Pure.

A file lists procedures; each names a shape (its states and moves, shared by several) and adds its
clocks and its escalation ladder. What comes out is complete in itself and stored with the cases.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import translation

from accounts.permissions import Permission
from complaints.workflow import DONE, Act, Side, Source, State
from core import catalogue_files, sla

FOLDER = Path(__file__).parent / "catalogue"
RECEIVED = "received"
# Acts that go on the record without touching a move of the procedure's own.
KEEPS_STATE = frozenset(
    {Act.CONTACT, Act.VISIT, Act.URGE, Act.SUPERVISE, Act.ANSWER_SUPERVISION, Act.APPEAL}
    | {Act.PAUSE, Act.RESUME, Act.EXTEND}
)
LADDER_TO = ("responsible", "holder_lead", "owner", "owner_lead")
COMPANY, GOVERNMENT = "company", "government"
SPECIAL_FIELDS = ("area_type", "category", "urgency")


class ProcedureRefused(ValueError):
    """A procedure file is faulty; the text lists everything that is wrong with it."""


@dataclass(frozen=True)
class Move:
    """One act: from which states, to which (None: the state stays), in whose name."""

    act: Act
    sources: tuple[str, ...]
    target: str | None
    side: Side
    needs: Permission

    @property
    def label(self) -> str:
        return str(self.act.label)


@dataclass(frozen=True)
class Allowance:
    """How long a clock runs; the first special case that fits the case takes the place."""

    value: float
    unit: str
    special: tuple[tuple[str, str, float, str], ...] = ()

    def of(self, case: Any) -> tuple[float, str]:
        for name, is_, value, unit in self.special:
            if getattr(case, name) == is_:
                return value, unit
        return self.value, self.unit


@dataclass(frozen=True)
class Rung:
    """One step of the ladder of a clock: when before (negative) or after the deadline, to whom."""

    value: float
    unit: str
    to: str

    @property
    def code(self) -> str:
        return f"{self.value:g}-{self.unit}-{self.to}"


@dataclass(frozen=True)
class ClockRule:
    """When a clock starts and stops, how long it runs, and what may be done to it."""

    code: str
    label: str
    label_en: str
    starts_on: tuple[str, ...]
    stops_on: tuple[str, ...]
    voids_on: tuple[str, ...]
    allowance: Allowance
    basis: str
    pausable: bool = False
    survives: bool = False
    cap: tuple[int, str] | None = None
    ladder: tuple[Rung, ...] = ()
    # Code of the local limits (grids) that take the allowance's place, and whose clock it is.
    local: str = ""
    keeper: str = COMPANY

    @property
    def shown(self) -> str:
        english = (translation.get_language() or "").startswith("en")
        return self.label_en if english else self.label


@dataclass(frozen=True)
class Definition:
    """A whole procedure as it is followed."""

    start: str
    accepted: bool
    moves: dict[str, Move]
    clocks: dict[str, ClockRule] = field(default_factory=dict)

    @property
    def states(self) -> list[str]:
        """Every state that the procedure uses, in the order of the vocabulary."""
        used = {self.start}
        for move in self.moves.values():
            used |= {*move.sources, *([move.target] if move.target else [])}
        return [state for state in State.values if state in used]


def files() -> Iterator[dict[str, Any]]:
    """Every procedure of the catalogue as written, its shape put in."""
    for path in sorted((FOLDER / "procedures").glob("*.yaml")):
        for data in catalogue_files.read(path):
            yield completed(data)


def completed(data: dict[str, Any]) -> dict[str, Any]:
    """The stored form: header fields, and ``definition`` with moves, clocks and ladder."""
    shape = _shape(data["shape"])
    definition = {
        "start": shape["start"],
        "accepted": shape.get("accepted", False),
        "moves": shape["moves"],
        "clocks": data["clocks"],
        "ladder": data["ladder"],
    }
    header = {
        key: data[key] for key in ("code", "name", "name_en", "basis", "sources", "valid_from")
    }
    return {
        **header,
        "version": data.get("version", 1),
        "natures": data.get("natures") or [],
        "scope": data.get("scope", ""),
        "valid_until": data.get("valid_until"),
        "definition": definition,
        "digest": digest(definition),
    }


@cache
def _shape(name: str) -> dict[str, Any]:
    path = FOLDER / "shapes" / f"{name}.yaml"
    return dict(catalogue_files.read(path))


def digest(definition: dict[str, Any]) -> str:
    text = json.dumps(definition, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def parse(definition: dict[str, Any]) -> Definition:
    """Turn a stored definition into values. Raises ``ProcedureRefused`` with all that is wrong."""
    if problems := list(check(definition)):
        raise ProcedureRefused("; ".join(problems))
    return _built(definition)


def _built(data: dict[str, Any]) -> Definition:
    moves = {
        act: Move(
            Act(act),
            tuple(one["from"]),
            one.get("to"),
            Side(one["side"]),
            Permission(one["needs"]),
        )
        for act, one in data["moves"].items()
    }
    clocks = {one["code"]: _clock(one, data["ladder"]) for one in data["clocks"]}
    return Definition(data["start"], data["accepted"], moves, clocks)


def _clock(one: dict[str, Any], ladder: list[dict[str, Any]]) -> ClockRule:
    allowance = one["allowance"]
    cap = one.get("extendable")
    return ClockRule(
        code=one["code"],
        label=one["label"],
        label_en=one["label_en"],
        starts_on=tuple(one["starts_on"]),
        stops_on=tuple(one["stops_on"]),
        voids_on=tuple(one.get("voids_on", ())),
        allowance=Allowance(
            allowance["value"],
            allowance["unit"],
            tuple(
                (s["field"], s["is"], s["value"], s["unit"]) for s in allowance.get("special", ())
            ),
        ),
        basis=one["basis"],
        pausable=bool(one.get("pausable")),
        survives=bool(one.get("survives")),
        cap=(cap["max"], cap["unit"]) if cap else None,
        ladder=tuple(
            Rung(rung["at"]["value"], rung["at"]["unit"], rung["to"])
            for rung in ladder
            if rung["clock"] == one["code"]
        ),
        local=one.get("local", ""),
        keeper=one.get("keeper", COMPANY),
    )


# --- What may be wrong ----------------------------------------------------------------------------


def check(data: dict[str, Any]) -> Iterator[str]:
    """Everything that is wrong with a definition: words, roads and clocks."""
    words = list(_wrong_words(data))
    yield from words
    if words:
        return
    yield from _wrong_roads(data)
    yield from _wrong_clocks(data)


def check_header(data: dict[str, Any]) -> Iterator[str]:
    """What is wrong beside the definition."""
    for source in data["sources"]:
        if source not in Source.values:
            yield f"unknown source {source}"
    until = data["valid_until"]
    if not isinstance(data["valid_from"], date) or (until and until < data["valid_from"]):
        yield "dates are turned round"
    if not data["basis"].strip():
        yield "no basis"


def _wrong_words(data: dict[str, Any]) -> Iterator[str]:
    if data["start"] not in State.values:
        yield f"unknown state {data['start']}"
    for act, move in data["moves"].items():
        if act not in Act.values:
            yield f"unknown act {act}"
        for state in (*move["from"], *([move["to"]] if move.get("to") else ())):
            if state not in State.values:
                yield f"{act}: unknown state {state}"
        if move["side"] not in Side.values:
            yield f"{act}: unknown side {move['side']}"
        if move["needs"] not in Permission.values:
            yield f"{act}: unknown permission {move['needs']}"
        if act in Act.values and (act in KEEPS_STATE) != (move.get("to") is None):
            yield f"{act}: must {'keep' if act in KEEPS_STATE else 'change'} the state"


def _wrong_roads(data: dict[str, Any]) -> Iterator[str]:
    """Every state can be reached, and from every state an end can be reached."""
    roads: dict[str, set[str]] = {}
    for move in data["moves"].values():
        for source in move["from"]:
            roads.setdefault(source, set()).add(move.get("to") or source)
    reached = _reachable({data["start"]}, roads)
    used = {*roads, *(to for ends in roads.values() for to in ends)}
    yield from (f"state {state} is never reached" for state in sorted(used - reached))
    for state in sorted(reached):
        if not _reachable({state}, roads) & set(DONE):
            yield f"from state {state} no end is reached"


def _reachable(begin: set[str], roads: dict[str, set[str]]) -> set[str]:
    seen, edge = set(begin), set(begin)
    while edge:
        edge = {to for state in edge for to in roads.get(state, ())} - seen
        seen |= edge
    return seen


def _wrong_clocks(data: dict[str, Any]) -> Iterator[str]:
    acts = set(data["moves"])
    codes = [clock["code"] for clock in data["clocks"]]
    if len(codes) != len(set(codes)):
        yield "a clock is there twice"
    for clock in data["clocks"]:
        code = clock["code"]
        starts, stops = set(clock["starts_on"]), set(clock["stops_on"])
        known = acts | {RECEIVED}
        for act in sorted((starts - known) | ((stops | set(clock.get("voids_on", ()))) - acts)):
            yield f"clock {code}: unknown act {act}"
        if not starts or not stops:
            yield f"clock {code} never {'starts' if not starts else 'stops'}"
        yield from _wrong_allowance(clock)
        if clock.get("pausable") and not {Act.PAUSE, Act.RESUME} <= acts:
            yield f"clock {code}: there is no act that pauses"
        if clock.get("extendable") and Act.EXTEND not in acts:
            yield f"clock {code}: there is no act that extends"
    for rung in data["ladder"]:
        if rung["clock"] not in codes or rung["to"] not in LADDER_TO:
            yield f"ladder: unknown clock or audience {rung['clock']} {rung['to']}"
        if rung["at"]["unit"] not in list(sla.Unit):
            yield f"ladder: unknown unit {rung['at']['unit']}"


def _wrong_allowance(clock: dict[str, Any]) -> Iterator[str]:
    allowance = clock["allowance"]
    for one in (allowance, *allowance.get("special", ())):
        try:
            sla.Allowance(one["value"], one["unit"])
        except ValueError as error:
            yield f"clock {clock['code']}: {error}"
        if one is not allowance and one["field"] not in SPECIAL_FIELDS:
            yield f"clock {clock['code']}: unknown field {one['field']}"
    cap = clock.get("extendable")
    if cap and cap["unit"] not in list(sla.Unit):
        yield f"clock {clock['code']}: unknown unit {cap['unit']}"
