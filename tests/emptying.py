"""How a database is emptied after a test that wrote for good: only tables that hold something.

PostgreSQL makes every one of some three hundred tables anew when it empties them, a third of a
second after each such test.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection


def filled(tables: Sequence[str]) -> list[str]:
    """Those of the tables in which a row stands."""
    quote = connection.ops.quote_name
    asked = (
        f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {quote(name)})" for name in sorted(tables)
    )
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(asked))
        return [name for (name,) in cursor.fetchall()]


def sparing(real: Callable[..., list[str]]) -> Callable[..., list[str]]:
    """The statements that empty the tables; those of Django where sequences begin anew as well."""

    def sql_flush(style: Any, tables: Sequence[str], **how: Any) -> list[str]:
        if how.get("reset_sequences") or not may_pass_over_keys():
            return real(style, tables, **how)
        # One after the other, whatever refers to what: in the end nothing is left to refer to.
        return [
            "SET LOCAL session_replication_role = replica",
            *(f"DELETE FROM {connection.ops.quote_name(name)}" for name in filled(tables)),
        ]

    return sql_flush


def may_pass_over_keys() -> bool:
    """Whether the role may delete without asking what refers to it: the owner of the server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        return bool(cursor.fetchone()[0])
