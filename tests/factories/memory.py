"""What real moves made of the database once, written again where a test stands on the same ground.

Hundreds of tests begin with the same launched campaign or the same reports in the same states.
Playing them each time costs most of the suite; so a factory marked ``remembered`` plays them when
they are first needed, and afterwards the very rows that came of it are written. *Ground* names the
exact state of the database: it is known after the catalogues were loaded and after each remembered
factory, and lost with any other write, by whomever. Without it everything is played.
"""

import functools
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import UserSettingsHolder, settings
from django.db import connection, connections, models, transaction
from django.db.backends.signals import connection_created
from django.utils.translation import get_language

from core import clock
from core.models import StoredFile
from core.models.file import path_of

# Every test has a file of its own for the anchor; no factory asks for its name.
NOT_ASKED = {"AUDIT_ANCHOR"}
PATCHES = ("setattr", "delattr", "setitem", "delitem", "setenv", "delenv")
READING = ("SELECT", "SAVEPOINT", "RELEASE SAVEPOINT", "PRAGMA", "EXPLAIN", "SHOW")

_ground = None
_patched = False
_seen = set()
_made = {}


@dataclass(frozen=True)
class Made:
    """What one call changed: rows by table, files by path, and what it gave back."""

    rows: dict
    files: dict
    answer: object

    @functools.cached_property
    def statements(self):
        """What writes the rows: [(SQL, values)], put together once."""
        tables = sorted(self.rows, key=_order().__getitem__)
        return [one for table in tables for one in _upsert(table, self.rows[table])]


class Unnameable(TypeError):
    """An argument that no key can be made of."""


def stand_on(name):
    """The database now is exactly what this name means."""
    global _ground
    _ground = name


def remembered(factory):
    """Play the factory when it is first called on this ground; afterwards write what came of it.

    It must give a model instance or None, and depend on nothing but the database, its arguments,
    the clock, the language and the settings. Once a test has patched anything, it is played.
    """

    @functools.wraps(factory)
    def call(*args, **kwargs):
        try:
            name = f"{factory.__module__}.{factory.__qualname__}"
            asked = (name, _named(args), _named(kwargs))
            key = (_ground, *asked, clock._fixed, get_language(), _overridden())
        except Unnameable:
            key = None
        if _ground is None or key is None or _patched:
            return factory(*args, **kwargs)
        if key in _made:
            return write(key)
        if key not in _seen:
            # Rows are compared only for what is asked for again: it costs more than most plays.
            _seen.add(key)
            return factory(*args, **kwargs)
        return _watch(key, functools.partial(factory, *args, **kwargs))

    return call


def _named(value):
    if isinstance(value, models.Model):
        return (value._meta.label, value.pk)
    if isinstance(value, (list, tuple)):
        return tuple(_named(one) for one in value)
    if isinstance(value, dict):
        return tuple((name, _named(one)) for name, one in sorted(value.items()))
    if value is None or isinstance(value, (str, int, bytes, date, datetime, timedelta, Enum)):
        return value
    raise Unnameable(type(value))


def _overridden():
    """What the test set otherwise than the settings file, the innermost word last."""
    found, holder = [], settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        own = {name: value for name, value in vars(holder).items() if name.isupper()}
        found += [(k, repr(v)) for k, v in sorted(own.items()) if k not in NOT_ASKED]
        holder = holder.default_settings
    return tuple(reversed(found))


def forget_patches():
    """A new test begins, or one has ended: nothing is patched."""
    global _patched
    _patched = False


def _noting(real):
    @functools.wraps(real)
    def patch(*args, **kwargs):
        global _patched
        _patched = True
        return real(*args, **kwargs)

    return patch


def _watch(key, play):
    before, stood = _rows(), _files()
    answer = play()
    after = _rows()
    changed = {
        table: {pk: row for pk, row in rows.items() if before[table].get(pk) != row}
        for table, rows in after.items()
    }
    if all(before[table].keys() <= after[table].keys() for table in before):
        new = (_files() - stood) | _contents(changed)
        files = {path: path.read_bytes() for path in new if path.exists()}
        named = (type(answer), answer.pk) if answer is not None else None
        _made[key] = Made({table: rows for table, rows in changed.items() if rows}, files, named)
        stand_on(key)
    return answer


def is_kept(key):
    return key in _made


def rows_of(models):
    """All rows of the models as they stand: table → key → row."""
    wanted = {model._meta.db_table for model in models}
    return {table: rows for table, rows in _rows().items() if table in wanted and rows}


def keep(key, rows):
    """Remember these rows by a name."""
    _made[key] = Made(rows, {}, None)


def write(key):
    """Make the database what this key means; only where it already was what the key builds on."""
    made = _made[key]
    with transaction.atomic(), connection.cursor() as cursor:
        for sql, values in made.statements:
            cursor.execute(sql, values)
    for path, content in made.files.items():
        # A test before this one may have taken the file away, or tampered with it.
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    stand_on(key)
    if made.answer is None:
        return None
    model, pk = made.answer
    return model._base_manager.get(pk=pk)


@functools.cache
def _order():
    """Table → its place behind all that it refers to, as far as none refer to each other.

    As long as a row refers to one that is not there yet, SQLite looks through all tables that refer
    to the rows that it writes meanwhile.
    """
    places = {}

    def put(model):
        table = model._meta.db_table
        if table not in places:
            places[table] = None
            for field in model._meta.concrete_fields:
                if field.is_relation:
                    put(field.related_model)
            # Put again, behind them.
            places[table] = places.pop(table)

    for model in apps.get_models(include_auto_created=True):
        put(model)
    return {table: place for place, table in enumerate(places)}


@functools.cache
def _tables():
    """Table → (primary key, all columns), of everything that Django keeps."""
    return {
        model._meta.db_table: (
            model._meta.pk.column,
            [field.column for field in model._meta.concrete_fields],
        )
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }


def _rows():
    """Table → primary key → row, as the database itself writes it."""
    raw = '"{}"::text' if connection.vendor == "postgresql" else '+"{}"'
    found = {}
    with connection.cursor() as cursor:
        for table, (key, columns) in _tables().items():
            chosen = ", ".join(raw.format(column) for column in columns)
            # By age: PostgreSQL checks unique values row by row, and the oldest root moved.
            cursor.execute(f'SELECT {chosen} FROM "{table}" ORDER BY "{key}"')
            place = columns.index(key)
            found[table] = {row[place]: tuple(row) for row in cursor.fetchall()}
    return found


def _upsert(table, rows):
    key, columns = _tables()[table]
    names = ", ".join(f'"{column}"' for column in columns)
    others = ", ".join(f'"{name}" = excluded."{name}"' for name in columns if name != key)
    one = f"({', '.join(['%s'] * len(columns))})"
    every = list(rows.values())
    # SQLite takes 32,766 values at a time; 400 rows of 40 columns stay below.
    for start in range(0, len(every), 400):
        some = every[start : start + 400]
        sql = (
            # The remark tells these statements from those of the portal.
            f'/* remembered */ INSERT INTO "{table}" ({names}) '
            f"VALUES {', '.join([one] * len(some))} "
            f'ON CONFLICT ("{key}") DO ' + (f"UPDATE SET {others}" if others else "NOTHING")
        )
        yield sql, [value for row in some for value in row]


def _files():
    kept = Path(settings.MEDIA_ROOT)
    return {path for path in kept.rglob("*") if path.is_file()} if kept.exists() else set()


def _contents(changed):
    """Where the contents of new file rows lie: one that stood before may be gone the next time."""
    table = StoredFile._meta.db_table
    place = _tables()[table][1].index(StoredFile._meta.get_field("sha256").column)
    return {path_of(row[place]) for row in changed[table].values()}


def _notice(execute, sql, params, many, context):
    if not sql[:40].lstrip().upper().startswith(READING):
        stand_on(None)
    return execute(sql, params, many, context)


def _listen(connection, **_kwargs):
    if _notice not in connection.execute_wrappers:
        connection.execute_wrappers.append(_notice)


@contextmanager
def listening():
    """While it lasts no write goes unnoticed, on whichever connection, and no patch of a test."""
    connection_created.connect(_listen)
    real = {name: getattr(pytest.MonkeyPatch, name) for name in PATCHES}
    for name, patch in real.items():
        setattr(pytest.MonkeyPatch, name, _noting(patch))
    for one in connections.all(initialized_only=True):
        _listen(one)
    try:
        yield
    finally:
        connection_created.disconnect(_listen)
        for name, patch in real.items():
            setattr(pytest.MonkeyPatch, name, patch)
        for one in connections.all(initialized_only=True):
            one.execute_wrappers[:] = [w for w in one.execute_wrappers if w is not _notice]
