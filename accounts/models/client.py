"""Machine clients of the API: whose they are, what they may do, and how they prove themselves."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation
from accounts.models.people import Standing
from accounts.permissions import Permission, Role
from accounts.scopes import Scope, role_of
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models.people import User


class ApiClientQuerySet(models.QuerySet["ApiClient"]):
    def visible_to(self, user: User) -> ApiClientQuerySet:
        """Those of organisations whose clients the person looks after."""
        if not user.is_authenticated:
            return self.none()
        managed = Organisation.objects.visible_to(user, Permission.CLIENT_MANAGE)
        return self.filter(organisation__in=managed)


class ApiClient(Standing, models.Model):
    """A system of an organisation that signs in with a token; it sees what its organisation sees.

    The token is known to its holder only: kept are its public half, by which it is found, and the
    hash of its secret half. The signing secret has to be readable and is encrypted.
    """

    is_authenticated = True
    is_anonymous = False
    is_client = True

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="api_clients", verbose_name=_("所属单位")
    )
    name = models.CharField(_("客户端名称"), max_length=60)
    key_id = models.CharField(_("令牌编号"), max_length=16, unique=True)
    token_digest = models.CharField(max_length=64)
    scopes = models.JSONField(_("接口权限"), default=list)
    # Why it reads complainants in full; goes into the audit trail with every reading.
    purpose = models.CharField(_("使用个人信息的用途"), max_length=200, blank=True)
    # Addresses or networks that it may call from; empty: from anywhere.
    addresses = models.JSONField(_("允许的来源地址"), default=list, blank=True)
    # It signs what it sends after Standard Webhooks.
    signed = models.BooleanField(_("请求须签名"), default=False)
    secret = EncryptedTextField(_("签名密钥"), blank=True)
    per_minute = models.PositiveIntegerField(_("每分钟请求上限"), default=600)
    expires_on = models.DateField(_("有效期至"))
    suspended_at = models.DateTimeField(_("停用时间"), null=True, blank=True)
    rotated_at = models.DateTimeField(_("令牌更换时间"), null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ApiClientQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("接口客户端")
        ordering = ["organisation", "name"]
        constraints = [
            models.UniqueConstraint(
                name="api_client_name_once_per_organisation", fields=["organisation", "name"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.name}"

    @cached_property
    def stands(self) -> list[tuple[Organisation, Role]]:
        """Where it stands: in its organisation, with what its scopes give."""
        return [(self.organisation, role_of(self.scopes))]

    @property
    def home(self) -> Organisation:
        return self.organisation

    def state(self, *, on: date) -> str:
        """``suspended``, ``expired`` or ``in_force`` on a day."""
        if self.suspended_at:
            return "suspended"
        return "expired" if self.expires_on < on else "in_force"

    @property
    def scope_labels(self) -> list[str]:
        return [str(Scope(code).label) for code in self.scopes if code in Scope.values]

    @property
    def last_used_at(self) -> datetime | None:
        usage = getattr(self, "usage", None)
        return usage.last_used_at if usage else None


class ApiUsage(models.Model):
    """How often a client asked in the present minute, and when it last did.

    A row of its own, written by one conditional UPDATE per request, so that the limit is exact at
    any concurrency and the client's own row stays still.
    """

    client = models.OneToOneField(ApiClient, models.CASCADE, primary_key=True, related_name="usage")
    minute = models.PositiveBigIntegerField(default=0)
    used = models.PositiveIntegerField(default=0)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("接口使用计数")

    def __str__(self) -> str:
        return f"{self.client_id} {self.used}"
