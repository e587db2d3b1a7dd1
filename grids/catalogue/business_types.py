"""Brings the kinds of business into their table; running it twice changes nothing."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

from accounts.models import Organisation
from core import catalogue_files
from core.errors import Refused
from grids.business.definition import Definition, Faulty
from grids.models import BusinessType

FILE = Path(__file__).parent / "business.yaml"
PARTS = ("steps", "materials", "fee", "total")


def load() -> None:
    """Enter missing versions; one that is in the table is left as it is: requests follow it.

    Raises ``Refused`` for a version that cannot be worked by, or one of a company that is looser
    than what holds for everybody.
    """
    standing = set(BusinessType.objects.order_by().values_list("code", "version"))
    entries = resolved(catalogue_files.read(FILE))
    fresh = [one for one in entries.values() if (one["code"], one["version"]) not in standing]
    companies = {one["company"] for one in fresh if one.get("company")}
    found = {one.code: one for one in Organisation.objects.filter(code__in=companies)}
    general = {
        code: Definition.read(one["content"])
        for (code, _version), one in reversed(entries.items())
        if not one.get("company")
    }
    BusinessType.objects.bulk_create(_row(one, found, general) for one in fresh)


def resolved(content: dict[str, Any]) -> dict[tuple[str, int], dict[str, Any]]:
    """Every version in full, by code and version. Raises ``Refused``."""
    rules, found = content["rules"], {}
    for entry in content["types"]:
        base = entry.get("extends")
        before = found[base["code"], base["version"]] if base else {"content": {}}
        parts = deepcopy(before["content"])
        parts |= {name: deepcopy(entry[name]) for name in PARTS if name in entry}
        _tighten(parts["steps"], entry.get("limits", {}), entry.get("rule", ""))
        parts["rules"] = _named(parts, rules)
        made = {"title": before.get("title"), "group": before.get("group"), **entry}
        found[entry["code"], entry["version"]] = {**made, "content": parts}
    return found


def _tighten(steps: list[dict[str, Any]], limits: dict[str, int], rule: str) -> None:
    for step in steps:
        if step["code"] in limits:
            step["limit"] = limits[step["code"]]
            step["rule"] = rule or step["rule"]


def _named(parts: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    """The rules that its limits name, word for word, so that a version stands by itself."""
    limits = [*parts["steps"], parts.get("total") or {}]
    return {one["rule"]: rules[one["rule"]] for one in limits if one.get("rule")}


def _row(
    entry: dict[str, Any], companies: dict[str, Organisation], general: dict[str, Definition]
) -> BusinessType:
    try:
        made = Definition.read(entry["content"])
    except Faulty as fault:
        raise Refused(f"{entry['code']}/{entry['version']}: {fault}") from fault
    if entry.get("company") and (loose := made.looser_than(general[entry["code"]])):
        raise Refused(f"{entry['code']}/{entry['version']}: {loose}")
    return BusinessType(
        code=entry["code"],
        version=entry["version"],
        company=companies[entry["company"]] if entry.get("company") else None,
        title=entry["title"],
        group=entry["group"],
        content=entry["content"],
        valid_from=entry["valid_from"],
        valid_until=entry.get("valid_until"),
    )
