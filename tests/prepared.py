"""The database that every leg begins with: migrated once, and what the catalogues make of it.

Each leg would play all migrations and load all catalogues by itself. The runner does both once on
each kind of database and hands on a migrated database without rows, to be copied, and the rows of
the catalogues, as the database itself writes them. ``PREPARED`` names their folder; without it a
leg does everything itself.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2

ROOT = Path(__file__).resolve().parent.parent
SCHEMA, ROWS = "schema.sqlite3", "catalogues.pickle"
# The database on PostgreSQL that the others are copied from.
TEMPLATE = "prepared"


def folder() -> Path | None:
    """Where the runner left what it prepared; None when it did not."""
    given = os.environ.get("PREPARED")
    return Path(given) if given else None


def prepare(into: Path, url: str = "") -> dict[str, str]:
    """Migrate and load in a process of its own; the environment that tells a leg of it.

    What goes wrong there is printed, and the legs, which are told nothing then, meet it themselves.
    """
    into.mkdir(parents=True, exist_ok=True)
    env = {**os.environ, "PORTAL_DATA": str(into)}
    env |= {"DATABASE_URL": at(url, TEMPLATE)} if url else {}
    done = subprocess.run(
        [sys.executable, "-m", "tests.prepared"], cwd=ROOT, env=env, capture_output=True, text=True
    )
    if done.returncode:
        print(f"legs: nothing prepared\n{done.stdout}{done.stderr}", flush=True)
        return {}
    return {"PREPARED": str(into)}


def at(url: str, database: str) -> str:
    """The address of another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def copied(url: str, name: str) -> str:
    """The address of a copy of the migrated database on a server."""
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    return at(url, name)


def lay_out(database: Path) -> None:
    """Put the migrated embedded database there."""
    if into := folder():
        shutil.copyfile(into / SCHEMA, database)


def rows() -> dict | None:
    """Table → key → row of what the catalogues make; None when nothing is prepared."""
    into = folder()
    return pickle.loads((into / ROWS).read_bytes()) if into else None


def main() -> None:
    """Called in a process with the settings of the tests and a database of its own."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.testing"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection, transaction

    from tests.conftest import load_catalogues

    if not settings.EMBEDDED:
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {TEMPLATE}")
    call_command("migrate", verbosity=0)
    with transaction.atomic():
        # On PostgreSQL the sequences stand behind these rows afterwards, although they are gone.
        found = load_catalogues()
        transaction.set_rollback(True)
    (settings.PORTAL_DATA / ROWS).write_bytes(pickle.dumps(found))
    if settings.EMBEDDED:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(connection.settings_dict["NAME"], settings.PORTAL_DATA / SCHEMA)
    connection.close()


if __name__ == "__main__":
    main()
