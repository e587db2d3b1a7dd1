"""Brings kinds and grades of hazards and the lists of patrols into their tables; running it twice
changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core import catalogue_files
from grids.models import HazardTerm, PatrolList

FILE = Path(__file__).parent / "hazards.yaml"


def load() -> None:
    """Enter what is missing; what is in the tables is left as it is: hazards refer to it."""
    content = catalogue_files.read(FILE)
    first = content["valid_from"]
    known = set(HazardTerm.objects.order_by().values_list("sort", "code", "valid_from"))
    HazardTerm.objects.bulk_create(
        one
        for sort, part in ((HazardTerm.Sort.KIND, "kinds"), (HazardTerm.Sort.GRADE, "grades"))
        for place, entry in enumerate(content[part])
        if (one := _term(sort, place, entry, first)) and _key(one) not in known
    )
    lists = set(PatrolList.objects.order_by().values_list("code", "valid_from"))
    PatrolList.objects.bulk_create(
        PatrolList(**{"valid_from": first, **entry})
        for entry in content["lists"]
        if (entry["code"], entry.get("valid_from", first)) not in lists
    )


def _term(sort: str, position: int, entry: dict[str, Any], first: Any) -> HazardTerm:
    return HazardTerm(**{"sort": sort, "position": position, "valid_from": first, **entry})


def _key(term: HazardTerm) -> tuple[str, str, Any]:
    return str(term.sort), term.code, term.valid_from
