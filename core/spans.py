"""What holds from a day to a day, the last one counted; without a last day it holds on."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

M = TypeVar("M", bound=models.Model)
UNTIL = "valid_until"


def not_ended(day: date | F, *, until: str = UNTIL) -> Q:
    """Without a last day, or with one that is not before this."""
    return Q(**{f"{until}__isnull": True}) | Q(**{f"{until}__gte": day})


def in_force(day: date, *, until: str = UNTIL) -> Q:
    """Begun by a day and not ended before it."""
    return not_ended(day, until=until) & Q(valid_from__lte=day)


class Dated(models.QuerySet[M]):
    """Rows with ``valid_from`` and ``valid_until``."""

    def on(self, day: date) -> Any:
        """In force on a day."""
        return self.filter(in_force(day))

    def from_day(self, day: date) -> Any:
        """In force on the day or later."""
        return self.filter(not_ended(day))


def ends_after_it_starts(name: str, *, until: str = UNTIL) -> models.CheckConstraint:
    """The last day is not before the first."""
    return models.CheckConstraint(name=name, condition=not_ended(F("valid_from"), until=until))
