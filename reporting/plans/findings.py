"""What a check found, in words: code, place, and from the catalogue the rule and its remedy."""

from __future__ import annotations

from collections.abc import Mapping
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
    def place_key(self) -> str:
        """Names the finding among all of a plan: what an explanation belongs to."""
        return f"{self.code}:{self.line or ''}:{self.key}"

    def as_dict(self, *, source: str) -> dict[str, Any]:
        """In words, as it is kept and shown; ``source`` is that of the rules in use."""
        check = catalogue()["checks"][self.code]
        named = source if check["source"] == "rule" else catalogue()["sources"][check["source"]]
        return {
            "code": self.code,
            "severity": severity(self.code),
            "line": self.line,
            "key": self.key,
            "place_key": self.place_key,
            "message": check["message"].format_map(_Words(self.facts)),
            "rule": check["rule"].format_map(_Words(self.facts)),
            "source": f"{named}{check.get('clause', '')}",
            "remedy": check["remedy"].format_map(_Words(self.facts)),
        }


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
