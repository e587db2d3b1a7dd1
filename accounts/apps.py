"""Django's wiring of the app."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("组织与人员")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from accounts import checks, doors, finders, guards, receivers, second_factor  # noqa: F401
        from accounts.models import AccessArchive
        from accounts.services import archives
        from core import fields, files

        post_migrate.connect(guards.install, sender=self)
        fields.register_rotation("mfa.Authenticator", second_factor.rotate)
        files.register_owner(
            archives.PURPOSE,
            lambda user, stored: (
                AccessArchive.objects.visible_to(user).filter(file=stored).exists()
            ),
        )
