"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportingConfig(AppConfig):
    name = "reporting"
    verbose_name = _("报送与报告")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from core import files, search
        from reporting import access, finders

        files.register_owner("filing", access.may_open_attachment)
        search.register("filings", finders.filings, label=_("报送"))
        search.register("receipts", finders.receipts, label=_("回执"))
        search.register("stage_reports", finders.stage_reports, label=_("阶段报告"))
