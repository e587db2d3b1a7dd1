"""What holds from a day to a day, the last one counted."""

from __future__ import annotations

from datetime import date
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

M = TypeVar("M", bound=models.Model)


class Dated(models.QuerySet[M]):
    """Rows with ``valid_from`` and ``valid_until``."""

    def on(self, day: date) -> Any:
        """In force on a day."""
        standing = Q(valid_until__isnull=True) | Q(valid_until__gte=day)
        return self.filter(standing, valid_from__lte=day)

    def from_day(self, day: date) -> Any:
        """In force on the day or later."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=day))


def ends_after_it_starts(name: str) -> models.CheckConstraint:
    """The last day is not before the first."""
    return models.CheckConstraint(
        name=name, condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from"))
    )
