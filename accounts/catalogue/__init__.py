"""The organisations, regions and territories that a new portal starts with."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

from django.db import transaction

from accounts.models import Organisation, OrganisationName, Region, TerritoryRule
from accounts.services import found_organisation, show_names_in_force
from core import catalogue_files

FOLDER = Path(__file__).parent


def load(*, now: datetime) -> None:
    """Enter what is missing of regions, organisations and territory rules; change nothing else.

    May run at every start: what administrators renamed, moved or closed stays as it is.
    """
    with transaction.atomic():
        load_regions()
        load_organisations(now=now)
        load_territory()
        show_names_in_force(now=now)


def load_regions() -> None:
    """Enter missing regions, provinces first."""
    known = set(Region.objects.values_list("code", flat=True))
    entries = _read("regions.yaml")
    missing = [code for code in sorted(entries, key=_depth) if code not in known]
    Region.objects.bulk_create(
        Region(code=c, name=entries[c][0], short_name=entries[c][1], parent_id=_parent(c, entries))
        for c in missing
    )


def load_organisations(*, now: datetime) -> None:
    """Enter missing organisations below their parents, with the names they bore over time."""
    data = _read("organisations.yaml")
    known = set(Organisation.objects.values_list("code", flat=True))
    _below(None, data["organisations"], founded=data["founded"], known=known, now=now)


def load_territory() -> None:
    """Enter missing territory rules."""
    known = set(TerritoryRule.objects.values_list("region_id", "valid_from"))
    codes = dict(Organisation.objects.values_list("code", "pk"))
    TerritoryRule.objects.bulk_create(
        TerritoryRule(
            region_id=province,
            regulator_id=codes[regulator],
            copy_to_id=codes[copy_to] if copy_to else None,
            valid_from=block["valid_from"],
        )
        for block in _read("organisations.yaml")["territory"]
        for province, (regulator, copy_to) in block["provinces"].items()
        if (province, block["valid_from"]) not in known
    )


def _below(
    parent: Organisation | None,
    entries: list[dict[str, Any]],
    *,
    founded: date,
    known: set[str],
    now: datetime,
) -> None:
    for entry in entries:
        if entry["code"] in known:
            node = Organisation.objects.get(code=entry["code"])
        else:
            node = _enter(parent, entry, founded=founded, now=now)
        if below := entry.get("below"):
            _below(node, below, founded=founded, known=known, now=now)


def _enter(
    parent: Organisation | None, entry: dict[str, Any], *, founded: date, now: datetime
) -> Organisation:
    names = [(*name, founded)[:3] for name in entry["names"]]
    first, *later = names
    node = found_organisation(
        code=entry["code"],
        name=first[0],
        short_name=first[1],
        founded_on=first[2],
        kind=entry["kind"],
        region=Region.objects.get(code=entry["region"]),
        parent=parent,
        licence_number=entry.get("licence", ""),
        document_prefix=entry.get("prefix", ""),
        email=entry.get("email", ""),
        by=None,
        now=now,
    )
    add_later_names(node, later)
    return node


def add_later_names(node: Organisation, later: list[tuple[str, str, date]]) -> None:
    """Enter names that follow the first one; each ends the day before the next begins."""
    for name, short_name, valid_from in later:
        last = node.names.order_by("valid_from").last()
        last.valid_to = date.fromordinal(valid_from.toordinal() - 1)
        last.save(update_fields=["valid_to"])
        OrganisationName.objects.create(
            organisation=node, name=name, short_name=short_name, valid_from=valid_from
        )


def _read(name: str) -> dict[str, Any]:
    return catalogue_files.read(FOLDER / name)


def _depth(code: str) -> tuple[int, str]:
    return (code[2:] != "0000") + (code[4:] != "00"), code


def _parent(code: str, entries: dict[str, Any]) -> str | None:
    """Province of a prefecture, prefecture of a county; counties without one go to the province."""
    if code.endswith("0000"):
        return None
    prefecture, province = code[:4] + "00", code[:2] + "0000"
    if code.endswith("00") or prefecture not in entries:
        return province
    return prefecture
