"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _

from core import failpoints


class CoreConfig(AppConfig):
    name = "core"
    verbose_name = _("公共机制")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        # Every process knows every job, periodic duty and invariant of every app.
        from core import fields, sealed_files, wording

        wording.install()
        failpoints.refuse_in_production()
        fields.register_rotation("core.StoredFile", sealed_files.rotate)
        autodiscover_modules("checks", "tasks", "invariants")
