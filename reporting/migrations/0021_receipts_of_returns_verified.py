"""Receipts of returns get codes by which anybody can verify them."""

import base64

from django.db import migrations, models
from django.utils.crypto import salted_hmac

LENGTH = 20


def give_codes(apps, schema_editor):
    """As receipts of filings have them."""
    versions = apps.get_model("reporting", "ReturnVersion").objects
    filed = versions.exclude(receipt_number="").values_list("pk", "receipt_number", "digest")
    for pk, number, digest in filed.iterator(chunk_size=500):
        text = f"{number}:{digest}"
        seal = salted_hmac("reporting.receipt", text, algorithm="sha256").digest()
        versions.filter(pk=pk).update(verify_code=base64.b32encode(seal).decode()[:LENGTH])


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0020_hours_of_the_gap"),
    ]

    operations = [
        migrations.AddField(
            model_name="returnversion",
            name="verify_code",
            field=models.CharField(
                blank=True, db_index=True, default="", max_length=32, verbose_name="核验码"
            ),
            preserve_default=False,
        ),
        migrations.RunPython(give_codes, migrations.RunPython.noop),
    ]
