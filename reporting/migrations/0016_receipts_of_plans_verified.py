"""Receipts of ordered-use plans and emergency plans get codes by which anybody can verify them."""

import base64

from django.db import migrations, models
from django.utils.crypto import salted_hmac

LENGTH = 20


def code_of(number, digest):
    """As receipts of filings have it."""
    seal = salted_hmac("reporting.receipt", f"{number}:{digest}", algorithm="sha256").digest()
    return base64.b32encode(seal).decode()[:LENGTH]


def give_codes(apps, schema_editor):
    receipts = apps.get_model("reporting", "PlanReceipt").objects
    for one in receipts.filter(verify_code__isnull=True).iterator(chunk_size=500):
        one.verify_code = code_of(one.number, one.digest)
        one.save(update_fields=["verify_code"])
    versions = apps.get_model("reporting", "EmergencyPlanVersion").objects
    for one in versions.exclude(receipt_number="").iterator(chunk_size=500):
        one.verify_code = code_of(one.receipt_number, one.digest)
        one.save(update_fields=["verify_code"])


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0015_service_checks"),
    ]

    operations = [
        migrations.AddField(
            model_name="emergencyplanversion",
            name="verify_code",
            field=models.CharField(
                blank=True, max_length=32, null=True, unique=True, verbose_name="核验码"
            ),
        ),
        migrations.AddField(
            model_name="planreceipt",
            name="verify_code",
            field=models.CharField(max_length=32, null=True, verbose_name="核验码"),
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="planreceipt",
            name="verify_code",
            field=models.CharField(max_length=32, unique=True, verbose_name="核验码"),
        ),
    ]
