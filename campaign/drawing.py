"""The double random draw: units to be inspected, and inspectors for each of them.

Everything is put in order by SHA-256 of the seed and its own mark, and taken from the front. So
each unit and each inspector has the same chance (no weights), the same seed over the same inputs
gives the same result on any machine, and anybody can replay the draw by hand. Pure: nothing here
reads or writes the database. Source: campaign plan 五(三) (S1-5.3a).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Refused

# 电力监管条例 第二十五条: never fewer than two on site.
LEAST_TEAM = 2


@dataclass(frozen=True)
class Candidate:
    """An inspector in the drum: by certificate, with the office and the units to stay away from."""

    certificate: str
    name: str
    office: str
    barred: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Pool:
    """What a draw is made from. ``units``: code to name; ``offices``: the office in charge of each.

    ``cross_region``: one of each team at least comes from another office than the one in charge.
    """

    units: dict[str, str]
    offices: dict[str, str]
    inspectors: tuple[Candidate, ...]
    unit_count: int
    team_size: int
    cross_region: bool = False
    excluded: dict[str, str] | None = None

    def as_json(self) -> dict[str, Any]:
        """Plain data in one order, as it is kept and sealed."""
        return {
            "units": [
                {"code": code, "name": name, "office": self.offices[code]}
                for code, name in sorted(self.units.items())
            ],
            "inspectors": [
                {
                    "certificate": one.certificate,
                    "name": one.name,
                    "office": one.office,
                    "barred": sorted(one.barred & self.units.keys()),
                }
                for one in sorted(self.inspectors, key=lambda one: one.certificate)
            ],
            "unit_count": self.unit_count,
            "team_size": self.team_size,
            "cross_region": self.cross_region,
            "excluded": dict(sorted((self.excluded or {}).items())),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Pool:
        """The pool of a draw that was kept."""
        return cls(
            units={one["code"]: one["name"] for one in data["units"]},
            offices={one["code"]: one["office"] for one in data["units"]},
            inspectors=tuple(
                Candidate(one["certificate"], one["name"], one["office"], frozenset(one["barred"]))
                for one in data["inspectors"]
            ),
            unit_count=data["unit_count"],
            team_size=data["team_size"],
            cross_region=data["cross_region"],
            excluded=data["excluded"],
        )


# One drawn unit: its code and the certificates of its team, the leader first.
Drawn = tuple[str, tuple[str, ...]]


def order_key(seed: str, *marks: str) -> str:
    """What decides the order: SHA-256 of the seed and the marks, joined by ``|``."""
    return hashlib.sha256("|".join((seed, *marks)).encode()).hexdigest()


def draw(pool: Pool, seed: str) -> tuple[Drawn, ...]:
    """Draw the units, then a team for each. Raises ``Refused``: nobody is drawn by halves."""
    if not seed.strip():
        raise Refused(_("请填写随机种子。"))
    if pool.team_size < LEAST_TEAM:
        raise Refused(_("每组检查人员不得少于%(least)d人。") % {"least": LEAST_TEAM})
    if not 1 <= pool.unit_count <= len(pool.units):
        raise Refused(
            _("待抽单位共%(total)d个，抽取数应在1至%(total)d之间。") % {"total": len(pool.units)}
        )
    units = sorted(pool.units, key=lambda code: (order_key(seed, "unit", code), code))
    served: Counter[str] = Counter()
    return tuple((code, _team(pool, seed, code, served)) for code in units[: pool.unit_count])


def _team(pool: Pool, seed: str, unit: str, served: Counter[str]) -> tuple[str, ...]:
    """Who goes to a unit: nobody with a conflict, whoever was drawn least often first."""
    free = sorted(
        (one for one in pool.inspectors if unit not in one.barred),
        key=lambda one: (
            served[one.certificate],
            order_key(seed, "inspector", unit, one.certificate),
            one.certificate,
        ),
    )
    chosen = list(free[: pool.team_size])
    if pool.cross_region and all(one.office == pool.offices[unit] for one in chosen):
        others = [one for one in free if one.office != pool.offices[unit]]
        # The leader is of the office in charge, the last gives way to somebody from elsewhere.
        chosen = chosen[: pool.team_size - 1] + others[:1] if others else []
    if len(chosen) < pool.team_size:
        raise Refused(
            _("回避后，可派往%(unit)s的检查人员不足%(size)d人，未作抽取。")
            % {"unit": pool.units[unit], "size": pool.team_size}
        )
    served.update(one.certificate for one in chosen)
    return tuple(one.certificate for one in chosen)


def seal(pool: Pool, seed: str, result: Sequence[Drawn]) -> str:
    """The digest over seed, inputs and result: what was changed afterwards has another."""
    kept = {"seed": seed, "inputs": pool.as_json(), "result": [list(one) for one in result]}
    text = json.dumps(kept, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
