"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("报送与报告")
    default_auto_field = "django.db.models.BigAutoField"
