"""Agenda, minutes, decisions and answers are encrypted like every other word about a case."""

from django.db import migrations

import core.fields

WORDS = {"JointMeeting": ("agenda", "minutes"), "JointTask": ("text", "result")}


def encrypt(apps, schema_editor):
    for model, names in WORDS.items():
        found = apps.get_model("complaints", model)._base_manager
        # What is read here is still plain; what is written is encrypted by the fields themselves.
        for one in found.only("pk", *names).order_by("pk").iterator(chunk_size=500):
            found.filter(pk=one.pk).update(**{name: getattr(one, name) for name in names})


class Migration(migrations.Migration):
    """Not reversible: nothing may write personal data back in the clear."""

    dependencies = [
        ("complaints", "0022_forms_of_the_desk_taken_once"),
    ]

    operations = [
        migrations.AlterField(
            model_name="jointmeeting",
            name="agenda",
            field=core.fields.EncryptedTextField(verbose_name="议程"),
        ),
        migrations.AlterField(
            model_name="jointmeeting",
            name="minutes",
            field=core.fields.EncryptedTextField(blank=True, verbose_name="会议纪要"),
        ),
        migrations.AlterField(
            model_name="jointtask",
            name="result",
            field=core.fields.EncryptedTextField(blank=True, verbose_name="落实情况"),
        ),
        migrations.AlterField(
            model_name="jointtask",
            name="text",
            field=core.fields.EncryptedTextField(verbose_name="议定事项"),
        ),
        migrations.RunPython(encrypt),
    ]
