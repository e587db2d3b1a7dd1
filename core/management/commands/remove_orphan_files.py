"""``manage.py remove_orphan_files``: contents without a row, left behind by a crash."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock, file_checks


class Command(BaseCommand):
    help = "Removes stored contents without a row that are older than an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        found = file_checks.orphans(now=clock.now())
        for path in found:
            self.stdout.write(path.name)
            if not options["dry_run"]:
                path.unlink(missing_ok=True)
        self.stdout.write(f"{len(found)} orphan(s)")
