"""What a kind of business says: its steps, materials, fee and limits, out of the catalogue's data.

Source: grid standard 5.3.1, 5.3.2 (S2-5.3.1b, S2-5.3.1d, S2-5.3.2b).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from core.sla import Allowance


class Actor(StrEnum):
    """Who does a step."""

    COMPANY = "company"
    GOVERNMENT = "government"
    OFFICER = "officer"
    CUSTOMER = "customer"


class FeeKind(StrEnum):
    """How the most that may be charged is found."""

    NONE = "none"
    FIXED = "fixed"
    PER_KVA = "per_kva"


class Faulty(ValueError):
    """A definition that cannot be worked by; the text says where."""


@dataclass(frozen=True)
class Limit:
    """So long, by which rule."""

    value: int
    unit: str
    rule: str = ""

    def allowance(self, rules: Mapping[str, Any]) -> Allowance:
        return Allowance(self.value, self.unit, document=title_of(rules, self.rule))


@dataclass(frozen=True)
class Step:
    """One step of a kind of business. ``joint``: company and government both sign."""

    code: str
    title: str
    actor: Actor
    joint: bool = False
    limit: Limit | None = None
    rule: str = ""


@dataclass(frozen=True)
class Material:
    """A paper that the customer brings; ``shared``: the government grid can hand it over itself."""

    code: str
    title: str
    required: bool = True
    shared: bool = False


@dataclass(frozen=True)
class Fee:
    """The most that may be charged, in yuan."""

    kind: FeeKind
    amount: Decimal
    basis: str

    def most(self, capacity: Decimal | None) -> Decimal | None:
        """None where the capacity is not known that it depends on."""
        if self.kind is FeeKind.PER_KVA:
            return None if capacity is None else self.amount * capacity
        return self.amount if self.kind is FeeKind.FIXED else Decimal(0)


@dataclass(frozen=True)
class Definition:
    """One version of a kind of business."""

    steps: tuple[Step, ...]
    materials: tuple[Material, ...]
    fee: Fee
    rules: Mapping[str, Any]
    # Of all steps together, where a rule says so.
    total: Limit | None = None

    @classmethod
    def read(cls, content: Mapping[str, Any]) -> Definition:
        """Raises ``Faulty``."""
        try:
            steps = tuple(_step(one) for one in content["steps"])
            materials = tuple(Material(**one) for one in content["materials"])
            fee = content["fee"]
            found = cls(
                steps,
                materials,
                Fee(FeeKind(fee["kind"]), Decimal(fee["amount"]), fee["basis"]),
                content["rules"],
                _limit(content["total"]) if content.get("total") else None,
            )
        except (KeyError, TypeError, ValueError, ArithmeticError) as fault:
            raise Faulty(str(fault)) from fault
        for problem in found.problems():
            raise Faulty(problem)
        return found

    def problems(self) -> Iterator[str]:
        """What is wrong in it."""
        codes = [one.code for one in self.steps]
        if len(codes) < 2 or len(set(codes)) < len(codes):
            yield "steps: two at least, each code once"
        elif not (self.steps[0].actor is self.steps[-1].actor is Actor.COMPANY):
            yield "steps: the company takes it and ends it"
        elif self.steps[0].joint or self.steps[-1].joint:
            yield "steps: neither the first nor the last is joint"
        papers = [one.code for one in self.materials]
        if len(set(papers)) < len(papers):
            yield "materials: each code once"
        named = {one.rule for one in self.steps if one.rule}
        named |= {one.limit.rule for one in self.steps if one.limit and one.limit.rule}
        if unknown := sorted(named - set(self.rules)):
            yield f"rules: {unknown}"

    def step(self, code: str) -> Step:
        return next(one for one in self.steps if one.code == code)

    def looser_than(self, other: Definition) -> list[str]:
        """Titles of the steps that this one gives more time for, or no limit where there is one."""
        theirs = {one.code: one.limit for one in other.steps}
        found = [one.title for one in self.steps if _looser(one.limit, theirs.get(one.code))]
        return [*found, "total"] if _looser(self.total, other.total) else found


def _looser(ours: Limit | None, theirs: Limit | None) -> bool:
    if theirs is None:
        return False
    return ours is None or ours.unit != theirs.unit or ours.value > theirs.value


def _limit(given: Mapping[str, Any]) -> Limit:
    found = Limit(given["limit"], given["unit"], given.get("rule", ""))
    Allowance(found.value, found.unit)
    return found


def _step(given: Mapping[str, Any]) -> Step:
    limit = _limit(given) if given.get("limit") is not None else None
    return Step(
        given["code"],
        given["title"],
        Actor(given["actor"]),
        bool(given.get("joint", False)),
        limit,
        given.get("rule", ""),
    )


def title_of(rules: Mapping[str, Any], code: str) -> str:
    """The name of a rule; empty where the step names none."""
    return str(rules[code]["title"]) if code in rules else ""
