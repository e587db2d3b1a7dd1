"""Loads the rules on outages."""

from __future__ import annotations

from pathlib import Path

from core import catalogue_files
from reporting.models import OutageRule

FILE = Path(__file__).parent / "outages.yaml"


def load() -> None:
    """Enter missing rules on outages; what is in the table is left as it is."""
    standing = set(OutageRule.objects.order_by().values_list("code", "valid_from"))
    OutageRule.objects.bulk_create(
        OutageRule(**one)
        for one in catalogue_files.read(FILE)
        if (one["code"], one["valid_from"]) not in standing
    )
