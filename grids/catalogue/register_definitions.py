"""Brings the register definitions into their table; running it twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core import catalogue_files
from grids.models import Register
from grids.registers import definition

FOLDER = Path(__file__).parent / "registers"


def load() -> None:
    """Enter missing versions; one that is in the table is left as it is: entries follow it. Raises
    ``DefinitionError`` for one that cannot be worked by."""
    standing = set(Register.objects.order_by().values_list("code", "version"))
    fresh = []
    for position, data in enumerate(described()):
        if (data["code"], data["version"]) in standing:
            continue
        valid_from, valid_until = data.pop("valid_from"), data.pop("valid_until", None)
        content = json.dumps(data, ensure_ascii=False, default=str)
        definition.read(content)
        fresh.append(
            Register(
                code=data["code"],
                version=data["version"],
                title=data["title"],
                position=position,
                content=content,
                valid_from=valid_from,
                valid_until=valid_until,
            )
        )
    Register.objects.bulk_create(fresh)


def described() -> list[dict[str, Any]]:
    """Every definition of the catalogue: one file holds those of a chapter."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        content = catalogue_files.read(path)
        for one in content["registers"]:
            options = {"group": content["group"], **one.get("options", {})}
            found.append({"version": 1, "valid_from": content["valid_from"], **one})
            found[-1]["options"] = options
    return found
