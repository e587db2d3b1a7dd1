import django.db.models.deletion
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("accounts", "0004_bodies_licences_and_leaks"),
        ("grids", "0005_sharing_of_archives"),
    ]

    operations = [
        migrations.CreateModel(
            name="HazardReport",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.CharField(max_length=40, verbose_name="平台编号")),
                ("digest", models.CharField(max_length=64)),
                (
                    "hazard",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="report",
                        to="grids.hazard",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="accounts.organisation",
                    ),
                ),
            ],
            options={
                "verbose_name": "接口上报的隐患",
                "verbose_name_plural": "接口上报的隐患",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("organisation", "number"), name="hazard_report_number_once"
                    )
                ],
            },
        ),
    ]
