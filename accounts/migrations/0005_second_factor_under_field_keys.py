"""Secrets of the second factor move from a box of their own to the keys of field encryption."""

import base64
import hmac

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import migrations

from accounts.second_factor import rewritten
from core import crypto

CONTEXT = "mfa.authenticator.data"


def old_box():
    key = hmac.digest(settings.SECRET_KEY.encode(), b"portal second factor", "sha256")
    return Fernet(base64.urlsafe_b64encode(key))


def move(apps, schema_editor):
    box = old_box()

    def again(value):
        if value.startswith(crypto.PREFIX):
            return value
        try:
            return crypto.encrypt(box.decrypt(value.encode()).decode(), context=CONTEXT)
        except InvalidToken:
            # Written under another SECRET_KEY: nobody could sign in with it before either.
            return value

    rows = apps.get_model("mfa", "Authenticator")._base_manager
    for row in rows.order_by("pk").iterator():
        data = rewritten(row.data, again)
        if data != row.data:
            rows.filter(pk=row.pk).update(data=data)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_nobody_is_superuser"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [migrations.RunPython(move)]
