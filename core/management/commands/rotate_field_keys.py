"""``manage.py rotate_field_keys``: write every encrypted field under today's key and cipher."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError

from core import fields


class Command(BaseCommand):
    help = "Writes every encrypted value under the first key of FIELD_KEYS; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        unreadable = 0
        for model in apps.get_models():
            if any(isinstance(f, fields.EncryptedTextField) for f in model._meta.get_fields()):
                rotated = fields.rotate(model)
                unreadable += rotated.unreadable
                self.stdout.write(f"{model._meta.label}: {rotated}")
        for name, rotation in sorted(fields.rotations().items()):
            rotated = rotation()
            unreadable += rotated.unreadable
            self.stdout.write(f"{name}: {rotated}")
        if unreadable:
            # Whoever takes an old key away now might lose them for good.
            raise CommandError(f"{unreadable} value(s) could not be read: keep every key")
        self.stdout.write("done")
