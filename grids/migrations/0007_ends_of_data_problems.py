import django.db.models.deletion
from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("grids", "0006_hazards_of_platforms"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProblemEnd",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.CharField(max_length=200, verbose_name="终止原因")),
                ("at", models.DateTimeField(verbose_name="终止时间")),
                (
                    "problem",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="end",
                        to="grids.dataproblem",
                    ),
                ),
            ],
            options={
                "verbose_name": "档案数据问题终止",
                "verbose_name_plural": "档案数据问题终止",
            },
        ),
    ]
