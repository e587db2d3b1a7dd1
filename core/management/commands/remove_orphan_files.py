"""``manage.py remove_orphan_files``: contents without a row, left behind by a crash."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import clock, file_checks, file_cleanup
from core.models.file import path_of


class Command(BaseCommand):
    help = "Removes stored contents without a row that are older than an hour."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only list them")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        file_cleanup.put_back(now=now)
        found = file_checks.orphans(now=now)
        for path in found:
            self.stdout.write(path.name)
            if not options["dry_run"]:
                self.remove(path, now=now)
        self.stdout.write(f"{len(found)} orphan(s)")

    def remove(self, path: Path, *, now: datetime) -> None:
        """A content is asked once more: it may have been uploaded while the list was made."""
        if path == path_of(path.name):
            file_cleanup.discard(path, path.name, now=now)
        else:
            path.unlink(missing_ok=True)
