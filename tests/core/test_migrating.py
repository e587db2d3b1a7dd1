"""Tables made together are the tables that Django makes one by one."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from core.migrating import NewTables

pytestmark = pytest.mark.django_db(transaction=True)


def key():
    return ("id", models.BigAutoField(primary_key=True))


def steps(app):
    """A house and its rooms that point to each other, completed in several ways."""
    return [
        migrations.CreateModel("House", [key(), ("name", models.CharField(max_length=20))]),
        migrations.CreateModel(
            "Room",
            [key(), ("house", models.ForeignKey(f"{app}.House", models.CASCADE))],
            options={"indexes": [models.Index(fields=["house", "id"], name=f"{app}_by_house")]},
        ),
        migrations.AddField(
            "House", "hall", models.ForeignKey(f"{app}.Room", models.SET_NULL, null=True)
        ),
        migrations.AddConstraint(
            "House", models.UniqueConstraint(fields=["name"], name=f"{app}_name_once")
        ),
        migrations.RunSQL(f"INSERT INTO {app}_house (name) VALUES ('old')"),
        # The table has a row by now: it is changed, not made.
        migrations.AddField("House", "storeys", models.IntegerField(default=2)),
        migrations.CreateModel("Garden", [key(), ("storeys", models.IntegerField())]),
        migrations.AddField("Garden", "trees", models.IntegerField(default=0)),
    ]


def made(kind, app):
    """What stands in the database after the migration; it is taken down again."""
    migration = type("Migration", (kind,), {"operations": steps(app)})("0001", app)
    with connection.schema_editor() as editor:
        state = migration.apply(ProjectState(), editor)
    tables = [f"{app}_{name}" for name in ("house", "room", "garden")]
    with connection.cursor() as cursor:
        seen = {table.removeprefix(app): described(cursor, table, app) for table in tables}
        cursor.execute(f"SELECT name, storeys FROM {app}_house")
        seen["rows"] = cursor.fetchall()
    with connection.schema_editor() as editor:
        for table in reversed(tables):
            more = " CASCADE" if connection.vendor == "postgresql" else ""
            editor.execute(f"DROP TABLE {table}{more}")
    return seen, sorted(state.apps.get_models(), key=str)


def described(cursor, table, app):
    columns = connection.introspection.get_table_description(cursor, table)
    constraints = connection.introspection.get_constraints(cursor, table).values()
    return (
        sorted((one.name, one.type_code, one.null_ok) for one in columns),
        sorted(str(one).replace(app, "") for one in constraints),
    )


def test_tables_made_together_are_those_that_are_made_one_by_one():
    together, models_together = made(NewTables, "together")
    one_by_one, models_one_by_one = made(migrations.Migration, "single")
    assert together == one_by_one
    assert together["rows"] == [("old", 2)]
    fields = [
        [sorted(field.name for field in model._meta.get_fields()) for model in models]
        for models in (models_together, models_one_by_one)
    ]
    assert fields[0] == fields[1]
