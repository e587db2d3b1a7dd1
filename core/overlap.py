"""Rows of one thing whose times must not overlap: refused by the database itself.

PostgreSQL knows exclusion constraints; on SQLite triggers say the same. Keys are compared as ranges
of one number, so that PostgreSQL needs no extension. Set up after each migrate, because SQLite
loses triggers when a table is rebuilt.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

FOREVER = "9999-12-31"


@dataclass(frozen=True)
class NoOverlap:
    """No two rows of a table with the same ``keys`` (columns of whole numbers) at the same time.

    From ``start`` to ``end``, null for no end. ``days``: columns of days, the last one counted;
    otherwise instants, the end not counted. ``only``: a condition in SQL with ``{row}.`` before
    its columns; other rows are not looked at.
    """

    name: str
    table: str
    keys: tuple[str, ...]
    start: str
    end: str
    days: bool = False
    only: str = ""

    @property
    def constraint(self) -> str:
        """What PostgreSQL is told."""
        span = "daterange" if self.days else "tstzrange"
        bounds = "[]" if self.days else "[)"
        parts = [f"int8range({key}, {key}, '[]') WITH &&" for key in self.keys]
        parts.append(f"{span}({self.start}, {self.end}, '{bounds}') WITH &&")
        where = f" WHERE ({self.only.format(row=self.table)})" if self.only else ""
        return (
            f"ALTER TABLE {self.table} ADD CONSTRAINT {self.name}"
            f" EXCLUDE USING gist ({', '.join(parts)}){where}"
        )

    def trigger(self, event: str) -> str:
        """What SQLite is told."""
        before = "<=" if self.days else "<"
        conditions = [f"other.id <> NEW.id AND other.{key} = NEW.{key}" for key in self.keys]
        conditions += [
            f"other.{self.start} {before} coalesce(NEW.{self.end}, '{FOREVER}')",
            f"NEW.{self.start} {before} coalesce(other.{self.end}, '{FOREVER}')",
        ]
        when = ""
        if self.only:
            conditions.append(self.only.format(row="other"))
            when = f" WHEN {self.only.format(row='NEW')}"
        return (
            f"CREATE TRIGGER {self.name}_{event} AFTER {event} ON {self.table}{when} BEGIN"
            f" SELECT RAISE(ABORT, 'no overlap: {self.name}') WHERE EXISTS"
            f" (SELECT 1 FROM {self.table} AS other WHERE {' AND '.join(conditions)}); END"
        )


EVENTS = ("insert", "update")


def install(rules: Sequence[NoOverlap], using: str = "default") -> None:
    """Make sure that the database refuses overlaps. May run any number of times."""
    connection = connections[using]
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for rule in rules:
            if rule.table not in tables:
                continue
            if connection.vendor == "postgresql":
                if not _stands(cursor, rule):
                    cursor.execute(rule.constraint)
                continue
            for event in EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS {rule.name}_{event}")
                cursor.execute(rule.trigger(event))


def missing(rules: Sequence[NoOverlap], using: str = "default") -> list[str]:
    """Names of rules that the database does not hold."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            return [rule.name for rule in rules if not _stands(cursor, rule)]
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        found = {name for (name,) in cursor.fetchall()}
    return [
        rule.name for rule in rules if not {f"{rule.name}_{event}" for event in EVENTS} <= found
    ]


def _stands(cursor: Any, rule: NoOverlap) -> bool:
    cursor.execute(
        "SELECT 1 FROM pg_constraint WHERE conname = %s AND conrelid = %s::regclass",
        [rule.name, rule.table],
    )
    return cursor.fetchone() is not None
