"""What grids want a person to do, for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from core.workitems import WorkItem
from grids import (
    business_work,
    ground_work,
    hazard_work,
    register_work,
    sharing_work,
    special_work,
)

if TYPE_CHECKING:
    from accounts.models import User


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Everything that waits for the person."""
    works: tuple[Any, ...] = (ground_work, business_work, register_work, special_work)
    works += (hazard_work, sharing_work)
    return [item for work in works for item in work.items(user, now=now)]
