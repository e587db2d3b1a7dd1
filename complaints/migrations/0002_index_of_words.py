"""An index of the words of cases, so that a search costs the same however many cases there are.

PostgreSQL only: the embedded database looks through the words themselves.
"""

from django.db import migrations

NAME = "case_by_words"
WORDS = "string_to_array(btrim(grams), ' ')"


def build(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX {NAME} ON complaints_case USING gin (({WORDS}))")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_first_release")]
    operations = [migrations.RunPython(build, drop)]
