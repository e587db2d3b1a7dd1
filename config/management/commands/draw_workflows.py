"""Draw every workflow into docs/diagrams, or check that the drawings are up to date."""

from django.core.management.base import BaseCommand, CommandError

from config.diagrams import DIAGRAMS, FOLDER


class Command(BaseCommand):
    help = "Write the diagrams of all workflows; with --check only compare."
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true")

    def handle(self, *, check, **options):
        stale = [
            diagram
            for diagram in DIAGRAMS
            if not diagram.path.exists()
            or diagram.path.read_text(encoding="utf-8") != diagram.text()
        ]
        if check and stale:
            names = "、".join(diagram.name for diagram in stale)
            raise CommandError(f"图示已过时：{names}。请运行 manage.py draw_workflows。")
        FOLDER.mkdir(parents=True, exist_ok=True)
        for diagram in stale:
            diagram.path.write_text(diagram.text(), encoding="utf-8")
            self.stdout.write(f"{diagram.path.name}")
