from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("grids", "0007_ends_of_data_problems"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpecialKind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=20, verbose_name="代码")),
                ("title", models.CharField(max_length=30, verbose_name="名称")),
                ("guardian", models.BooleanField(default=False, verbose_name="须监护人同意")),
                ("valid_from", models.DateField(verbose_name="启用日期")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="停用日期")),
            ],
            options={
                "verbose_name": "特殊群体类别",
                "verbose_name_plural": "特殊群体类别",
                "ordering": ["code", "valid_from"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "valid_from"), name="special_kind_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True),
                            ("valid_until__gte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="special_kind_ends_after_it_starts",
                    ),
                ],
            },
        ),
    ]
