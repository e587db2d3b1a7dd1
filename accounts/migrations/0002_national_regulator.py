"""Every migrated database has the national regulator: all supervision hangs on it."""

from datetime import date, timedelta

from django.db import migrations

REORGANISED = date(2013, 3, 14)


def found(apps, schema_editor):
    Organisation = apps.get_model("accounts", "Organisation")
    if Organisation.objects.filter(kind="national_regulator").exists():
        return
    # The first root of the tree; treebeard's methods are not there in a migration.
    root = Organisation.objects.create(
        path="0001",
        depth=1,
        numchild=0,
        code="NEA-ROOT",
        name="国家能源局",
        short_name="国家能源局",
        kind="national_regulator",
        document_prefix="电监",
        email="guojia@regulator.example",
    )
    names = apps.get_model("accounts", "OrganisationName").objects
    names.create(
        organisation=root,
        name="国家电力监管委员会",
        short_name="国家电监会",
        valid_from=date(2003, 3, 20),
        valid_to=REORGANISED - timedelta(days=1),
    )
    names.create(
        organisation=root, name="国家能源局", short_name="国家能源局", valid_from=REORGANISED
    )


class Migration(migrations.Migration):
    replaces = [("accounts", "0003_national_regulator")]

    dependencies = [("accounts", "0001_first_release")]

    operations = [migrations.RunPython(found, migrations.RunPython.noop)]
