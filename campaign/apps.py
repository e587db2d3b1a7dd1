"""Django's wiring of the app."""

from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = _("专项行动")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("campaign.receivers")
        import_module("campaign.rectification_rehearsal")
        import_module("campaign.registrations").register()
