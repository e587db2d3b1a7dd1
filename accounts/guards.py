"""What the database itself refuses of organisations: two licences at one time."""

from __future__ import annotations

from typing import Any

from core import overlap
from core.overlap import NoOverlap

RULES = (
    NoOverlap(
        "accounts_one_licence",
        "accounts_licence",
        ("organisation_id",),
        start="valid_from",
        end="valid_to",
        days=True,
    ),
)


def install(using: str = "default", **_signal: Any) -> None:
    """After each migrate."""
    overlap.install(RULES, using)
