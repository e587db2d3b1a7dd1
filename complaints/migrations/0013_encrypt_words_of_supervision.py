"""The words of supervision are encrypted like every other word about a case, those of before too."""

from django.db import migrations

import core.fields


def encrypt(apps, schema_editor):
    found = apps.get_model("complaints", "Supervision")._base_manager
    # What is read here is still plain; what is written is encrypted by the fields themselves.
    for one in found.only("pk", "text", "answer").order_by("pk").iterator(chunk_size=500):
        found.filter(pk=one.pk).update(text=one.text, answer=one.answer)


class Migration(migrations.Migration):
    """Not reversible: nothing may write personal data back in the clear."""

    dependencies = [
        ("complaints", "0012_order_of_changes"),
    ]

    operations = [
        migrations.AlterField(
            model_name="supervision",
            name="answer",
            field=core.fields.EncryptedTextField(blank=True, verbose_name="反馈内容"),
        ),
        migrations.AlterField(
            model_name="supervision",
            name="text",
            field=core.fields.EncryptedTextField(verbose_name="督办要求"),
        ),
        migrations.RunPython(encrypt),
    ]
