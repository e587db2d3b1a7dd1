"""What a check found, in words: code, place, and from the catalogue the rule and its remedy."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from core import catalogue_files

FILE = Path(__file__).parent.parent / "catalogue" / "ordered_use" / "checks.yaml"


class Finding(NamedTuple):
    """One thing wrong. ``line`` is the row's line, 0 for the plan; ``key`` a column of the row, or
    which grade, section or area of the plan. Small: a long table may have very many."""

    code: str
    line: int
    key: str
    facts: Mapping[str, Any]

    @property
    def hard(self) -> bool:
        """Whether it stops the plan; otherwise it may be explained."""
        return severity(self.code) == "hard"

    @property
    def message(self) -> str:
        """What was found, in words."""
        return str(catalogue()["checks"][self.code]["message"].format_map(_Words(self.facts)))

    def place_key(self, about: str = "") -> str:
        """Names the finding by what it is about: an explanation holds until that changes.

        ``about``: whom the row concerns, wherever in the table it stands.
        """
        named = catalogue()["checks"][self.code].get("about")
        told = named.format_map(_Words(self.facts)) if named else self.message
        return f"{self.code}:{self.key}:{mark((about, told))}"

    def as_dict(self, *, source: str, about: str = "") -> dict[str, Any]:
        """In words, as it is kept and shown; ``source`` is that of the rules in use."""
        check = catalogue()["checks"][self.code]
        named = source if check["source"] == "rule" else catalogue()["sources"][check["source"]]
        return {
            "code": self.code,
            "severity": severity(self.code),
            "line": self.line,
            "key": self.key,
            "place_key": self.place_key(about),
            "message": self.message,
            "rule": check["rule"].format_map(_Words(self.facts)),
            "source": f"{named}{check.get('clause', '')}",
            "remedy": check["remedy"].format_map(_Words(self.facts)),
        }


def mark(words: Iterable[str]) -> str:
    """Stands for some words, in few signs."""
    return hashlib.sha256("\n".join(words).encode()).hexdigest()[:16]


class _Words(dict[str, Any]):
    """Facts of a message; what a row does not hold is left empty."""

    def __missing__(self, key: str) -> str:
        return ""


@cache
def catalogue() -> dict[str, Any]:
    """All checks as they stand in the file."""
    return catalogue_files.read(FILE)


def severity(code: str) -> str:
    """ "hard" or "soft". Raises KeyError for an unknown check."""
    return str(catalogue()["checks"][code].get("severity", "hard"))
