"""Writing very many rows at once: COPY on PostgreSQL, one prepared INSERT on the embedded database;
and single rows of which many are written, one after the other, by a statement that is made once.

Rows are mappings of column attributes to Python values. What a model's ``save`` would do besides
(signals, ``auto_now``) is not done; constraints of the database hold as always.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import islice, repeat
from operator import is_
from typing import Any

from django.db import DatabaseError, connection, models

from core import crypto, one_text
from core.fields import EncryptedTextField

# So many rows are made while the server writes the ones before.
SLICE = 250
# What stands for nothing in the text form of COPY.
NOTHING = "\\N"
_json = one_text.encoder(ensure_ascii=True)
# The backslash first: it stands in the others.
ESCAPES = (("\\", "\\\\"), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t"))


def keys(model: type[models.Model], count: int) -> list[int]:
    """Keys that nobody else gets, for rows that are about to be written in this transaction."""
    table, key = model._meta.db_table, str(model._meta.pk.column)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', key, count],
            )
            return [row[0] for row in cursor.fetchall()]
        # Whoever writes holds the only lock of the embedded database.
        name = connection.ops.quote_name(table)
        cursor.execute(
            f"SELECT max(coalesce((SELECT max({connection.ops.quote_name(key)}) FROM {name}), 0), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
            [table],
        )
        last = cursor.fetchone()[0]
    return list(range(last + 1, last + 1 + count))


def among(
    model: type[models.Model],
    column: str,
    texts: Sequence[str],
    *,
    show: Sequence[str],
    **equal: Any,
) -> list[tuple[Any, ...]]:
    """Columns of the rows that hold one of very many texts, and these other values. As a filter
    with ``__in`` would, which handles every text by itself."""
    quote = connection.ops.quote_name
    given: Any = list(texts)
    place = "= ANY(%s)"
    if connection.vendor != "postgresql":
        given, place = json.dumps(given), "IN (SELECT value FROM json_each(%s))"
    conditions = [f"{quote(column)} {place}", *(f"{quote(name)} = %s" for name in equal)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(map(quote, show))} FROM {quote(model._meta.db_table)} "
            f"WHERE {' AND '.join(conditions)}",
            [given, *equal.values()],
        )
        return cursor.fetchall()


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows that hold a value for every column; a missing one gets the field's default.

    Rows may be made while they are asked for: on PostgreSQL the server then works on the ones
    before, so whoever makes them asks the database for nothing. Raises ``IntegrityError`` as
    ``bulk_create`` does, and then has written nothing.
    """
    fields = model._meta.concrete_fields
    table = connection.ops.quote_name(model._meta.db_table)
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    # Column by column: what a column needs is asked once and not for every row.
    if connection.vendor == "postgresql":
        feed = _Feed(fields, iter(rows))
        if not feed.waiting:
            return
        try:
            with connection.cursor() as cursor, connection.wrap_database_errors:
                cursor.copy_expert(f"COPY {table} ({columns}) FROM STDIN", feed)
        except DatabaseError:
            # The server only heard that the rows broke off, not why.
            if feed.failed is not None:
                raise feed.failed from None
            raise
    elif some := list(rows):
        stored = zip(*(_column(field, some, copied=False) for field in fields), strict=True)
        places = ", ".join(["%s"] * len(fields))
        with connection.cursor() as cursor:
            sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"
            cursor.executemany(sql, list(stored))


def add(*rows: models.Model, unless_standing: bool = False) -> bool:
    """Write new rows of one model as ``bulk_create`` would, and give them their keys; without
    working out the statement each time.

    ``unless_standing``: for a single row; False where one with the same unique values stands
    already, and then nothing is written. Without it such a row raises ``IntegrityError``.
    """
    if not rows:
        return True
    meta = rows[0]._meta
    fields = [field for field in meta.concrete_fields if field is not meta.pk]
    values = [
        field.get_db_prep_save(field.pre_save(row, True), connection)
        for row in rows
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _statement(type(rows[0]), connection.vendor, len(rows), unless_standing), values
        )
        keys = [key for (key,) in cursor.fetchall()]
    for row, key in zip(rows, keys, strict=not unless_standing):
        row.pk, row._state.adding, row._state.db = key, False, connection.alias
    return bool(keys)


@lru_cache(maxsize=64)
def _statement(model: type[models.Model], _vendor: str, count: int, unless_standing: bool) -> str:
    quote, meta = connection.ops.quote_name, model._meta
    columns = [quote(str(field.column)) for field in meta.concrete_fields if field is not meta.pk]
    places = f"({', '.join(['%s'] * len(columns))})"
    ending = "ON CONFLICT DO NOTHING " if unless_standing else ""
    return (
        f"INSERT INTO {quote(meta.db_table)} ({', '.join(columns)}) "
        f"VALUES {', '.join([places] * count)} "
        f"{ending}RETURNING {quote(str(meta.pk.column))}"
    )


class _Feed:
    """Rows as COPY reads them, a slice at a time."""

    def __init__(self, fields: Sequence[Any], rows: Iterator[Mapping[str, Any]]) -> None:
        self.fields, self.rows = fields, rows
        self.failed: Exception | None = None
        self.waiting = list(islice(rows, SLICE))

    def read(self, _size: int) -> bytes:
        """The next slice, whatever its size; nothing at the end."""
        some = self.waiting
        if not some:
            return b""
        stored = zip(*(_column(field, some, copied=True) for field in self.fields), strict=True)
        content = "\n".join(map("\t".join, stored)) + "\n"
        try:
            self.waiting = list(islice(self.rows, SLICE))
        except Exception as error:
            self.failed = error
            raise
        return content.encode()


def _column(field: Any, rows: Sequence[Mapping[str, Any]], *, copied: bool) -> list[Any]:
    """The stored values of one column; for COPY as text."""
    name = field.attname
    values = [row[name] for row in rows] if name in rows[0] else [field.get_default()]
    first, prepare = values[0], _preparer(field, copied=copied)
    sealed = isinstance(field, EncryptedTextField)
    if not (sealed and first) and all(map(is_, values, repeat(first))):
        found = None if first is None else prepare(first)
        return [_text(found) if copied else found] * len(rows)
    found = [None if value is None else prepare(value) for value in values]
    return _texts(found) if copied else found


def _texts(values: list[Any]) -> list[str]:
    """The form of the values of a column in COPY; mostly there is nothing to escape in any."""
    whole = "".join(value for value in values if value.__class__ is str)
    if any(sign in whole for sign, _escape in ESCAPES):
        return list(map(_text, values))
    return [value if value.__class__ is str else _text(value) for value in values]


def _text(value: Any) -> str:
    """The form of a value in COPY."""
    if isinstance(value, str):
        for sign, escape in ESCAPES:
            if sign in value:
                value = value.replace(sign, escape)
        return value
    if value is None:
        return NOTHING
    if value is True or value is False:
        return "t" if value else "f"
    return str(value)


def _preparer(field: Any, *, copied: bool) -> Callable[[Any], Any]:
    """The stored form of a value that is there."""
    if isinstance(field, EncryptedTextField):
        seal = crypto.sealer(field.context)
        return lambda value: seal(value) if value else value
    if isinstance(field, models.JSONField):
        return field.encoder().encode if field.encoder else _json
    if isinstance(field, models.DateTimeField):
        return datetime.isoformat if copied else connection.ops.adapt_datetimefield_value
    if isinstance(field, models.CharField | models.TextField):
        return str
    if isinstance(field, models.ForeignKey | models.BooleanField | models.IntegerField):
        return _itself
    return lambda value: field.get_db_prep_save(value, connection)


def _itself(value: Any) -> Any:
    return value
