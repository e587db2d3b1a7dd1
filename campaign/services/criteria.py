"""The criteria of demonstration units, as the catalogue has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from campaign.models import DemonstrationCriteria


def load_criteria(rows: Iterable[dict[str, Any]]) -> None:
    """Enter those that are missing; what is in the table is left as it is."""
    for one in rows:
        items = [
            {"must": False, **item, "group": group["group"]}
            for group in one["groups"]
            for item in group["items"]
        ]
        fields = {name: one[name] for name in ("title", "basis", "checks", "named_from")}
        DemonstrationCriteria.objects.get_or_create(
            kind=one["kind"], valid_from=one["valid_from"], defaults={**fields, "items": items}
        )
