"""Loads the rules for ordered-use plans into their table."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from accounts.models import Region
from core import catalogue_files
from reporting.models import OrderedUseRule

HOME = Path(__file__).parent / "ordered_use"


def load() -> None:
    """Enter missing versions; plans were checked by those that are in the table already.

    A variant of a region that the portal does not know is left out.
    """
    known = set(Region.objects.values_list("pk", flat=True))
    for item in from_file()["rules"]:
        region = item.get("region")
        if region and region not in known:
            continue
        OrderedUseRule.objects.get_or_create(
            code=item["code"],
            valid_from=item["valid_from"],
            defaults={
                "title": item["title"],
                "valid_to": item.get("valid_to"),
                "region_id": region,
                "source": item["source"],
                "content": item["content"],
            },
        )


@cache
def from_file() -> dict[str, Any]:
    """The rules as they stand in the file."""
    return catalogue_files.read(HOME / "rules.yaml")
