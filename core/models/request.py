"""What is remembered of requests, so that none has its effect twice."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import EncryptedTextField


class KeyedRequest(models.Model):
    """A request that came with an Idempotency-Key, and what was answered.

    ``scope`` says whose key it is. The answer may hold personal data and is encrypted.
    """

    scope = models.CharField(max_length=64)
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(_("收到时间"), db_index=True)
    # While it is being worked on: until when nobody else may begin.
    lease_until = models.DateTimeField()
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    status = models.PositiveSmallIntegerField(default=0)
    content_type = models.CharField(max_length=60, blank=True)
    body = EncryptedTextField(blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("带幂等键的请求")
        constraints = [
            models.UniqueConstraint(name="keyed_request_once", fields=["scope", "key"]),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.status}"


class SeenMessage(models.Model):
    """The id of a signed message: seen again, it is a replay."""

    scope = models.CharField(max_length=64)
    message_id = models.CharField(max_length=100)
    at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = verbose_name_plural = _("已收到的签名消息")
        constraints = [
            models.UniqueConstraint(name="seen_message_once", fields=["scope", "message_id"]),
        ]

    def __str__(self) -> str:
        return f"{self.scope} {self.message_id}"
