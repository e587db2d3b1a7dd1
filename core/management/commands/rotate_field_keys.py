"""``manage.py rotate_field_keys``: write every encrypted field under today's key and cipher."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand

from core import fields


class Command(BaseCommand):
    help = "Writes every encrypted value under the first key of FIELD_KEYS; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        for model in apps.get_models():
            if any(isinstance(f, fields.EncryptedTextField) for f in model._meta.get_fields()):
                self.stdout.write(f"{model._meta.label}: {fields.rotate(model)}")
        for name, rotation in sorted(fields.rotations().items()):
            self.stdout.write(f"{name}: {rotation()}")
        self.stdout.write("done")
