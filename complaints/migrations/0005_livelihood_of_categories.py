from django.db import migrations, models

# What the catalogue that is delivered tags from now on: entered where it was loaded before.
TAGGED = (
    *("supply_service", "supply_quality", "connection", "outage_repair", "metering", "billing"),
    *("supply_other", "business_expansion", "change_of_use", "reading_dunning", "bill_price"),
    *("energy_metering", "outage_complaint", "outage_notice", "outage_plan", "emergency_repair"),
    *("quality_complaint", "voltage_quality", "frequency", "reliability", "hv_fault", "lv_fault"),
    *("quality_fault", "metering_fault", "reconnect", "appliance_damage", "meter_abnormal"),
    "reading_data",
)


def tag(apps, schema_editor):
    terms = apps.get_model("complaints", "Term").objects.filter(kind="category", code__in=TAGGED)
    terms.update(livelihood=True)


class Migration(migrations.Migration):
    dependencies = [("complaints", "0004_claims_of_grids")]

    operations = [
        migrations.AddField(
            model_name="term",
            name="livelihood",
            field=models.BooleanField(default=False, verbose_name="民生"),
        ),
        migrations.RunPython(tag, migrations.RunPython.noop),
    ]
