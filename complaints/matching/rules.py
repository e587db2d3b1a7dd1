"""The weights, windows and limits by which cases are compared: data with a first day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

# Kind of evidence → its levels. What is not said on both sides is no evidence.
LEVELS: dict[str, tuple[str, ...]] = {
    "number": ("cited",),
    "account": ("same", "near", "other"),
    "phone": ("same", "near", "other"),
    "name": ("same", "sound", "near", "surname", "other"),
    "address": ("same", "partly", "street", "neighbour", "elsewhere"),
    "area": ("same", "other"),
    "feeder": ("same", "other"),
    "unit": ("same", "other"),
    "matter": ("same", "other"),
    "text": ("high", "some", "little"),
    "time": ("day", "week", "month", "longer"),
}
# Who and where; what and when. The rest is only added up.
WHO = frozenset({"number", "account", "phone", "name", "address"})
WHAT = frozenset({"matter", "text", "time"})
CODES = frozenset(f"{kind}.{level}" for kind, levels in LEVELS.items() for level in levels)
NUMBERS: dict[str, frozenset[str]] = {
    "windows": frozenset({"person_days", "area_hours", "place_days", "duplicate_hours"}),
    "limits": frozenset({"per_key", "candidates", "proposals"}),
    "propose": frozenset({"who", "what", "total"}),
    "certain": frozenset({"who", "what", "total"}),
    "times": frozenset({"day", "week", "month"}),
    "texts": frozenset({"high", "some", "little"}),
    "incident": frozenset({"before_hours", "after_hours", "members", "look_back_hours"}),
}
PARTS = frozenset(
    {*NUMBERS, "weights", "certain_alone", "never_certain", "hotlines", "matters", "repeat"}
)
POSTS = frozenset({"responsible", "holder_lead", "owner", "owner_lead", "regulator_lead"})


@dataclass(frozen=True)
class Bar:
    """What a pair has to reach."""

    who: float
    what: float
    total: float

    def reached(self, *, who: float, what: float, total: float) -> bool:
        return who >= self.who and what >= self.what and total >= self.total


@dataclass(frozen=True)
class Matter:
    """A group of matters: categories that belong to it, and words that tell it."""

    code: str
    categories: frozenset[str]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Rules:
    """One version of the rules, ready for use."""

    weights: Mapping[str, float]
    windows: Mapping[str, timedelta]
    limits: Mapping[str, int]
    propose: Bar
    certain: Bar
    certain_alone: frozenset[str]
    never_certain: frozenset[str]
    times: Mapping[str, timedelta]
    texts: Mapping[str, float]
    hotline: Mapping[str, str]
    matters: tuple[Matter, ...]
    repeat: Mapping[str, Any]
    incident: Mapping[str, int]

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rules:
        """From stored data, which ``check`` has found sound."""
        return cls(
            weights=data["weights"],
            windows={name: _span(name, value) for name, value in data["windows"].items()},
            limits=data["limits"],
            propose=Bar(**data["propose"]),
            certain=Bar(**data["certain"]),
            certain_alone=frozenset(data["certain_alone"]),
            never_certain=frozenset(data["never_certain"]),
            times={level: timedelta(days=days) for level, days in data["times"].items()},
            texts=data["texts"],
            hotline={source: name for name, some in data["hotlines"].items() for source in some},
            matters=tuple(
                Matter(code, frozenset(one["categories"]), tuple(one["words"]))
                for code, one in data["matters"].items()
            ),
            repeat=data["repeat"],
            incident=data["incident"],
        )

    def filed(self, category: str) -> frozenset[str]:
        """What a case is about by its category; nothing where that is too general to tell."""
        return frozenset(one.code for one in self.matters if category in one.categories)

    def told(self, text: str) -> frozenset[str]:
        """What a case is about by the words of its text."""
        return frozenset(
            one.code for one in self.matters if any(word in text for word in one.words)
        )


def _span(name: str, value: int) -> timedelta:
    return timedelta(hours=value) if name.endswith("_hours") else timedelta(days=value)


def check(data: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a version of the rules; nothing when it is sound."""
    if set(data) != PARTS:
        yield f"parts: {sorted(set(data) ^ PARTS)}"
        return
    for part, names in NUMBERS.items():
        if set(data[part]) != names:
            yield f"{part}: {sorted(set(data[part]) ^ names)}"
        yield from (f"{part}.{n}: no number" for n, v in data[part].items() if not _number(v))
    if set(data["weights"]) != CODES:
        yield f"weights: {sorted(set(data['weights']) ^ CODES)}"
    yield from (f"weights.{n}: no number" for n, v in data["weights"].items() if not _number(v))
    for part in ("certain_alone", "never_certain"):
        if unknown := set(data[part]) - CODES:
            yield f"{part}: {sorted(unknown)}"
    yield from _check_repeat(data["repeat"])


def _check_repeat(repeat: Mapping[str, Any]) -> Iterator[str]:
    if set(repeat) != {"window_days", "natures", "steps"}:
        yield "repeat: window_days, natures and steps are needed"
        return
    for step in repeat["steps"]:
        if set(step) != {"times", "to"} or not set(step["to"]) <= POSTS:
            yield f"repeat step: {step}"


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
