"""Django's wiring of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GridsConfig(AppConfig):
    name = "grids"
    verbose_name = _("网格")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("grids.registrations").register()
        post_migrate.connect(import_module("grids.guards").install, sender=self)
