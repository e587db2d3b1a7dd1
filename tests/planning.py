"""Whether PostgreSQL takes what the embedded legs ask: each question is planned there as well.

An embedded leg hands every query that Django puts together on to a PostgreSQL with the same tables,
put together for it once more, and has it explained: read, matched with tables and types, planned,
and not run. What is refused, and what was written by hand for one of the databases, is left to the
tests that the legs on PostgreSQL run. See docs/adr/0011.
"""

import functools
import threading

import dj_database_url
from django.apps import apps
from django.core.exceptions import EmptyResultSet, FullResultSet
from django.db import ConnectionHandler, DatabaseError, DataError
from django.db.models.sql import compiler as compilers
from django.db.models.sql.subqueries import InsertQuery, UpdateQuery

COMPILERS = (compilers.SQLCompiler, compilers.SQLInsertCompiler)


class Planner:
    """Knows which query stands behind a statement, and asks PostgreSQL what it thinks of it."""

    def __init__(self, url):
        # Apart from the connections of the tests, which are counted and closed by others.
        given = {"default": dj_database_url.parse(url)}
        self.connection = ConnectionHandler(given)["default"]
        # Rows are locked within transactions only; those of the tests are open elsewhere.
        self.connection.get_autocommit = lambda: False
        self.real, self.here = {}, threading.local()

    @property
    def asked(self):
        """Whose statements are just being executed in this thread."""
        return getattr(self.here, "asked", None)

    @asked.setter
    def asked(self, compiler):
        self.here.asked = compiler

    def listen(self):
        for kind in COMPILERS:
            self.real[kind] = kind.execute_sql
            kind.execute_sql = self._noting(kind.execute_sql)

    def end(self):
        for kind, real in self.real.items():
            kind.execute_sql = real
        self.connection.close()

    def _noting(self, real):
        @functools.wraps(real)
        def execute_sql(compiler, *args, **kwargs):
            before, self.asked = self.asked, compiler
            try:
                refuse_too_long(compiler.query)
                return real(compiler, *args, **kwargs)
            finally:
                self.asked = before

        return execute_sql

    def how(self):
        """What the embedded database is not told of the query: which rows are to be locked."""
        query = getattr(self.asked, "query", None)
        if query is None or not query.select_for_update:
            return ""
        names = (
            "select_for_update_nowait",
            "select_for_update_skip_locked",
            "select_for_update_of",
        )
        return repr([getattr(query, name) for name in names])

    def takes(self):
        """Whether PostgreSQL plans the query of which a statement is just being executed."""
        if self.asked is None:
            return False
        asked, self.asked = self.asked, None
        try:
            other = asked.query.clone().get_compiler(connection=self.connection)
            other.returning_fields = getattr(asked, "returning_fields", None)
            told = other.as_sql()
            for sql, values in told if isinstance(told, list) else [told]:
                with self.connection.cursor() as cursor:
                    cursor.execute(f"EXPLAIN {sql}", values)
        except (EmptyResultSet, FullResultSet):
            return True
        except (DatabaseError, AttributeError, TypeError, ValueError):
            return False
        finally:
            self.asked = asked
        return True


def refuse_too_long(query):
    """The embedded database keeps any number of characters where PostgreSQL refuses to."""
    if isinstance(query, InsertQuery):
        rows = [(f, getattr(o, f.attname, None)) for f in query.fields for o in query.objs]
    elif isinstance(query, UpdateQuery):
        rows = [(field, value) for field, _model, value in query.values]
    else:
        return
    for field, value in rows:
        longest = getattr(field, "max_length", None)
        if longest and isinstance(value, str) and len(value) > longest:
            raise DataError(f"value too long for type character varying({longest}): {field}")


@functools.cache
def nullable():
    """The columns that may hold nothing, as they are written: nothing comes last there and first
    here."""
    models = apps.get_models(include_auto_created=True)
    return {
        f'"{model._meta.db_table}"."{field.column}"'
        for model in models
        for field in model._meta.concrete_fields
        if field.null
    }
