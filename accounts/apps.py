"""Django's wiring of the app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("组织与人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import checks, doors, finders, receivers, second_factor  # noqa: F401
        from core import fields

        fields.register_rotation("mfa.Authenticator", second_factor.rotate)
