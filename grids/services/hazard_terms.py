"""Kinds of hazards say something else, or a new one comes, from a day on.

Source: grid standard 4.2.2 (S2-4.2.2a). Hazards keep the kind in force when they were seen.
"""

from __future__ import annotations

from django.db.models import Max, QuerySet

from accounts.permissions import Permission
from core.versions import Versions
from grids.models import HazardTerm


class HazardKinds(Versions[HazardTerm]):
    """Kinds only: how long a grade has stands in the grid rules."""

    model, event = HazardTerm, "hazardterm.revise"
    permission = Permission.RULE_MANAGE
    fields = ("title", "group", "joint", "note", "valid_until")
    closes, grows = "valid_until", True

    def rows(self) -> QuerySet[HazardTerm]:
        return super().rows().filter(sort=HazardTerm.Sort.KIND)

    def first(self, code: str) -> HazardTerm:
        """A new kind stands behind all others."""
        made = super().first(code)
        made.sort = HazardTerm.Sort.KIND
        made.position = (self.rows().aggregate(last=Max("position"))["last"] or 0) + 1
        return made


HAZARD_KINDS = HazardKinds()
