"""Django's wiring of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("诉求")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("complaints.invariants")
        import_module("complaints.sync_invariants")
        import_module("complaints.receivers")
        import_module("complaints.registrations").register()
        post_migrate.connect(import_module("complaints.feed").install, sender=self)
