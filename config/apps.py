"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from core import help as topics


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = _("平台")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        pages = ("workdays_year", "workdays_new", "workdays_version")
        topics.register(topics.Topic("workdays", _("工作日历"), pages))
