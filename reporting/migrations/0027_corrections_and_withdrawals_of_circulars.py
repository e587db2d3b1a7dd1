"""What is wrong in an issued circular is put right by another one that names it."""

import django.db.models.deletion
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("reporting", "0026_recalls_of_indicators"),
    ]

    operations = [
        migrations.CreateModel(
            name="CircularRedress",
            fields=[
                (
                    "circular",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="redress",
                        serialize=False,
                        to="reporting.circular",
                    ),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("correct", "更正"), ("withdraw", "撤销")],
                        max_length=10,
                        verbose_name="办理",
                    ),
                ),
                (
                    "first",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="followed",
                        to="reporting.circular",
                    ),
                ),
                (
                    "root",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="reporting.circular",
                    ),
                ),
            ],
            options={
                "verbose_name": "通报更正和撤销",
                "verbose_name_plural": "通报更正和撤销",
                "constraints": [
                    models.CheckConstraint(
                        name="circular_redress_corrects_or_withdraws",
                        condition=models.Q(("act__in", ("correct", "withdraw"))),
                    ),
                    models.CheckConstraint(
                        name="circular_redress_of_another_one",
                        condition=models.Q(
                            models.Q(("circular", models.F("first")), _negated=True),
                            models.Q(("circular", models.F("root")), _negated=True),
                        ),
                    ),
                ],
            },
        ),
    ]
