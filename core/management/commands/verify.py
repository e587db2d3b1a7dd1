"""``manage.py verify``: every business invariant, the audit chain and the stored files."""

from __future__ import annotations

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from core import invariants


class Command(BaseCommand):
    help = "Proves every invariant on this database; exit 1 and a list if any is broken."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = invariants.check_all()
        broken = {name: breaches for name, breaches in found.items() if breaches}
        if options["json"]:
            told = {"ok": not broken, "checks": len(found), "broken": broken}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            for name, breaches in broken.items():
                for breach in breaches:
                    self.stdout.write(f"{name}: {breach}")
            self.stdout.write(f"{len(found)} checks, {len(broken)} broken")
        if broken:
            sys.exit(1)
