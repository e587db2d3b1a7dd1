"""Kinds of special groups say something else, or a new one comes, from a day on.

Source: grid standard 5.8 (S2-5.8a). Households keep their kind; what is asked of one that is
entered follows the day.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from accounts.permissions import Permission
from core.versions import Versions
from grids import special_terms
from grids.models import SpecialKind


class SpecialKinds(Versions[SpecialKind]):
    """Those that were laid down on a page; they follow the ones of the catalogue."""

    model, event = SpecialKind, "specialkind.revise"
    permission = Permission.RULE_MANAGE
    fields = ("title", "guardian", "valid_until")
    closes, grows = "valid_until", True

    def latest(self, code: str) -> SpecialKind | None:
        """What only the catalogue knows has the number 0 and stands in no table."""
        laid = super().latest(code)
        known = [one for one in special_terms.entries("kinds") if one.code == code]
        if laid is not None or not known:
            return laid
        last = known[-1]
        until = None if last.valid_until == date.max else last.valid_until
        said = {"title": last.title, "guardian": last.guardian, "valid_until": until}
        return SpecialKind(pk=0, code=code, valid_from=last.valid_from, **said)

    def follow(self, made: SpecialKind, *, now: datetime) -> dict[str, Any]:
        special_terms.forget()
        return {}


SPECIAL_KINDS = SpecialKinds()
