"""Holding a row until the end of the transaction, with what it refers to as it stands then."""

from __future__ import annotations

from typing import Any, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)


def held(rows: QuerySet[M], pk: Any, *related: str) -> M:
    """Lock one row, and read it with what it refers to. Raises ``DoesNotExist``.

    Not in one statement: after waiting for a row PostgreSQL compares it, changed, with the joined
    rows that it had read before. A row that refers elsewhere by now would not be found, or would
    seem to refer to nothing.
    """
    rows.order_by().select_for_update(of=("self",)).only("pk").get(pk=pk)
    return rows.select_related(*related).get(pk=pk)
