"""In-app notices: the letters of the outbox that a person reads on the page."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from core.models import Letter


def for_user(user: Any) -> QuerySet[Letter]:
    """Delivered notices of a person, newest first."""
    return Letter.objects.notices_for(user)
