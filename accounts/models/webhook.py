"""Where a company's system wants to be called, and the secrets that its calls are signed with."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models.client import ApiClient
from accounts.models.organisation import Organisation
from core.fields import EncryptedTextField


class WebhookEndpointQuerySet(models.QuerySet["WebhookEndpoint"]):
    def visible_to(self, user) -> WebhookEndpointQuerySet:  # type: ignore[no-untyped-def]
        """Those of the clients that the person looks after."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(client__in=ApiClient.objects.visible_to(user).values("pk"))

    def open(self) -> WebhookEndpointQuerySet:
        return self.filter(closed_at__isnull=True)

    def covering(self, organisation: Organisation, *, on: date) -> WebhookEndpointQuerySet:
        """Open ones of clients in force, of the organisation itself and of those above it."""
        step = Organisation.steplen
        path = organisation.path
        paths = [path[:end] for end in range(step, len(path) + 1, step)]
        found = self.open().filter(
            client__organisation__path__in=paths,
            client__suspended_at__isnull=True,
            client__expires_on__gte=on,
        )
        return found.select_related("client__organisation")


class WebhookEndpoint(models.Model):
    """One address that is called; the former secret stays valid for a while after a change."""

    client = models.ForeignKey(
        ApiClient, models.PROTECT, related_name="endpoints", verbose_name=_("接口客户端")
    )
    name = models.CharField(_("用途"), max_length=40)
    # An address can carry a token of the receiver's.
    url = EncryptedTextField(_("推送地址"), tolerant=True)
    # Kinds of events that are told of; empty: all.
    kinds = models.JSONField(_("推送事项"), default=list, blank=True)
    secret = EncryptedTextField(_("签名密钥"))
    former_secret = EncryptedTextField(_("原签名密钥"), blank=True)
    former_until = models.DateTimeField(_("原密钥有效期至"), null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    objects = WebhookEndpointQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("推送地址")
        ordering = ["client", "pk"]

    def __str__(self) -> str:
        return f"{self.client} · {self.name}"

    @property
    def organisation(self) -> Organisation:
        return self.client.organisation

    def secrets(self, *, now: datetime) -> list[str]:
        """The secrets that are valid, the newest first."""
        if self.former_until is not None and now < self.former_until:
            return [self.secret, self.former_secret]
        return [self.secret]
