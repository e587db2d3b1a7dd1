"""Brings the catalogue of indicators into its table; running it twice changes nothing."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from core import catalogue_files
from core.errors import Refused
from reporting.indicators import formula
from reporting.models import Indicator

HOME = Path(__file__).parent / "catalogue"


def load() -> None:
    """Enter missing versions of indicators. Raises ``Refused`` where a formula cannot be read."""
    content = _content()
    standing = set(Indicator.objects.values_list("code", "valid_from"))
    fresh = []
    for order, entry in enumerate(content["indicators"]):
        given = {**content["defaults"], **entry}
        if (given["code"], given["valid_from"]) not in standing:
            fresh.append(indicator_of(given, order))
    Indicator.objects.bulk_create(fresh)


# Keys of an entry that are called otherwise in the table.
RENAMED = {"area": "area_type", "zero": "zero_at", "full": "full_at"}


def indicator_of(given: dict[str, Any], order: int) -> Indicator:
    """An entry of the catalogue as a row. Raises ``Refused`` where its formula does not fit."""
    try:
        wanted = formula.names(given["formula"])
    except formula.Faulty as fault:
        raise Refused(f"{given['code']}: {fault}") from fault
    if wanted != set(given["inputs"]):
        raise Refused(f"{given['code']}: {sorted(wanted ^ set(given['inputs']))}")
    fields = {RENAMED.get(name, name): value for name, value in given.items()}
    return Indicator(order=order, **fields)


@cache
def _content() -> dict[str, Any]:
    return catalogue_files.read(HOME / "indicators.yaml")


def dimensions() -> dict[str, int]:
    """The weight of each of the seven dimensions."""
    return dict(_content()["dimensions"])


def rounds() -> list[int]:
    """Days of the month on which indicators are computed by themselves."""
    return list(_content()["rounds"])


def ranked_from() -> int:
    """How much of the weights (per cent) a unit's values must cover for a place in a ranking."""
    return int(_content()["ranked_from"])


def grid_score() -> dict[str, dict[str, int]]:
    """By which indicators, weights and values the service in grids is scored."""
    return dict(_content()["grid_score"])


def yearly_limits() -> frozenset[str]:
    """Indicators whose limit is one of the whole year."""
    return frozenset(_content()["yearly_limits"])
