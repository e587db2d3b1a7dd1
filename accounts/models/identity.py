"""What sign-in keeps: counted attempts, single-use links and earlier passwords."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SignInAttempt(models.Model):
    """How many guesses one key (account, address, second factor) has used in its window.

    The key is a keyed hash, so that a password typed into the name field is not kept readable.
    """

    key = models.CharField(max_length=80, unique=True)
    window_from = models.DateTimeField()
    used = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("登录尝试计数")

    def __str__(self) -> str:
        return f"{self.key[:16]}… {self.used}"


class SignInLinkQuerySet(models.QuerySet["SignInLink"]):
    def usable(self, *, now: datetime) -> SignInLinkQuerySet:
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True, expires_at__gt=now)


class SignInLink(models.Model):
    """A link by which a person sets their password once: an invitation or a reset."""

    class Purpose(models.TextChoices):
        INVITATION = "invitation", _("邀请")
        RESET = "reset", _("重设口令")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_in_links")
    purpose = models.CharField(max_length=12, choices=Purpose)
    # SHA-256 of the random token; the token itself stands only in the letter.
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = SignInLinkQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("口令设置链接")

    def __str__(self) -> str:
        return f"{self.get_purpose_display()} {self.user_id}"


class PasswordHistory(models.Model):
    """A password that a person had (as a hash), so that it is not taken again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="old_passwords")
    encoded = models.CharField(max_length=128)
    set_at = models.DateTimeField()

    class Meta:
        verbose_name = verbose_name_plural = _("历史口令")
        ordering = ["-set_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.set_at:%Y-%m-%d}"
