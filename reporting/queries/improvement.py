"""Improvement tasks that wait for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from reporting.models import ImprovementTask

if TYPE_CHECKING:
    from accounts.models import User


def waiting_for(user: User) -> QuerySet[ImprovementTask]:
    """Set for one's unit, or done and to be checked by one's office; nearest first."""
    states = ImprovementTask.State
    units = [one for one in with_absorbed(user, Permission.INDICATOR_ANSWER) if one.is_company]
    offices = [one for one in with_absorbed(user, Permission.INDICATOR_MANAGE) if one.is_regulator]
    condition = Q(state=states.SET, organisation__in=units)
    condition |= Q(state=states.DONE, office__in=offices)
    return ImprovementTask.objects.filter(condition).select_related("organisation")
