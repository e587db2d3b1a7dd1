"""How a door finds what it is asked for; what is out of sight is not there."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import Http404

LONGEST = 40


def by_number(rows: QuerySet[Any], number: str, *ways: Mapping[str, Any]) -> Any:
    """The one of the rows in sight that has a number, looked for in one way after the other.

    Raises ``Http404`` for what is missing and for what is out of sight alike.
    """
    if "\0" in number or len(number) > LONGEST:
        raise Http404
    for way in ways:
        if (found := rows.filter(**way).first()) is not None:
            return found
    raise Http404


def in_state(
    rows: QuerySet[Any], params: Mapping[str, str], states: Collection[str], *, field: str = "state"
) -> QuerySet[Any]:
    """Those in the state that was asked for, all without one; none where there is no such state."""
    if not (state := params.get("state", "")):
        return rows
    return rows.filter(**{field: state}) if state in states else rows.none()
