"""The seven-dimension scorecard of units in one period: scores, ranks, and what they stand on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from accounts.models import Organisation
from core.arithmetic import half_up
from core.periods import Period
from reporting import indicator_catalogue
from reporting.indicators import scoring
from reporting.indicators.scoring import Mean, Scored
from reporting.models import Dimension
from reporting.queries import indicators as queries
from reporting.queries.indicators import Line

if TYPE_CHECKING:
    from accounts.models import User


@dataclass(frozen=True)
class Card:
    """One unit: its total, its rank among those compared, and each dimension."""

    unit: Organisation
    total: Mean
    dimensions: Mapping[str, Mean]
    lines: Sequence[Line]
    rank: int | None = None

    def kept(self) -> dict[str, Any]:
        """As plain JSON, to be kept when an evaluation is concluded."""
        return {
            "name": str(self.unit),
            "total": _text(self.total.shown),
            "rank": self.rank,
            "dimensions": {key: _text(one.shown) for key, one in self.dimensions.items()},
            "values": {
                line.indicator.code: {
                    "name": line.indicator.name,
                    "dimension": line.indicator.dimension,
                    "value": line.shown,
                    "score": _text(line.score),
                    "pk": line.value.pk if line.value else None,
                }
                for line in self.lines
                if line.score is not None
            },
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def weights() -> dict[str, int]:
    """The weight of each dimension, from the catalogue."""
    return indicator_catalogue.dimensions()


def cards(
    user: User,
    period: Period,
    organisations: Sequence[Organisation],
    given: Mapping[str, int] | None = None,
) -> list[Card]:
    """The scorecards of the units, the best first; units without any score stand last."""
    asked = [one for one in queries.in_force(period) if one.full_at is not None]
    weighed = dict(given or weights())
    found = queries.lines(user, period, organisations, asked)
    made = [
        _card(unit, [one for one in found if one.unit == unit], weighed) for unit in organisations
    ]
    # Whoever has next to no data is neither best nor worst.
    least = indicator_catalogue.ranked_from()
    places = scoring.ranks(
        {one.unit.code: one.total.shown if one.total.known >= least else None for one in made}
    )
    ranked = [
        Card(one.unit, one.total, one.dimensions, one.lines, places.get(one.unit.code))
        for one in made
    ]
    return sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0, one.unit.path))


@dataclass(frozen=True)
class GridCard:
    """The service of one unit in its grids: the values, each with its score, and the total."""

    unit: Organisation
    lines: Sequence[tuple[Line, Decimal | None]]
    total: Mean
    rank: int | None = None


def grid_cards(user: User, period: Period, organisations: Sequence[Organisation]) -> list[GridCard]:
    """Grid scores of the units, the best first. What is not known is left out, and said so."""
    asked = indicator_catalogue.grid_score()
    by_code = {one.code: one for one in queries.in_force(period)}
    chosen = [by_code[code] for code in asked if code in by_code]
    found = queries.lines(user, period, organisations, chosen)
    made = []
    for unit in organisations:
        mine = {one.indicator.code: one for one in found if one.unit == unit}
        scores = {code: _grid_scored(mine.get(code), code, rule) for code, rule in asked.items()}
        shown = [
            (mine[code], None if one.score is None else half_up(one.score, scoring.PLACES))
            for code, one in scores.items()
            if code in mine
        ]
        made.append(GridCard(unit, shown, scoring.mean(list(scores.values()))))
    least = indicator_catalogue.ranked_from()
    places = scoring.ranks(
        {one.unit.code: one.total.shown if one.total.known >= least else None for one in made}
    )
    ranked = [replace(one, rank=places.get(one.unit.code)) for one in made]
    return sorted(ranked, key=lambda one: (one.rank is None, one.rank or 0, one.unit.path))


def _grid_scored(line: Line | None, code: str, rule: Mapping[str, int]) -> Scored:
    value = line.value.value if line is not None and line.value is not None else None
    score = scoring.score(value, Decimal(rule["zero"]), Decimal(rule["full"]))
    return Scored(code, score, Decimal(rule["weight"]))


def _card(unit: Organisation, lines: Sequence[Line], weighed: Mapping[str, int]) -> Card:
    dimensions = {
        key: scoring.mean(
            [
                queries.scored(one.indicator, one.value)
                for one in lines
                if one.indicator.dimension == key
            ]
        )
        for key in Dimension.values
    }
    total = scoring.mean(
        [Scored(key, one.score, Decimal(weighed.get(key, 0))) for key, one in dimensions.items()]
    )
    return Card(unit, total, dimensions, lines)
