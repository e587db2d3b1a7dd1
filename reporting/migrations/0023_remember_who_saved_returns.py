from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0022_keep_changes_of_definitions"),
    ]

    operations = [
        migrations.AddField(
            model_name="returnversion",
            name="savers",
            field=models.JSONField(default=list),
        ),
    ]
