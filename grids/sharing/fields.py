"""Which fields may be shared, as the catalogue says for a day; pure but for reading the file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from core import catalogue_files

FILE = Path(__file__).parent.parent / "catalogue" / "sharing" / "fields.yaml"
SENSITIVITIES = {"general": _("一般"), "important": _("重要"), "sensitive": _("敏感")}


@dataclass(frozen=True)
class Field:
    """One field; ``personal`` names the rule by which it is masked."""

    code: str
    label: str
    sensitivity: str
    max_length: int
    personal: str = ""

    @property
    def is_sensitive(self) -> bool:
        return self.sensitivity == "sensitive"

    @property
    def word(self) -> str:
        return str(SENSITIVITIES[self.sensitivity])


@cache
def _versions() -> list[dict[str, Any]]:
    found = catalogue_files.read(FILE)
    for one in found:
        one["fields"] = {row["code"]: Field(**row) for row in one["fields"]}
    return sorted(found, key=lambda one: one["valid_from"])


def catalogue(*, on: date) -> dict[str, Field]:
    """Fields by code, in the order of the catalogue of a day."""
    begun = [one for one in _versions() if one["valid_from"] <= on]
    return dict((begun or _versions())[-1]["fields"])


def known() -> dict[str, Field]:
    """Every field that ever stood in the catalogue, the last version of each."""
    return {code: one for version in _versions() for code, one in version["fields"].items()}


def titles(codes: Iterable[str]) -> str:
    """Names of fields, one after the other."""
    names = known()
    return "、".join(names[code].label if code in names else code for code in codes)
