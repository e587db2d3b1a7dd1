"""Who acts: a person, or a company's system, which is nobody in rows that name people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from accounts.models import ApiClient, User


def person(by: User | ApiClient | None) -> User | None:
    """Who did it, for the rows: a machine is nobody."""
    return None if getattr(by, "is_client", False) else by  # type: ignore[return-value]


def pks(by: User | ApiClient) -> list[int]:
    """The key of the person; none for a machine, whose keys are counted apart."""
    return [] if getattr(by, "is_client", False) else [by.pk]
