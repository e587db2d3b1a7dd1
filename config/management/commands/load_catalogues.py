"""Load every app's catalogue: calendars, organisations, campaign templates, forms."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.core.management.base import BaseCommand

from core import clock

# From the leaf upwards: what is above refers to what is below.
APPS = ("core", "accounts", "grids", "complaints", "campaign", "reporting")


def load_all(*, now) -> list[str]:
    """Call ``<app>.catalogue.load(now=)`` of every app that has one; returns their names."""
    loaded = []
    for app in APPS:
        if app in settings.INSTALLED_APPS and find_spec(f"{app}.catalogue"):
            import_module(f"{app}.catalogue").load(now=now)
            loaded.append(app)
    return loaded


class Command(BaseCommand):
    help = "Enter what is missing of the catalogues; may run at every start."

    def handle(self, *args, **options):
        for app in load_all(now=clock.now()):
            self.stdout.write(f"{app}: 目录已载入")
