"""``manage.py seal_files``: encrypt stored files that are not yet, or not under today's key."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from core import sealed_files


class Command(BaseCommand):
    help = "Encrypts every stored file under the first key of FIELD_KEYS; may be run again."

    def handle(self, *args: Any, **options: Any) -> None:
        rotated = sealed_files.rotate()
        self.stdout.write(f"{rotated.written} file(s) sealed")
        if rotated.unreadable:
            self.stderr.write(f"{rotated.unreadable} file(s) unreadable: verify names them")
