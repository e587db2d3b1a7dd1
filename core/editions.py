"""Whether tables still hold what was read from them: for what a process keeps between requests."""

from __future__ import annotations

from collections.abc import Hashable

from django.db import connection, models


def edition(*of: type[models.Model]) -> Hashable:
    """Tells what some small tables hold now from whatever they held before or will hold.

    PostgreSQL keeps with each row the number of the transaction that wrote it: who adds or changes
    a row brings in a new number, who removes one takes its number away. Ask before reading: what
    changes in between then gives another edition the next time. None where it cannot be told: on
    the embedded database, and in a transaction that has written something itself, because its own
    later changes do not show.
    """
    if connection.vendor != "postgresql":
        return None
    told = "count(*) || ' ' || coalesce(sum({0}), 0) || ' ' || coalesce(max({0}), 0)"
    told = told.format("xmin::text::bigint")
    tables = (connection.ops.quote_name(model._meta.db_table) for model in of)
    sums = ", ".join(f"(SELECT {told} FROM {table})" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_current_xact_id_if_assigned() IS NULL, {sums}")
        unwritten, *found = cursor.fetchone()
    return tuple(found) if unwritten else None
