"""Loads the catalogues of grids; running it twice changes nothing."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from core import catalogue_files
from grids.catalogue import business_types, hazard_terms, register_definitions
from grids.models import GridRule

HOME = Path(__file__).parent


def load(*, now: datetime) -> None:
    """Enter missing base limits, kinds of business and of hazards, registers; what is in the tables
    is left."""
    base = GridRule.objects.filter(organisation__isnull=True)
    standing = set(base.order_by().values_list("code", "valid_from"))
    GridRule.objects.bulk_create(
        GridRule(**one)
        for one in catalogue_files.read(HOME / "rules.yaml")
        if (one["code"], one["valid_from"]) not in standing
    )
    business_types.load()
    register_definitions.load()
    hazard_terms.load()
