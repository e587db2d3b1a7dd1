"""The order in which cases change, for those who follow them: nothing is passed over.

A number that is taken before the commit is no order: whoever reads 10 while 9 is still being
written never sees 9. So every write of a case, by whatever way, is stamped by a trigger with the
number of its transaction, and readers are shown only what lies before the oldest transaction that
still writes. On SQLite there is one writer at a time and a plain counter is enough.

Transactions are counted anew in a database that was restored elsewhere; ``install`` (after each
migrate) then lifts the count above all that was stamped before.
"""

from __future__ import annotations

from typing import Any

from django.db import connections, models
from django.db.models import Max

TABLE = "complaints_case"

_POSTGRES = f"""
CREATE OR REPLACE FUNCTION complaints_change_base() RETURNS bigint
  LANGUAGE sql IMMUTABLE AS 'SELECT %s::bigint';
CREATE OR REPLACE FUNCTION complaints_case_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.change_seq := complaints_change_base() + pg_current_xact_id()::text::bigint;
  RETURN NEW;
END $$;
DROP TRIGGER IF EXISTS complaints_case_changed ON {TABLE};
CREATE TRIGGER complaints_case_changed BEFORE INSERT OR UPDATE ON {TABLE}
  FOR EACH ROW EXECUTE FUNCTION complaints_case_changed();
"""
# recursive_triggers is off in SQLite: the update inside does not call the trigger again.
_SQLITE = """
CREATE TRIGGER complaints_case_{event} AFTER {event} ON complaints_case BEGIN
  UPDATE complaints_case
  SET change_seq = (SELECT coalesce(max(change_seq), 0) + 1 FROM complaints_case)
  WHERE id = NEW.id;
END
"""


def install(using: str = "default", **_signal: Any) -> None:
    """Make sure that every write is stamped; after each migrate, because SQLite loses triggers
    when a table is rebuilt. May run any number of times."""
    connection = connections[using]
    with connection.cursor() as cursor:
        if TABLE not in connection.introspection.table_names(cursor):
            return
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRES, [_base(cursor)])
        else:
            for event in ("insert", "update"):
                cursor.execute(f"DROP TRIGGER IF EXISTS complaints_case_{event}")
                cursor.execute(_SQLITE.format(event=event))


def _base(cursor: Any) -> int:
    """What is added to the number of a transaction so that it lies above all stamped before."""
    cursor.execute("SELECT count(*) FROM pg_proc WHERE proname = 'complaints_change_base'")
    base = 0
    if cursor.fetchone()[0]:
        cursor.execute("SELECT complaints_change_base()")
        base = cursor.fetchone()[0]
    cursor.execute(f"SELECT coalesce(max(change_seq), 0) FROM {TABLE}")
    highest = cursor.fetchone()[0]
    cursor.execute("SELECT pg_current_xact_id()::text::bigint")
    present = cursor.fetchone()[0]
    return base if highest <= base + present else highest - present + 1


def settled(cases: models.QuerySet[Any]) -> models.QuerySet[Any]:
    """Those whose place in the order is final: no transaction that still writes lies before."""
    connection = connections[cases.db]
    if connection.vendor != "postgresql":
        return cases
    with connection.cursor() as cursor:
        return cases.filter(change_seq__lt=_mark(cursor, "xmin"))


def is_stamped(cases: models.QuerySet[Any]) -> bool:
    """Whether the triggers stand and no stamp lies in the future."""
    connection = connections[cases.db]
    last = cases.aggregate(last=Max("change_seq"))["last"] or 0
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            cursor.execute(
                "SELECT count(*) FROM sqlite_master"
                " WHERE type = 'trigger' AND name LIKE 'complaints_case_%%'"
            )
            return bool(cursor.fetchone()[0] == 2)
        cursor.execute(
            "SELECT count(*) FROM pg_trigger"
            " WHERE tgname = 'complaints_case_changed' AND tgenabled <> 'D'"
        )
        return bool(cursor.fetchone()[0]) and bool(last <= _mark(cursor, "xmax"))


def _mark(cursor: Any, end: str) -> int:
    """Where the oldest transaction that still writes stands (xmin), or the next one (xmax)."""
    cursor.execute(
        f"SELECT complaints_change_base() + pg_snapshot_{end}(pg_current_snapshot())::text::bigint"
    )
    return int(cursor.fetchone()[0])
