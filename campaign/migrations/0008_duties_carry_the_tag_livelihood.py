"""Duties that serve residents' electricity directly carry the tag 民生; those already there too."""

from django.db import migrations, models


def tag(apps, schema_editor):
    objectives = apps.get_model("campaign", "Objective").objects
    layer = list(
        objectives.filter(parent=None, kind__in=["guarantee", "implementation"]).values_list(
            "pk", flat=True
        )
    )
    found = set(layer)
    while layer:
        layer = list(objectives.filter(parent__in=layer).values_list("pk", flat=True))
        found.update(layer)
    definitions = apps.get_model("campaign", "DutyDefinition").objects
    links = definitions.values_list("pk", "objectives")
    definitions.filter(pk__in={pk for pk, node in links if node in found}).update(livelihood=True)


class Migration(migrations.Migration):
    dependencies = [("campaign", "0007_supervision_notes_and_decisions")]

    operations = [
        migrations.AddField(
            model_name="dutydefinition",
            name="livelihood",
            field=models.BooleanField(default=False, verbose_name="民生"),
        ),
        migrations.RunPython(tag, migrations.RunPython.noop),
    ]
