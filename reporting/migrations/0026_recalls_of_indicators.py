"""What is to be taken back from the public is marked as such."""

import django.db.models.deletion
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("reporting", "0025_more_kinds_of_definitions"),
    ]

    operations = [
        migrations.CreateModel(
            name="IndicatorRecall",
            fields=[
                (
                    "release",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="recall",
                        serialize=False,
                        to="reporting.indicatorrelease",
                    ),
                ),
            ],
            options={
                "verbose_name": "指标撤回公开提请",
                "verbose_name_plural": "指标撤回公开提请",
            },
        ),
    ]
