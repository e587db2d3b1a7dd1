"""In-app notices: the letters of the outbox that a person reads on the page."""

from __future__ import annotations

from typing import Any

from django.apps import apps


def for_user(user: Any) -> Any:
    """Delivered notices of a person, newest first."""
    return apps.get_model("core", "Letter").objects.notices_for(user)
