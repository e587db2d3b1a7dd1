"""One version of the rules for plans, made from data (``reporting/catalogue/ordered_use``)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Grade:
    """A grade of warning; ``order`` 1 is the mildest. Bands in the unit of the rules."""

    order: int
    grade: str
    name: str
    colour: str
    gap_from: Decimal
    gap_to: Decimal | None

    def needed_kw(self, peak_kw: int, unit: str) -> int:
        """What the grade must be able to cut: the upper end of its band, or the lower end of an
        open one; kW, rounded up."""
        bound = self.gap_from if self.gap_to is None else self.gap_to
        if unit == "kw":
            return int(bound)
        return -int(-(Decimal(peak_kw) * bound) // 100)


@dataclass(frozen=True)
class Protected:
    """A group of users that is protected first; of some only the security load."""

    code: str
    label: str
    text: str
    words: tuple[str, ...]
    security_load_only: bool = False


@dataclass(frozen=True)
class Rules:
    """What a plan is checked against."""

    source: str
    content: Mapping[str, Any]

    @cached_property
    def grades(self) -> tuple[Grade, ...]:
        return tuple(
            Grade(
                order,
                item["grade"],
                item["name"],
                item["colour"],
                Decimal(str(item["gap_from"])),
                None if item["gap_to"] is None else Decimal(str(item["gap_to"])),
            )
            for order, item in enumerate(self.content["grades"], start=1)
        )

    @cached_property
    def by_grade(self) -> dict[str, Grade]:
        return {grade.grade: grade for grade in self.grades}

    @cached_property
    def measures(self) -> dict[str, int]:
        """Measure → its place in the order of measures, from 1."""
        return {name: place for place, name in enumerate(self.content["measures"], start=1)}

    @cached_property
    def protected(self) -> dict[str, Protected]:
        """Groups by their label, as rows name them."""
        return {
            item["label"]: Protected(
                item["code"],
                item["label"],
                item["text"],
                tuple(item["words"]),
                item.get("security_load_only", False),
            )
            for item in self.content["protected"]
        }

    @property
    def unit(self) -> str:
        return str(self.content["unit"])

    @property
    def sections(self) -> list[dict[str, str]]:
        return list(self.content["sections"])

    def limit(self, name: str) -> int:
        """A limit by its name. Raises KeyError."""
        return int(self.content["limits"][name])

    def word(self, name: str) -> str:
        """A word of the lists that has a meaning for the checks. Raises KeyError."""
        return str(self.content[name])

    def grade_of_gap(self, gap_kw: int, peak_kw: int) -> Grade | None:
        """The grade that a gap calls; None without a gap. The heavier one where bands meet."""
        if gap_kw <= 0:
            return None
        value = Decimal(gap_kw)
        if self.unit == "percent":
            value = value * 100 / peak_kw
        called = [grade for grade in self.grades if value >= grade.gap_from]
        return called[-1] if called else None
