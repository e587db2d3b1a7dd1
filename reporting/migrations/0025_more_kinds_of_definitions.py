from django.db import migrations, models

from core.migrating import NewTables


class Migration(NewTables):
    dependencies = [
        ("reporting", "0024_releases_of_indicators"),
    ]

    operations = [
        migrations.AlterField(
            model_name="definitionchange",
            name="subject",
            field=models.CharField(
                choices=[
                    ("indicator", "监管指标"),
                    ("outage_rule", "停限电规则"),
                    ("return_form", "报表定义"),
                    ("hazard_kind", "隐患类别"),
                    ("special_kind", "特殊群体类别"),
                    ("checklist", "检查表"),
                ],
                max_length=12,
                verbose_name="类别",
            ),
        ),
    ]
