"""What enterprises promise and have to disclose, and when they did so last.

Source: campaign plan 三(一)3 (S1-3.1.3a, S1-3.1.3b), 二(二)1 (S1-2.2.1b).
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.spans import in_force

if TYPE_CHECKING:
    from accounts.models import User


# A remark for staff at the end of a source: （启用日期待核对）.
UNCHECKED = re.compile(r"（[^（）]*待核对）")


class InForceQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def in_force(self, *, on: date) -> InForceQuerySet:
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> InForceQuerySet:
        """Public facts."""
        return self.all()


class Promise(models.Model):
    """What an enterprise (with all below it) promised society, and how it is measured."""

    code = models.CharField(_("代码"), max_length=40)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="promises", verbose_name=_("承诺单位")
    )
    text = models.CharField(_("承诺内容"), max_length=300)
    # Empty: not measured by the portal.
    indicator_code = models.CharField(_("对应指标"), max_length=40, blank=True)
    value = models.DecimalField(_("承诺值"), max_digits=14, decimal_places=4, null=True, blank=True)
    source = models.CharField(_("来源"), max_length=200)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务承诺")
        ordering = ["organisation", "order", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="promise_once_per_start", fields=["code", "valid_from"]),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def public_source(self) -> str:
        """The source as everybody reads it: what staff still have to check is no news for them."""
        return UNCHECKED.sub("", self.source)


class DisclosureItem(models.Model):
    """A kind of information that enterprises disclose, and how fresh it must be."""

    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("公开事项"), max_length=120)
    # Days after which what was disclosed is out of date.
    every_days = models.PositiveSmallIntegerField(_("更新周期（天）"))
    basis = models.CharField(_("依据"), max_length=200)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    order = models.PositiveSmallIntegerField(default=0)

    objects = InForceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("信息公开事项")
        ordering = ["order", "code"]
        constraints = [
            models.UniqueConstraint(
                name="disclosure_item_once_per_start", fields=["code", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DisclosureQuerySet(models.QuerySet["Disclosure"]):
    def visible_to(self, user: User) -> DisclosureQuerySet:
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def standing(self) -> DisclosureQuerySet:
        """Not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Disclosure(models.Model):
    """An enterprise disclosed an item on a day, at an address or place."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("公开单位")
    )
    item = models.ForeignKey(DisclosureItem, models.PROTECT, related_name="disclosures")
    published_on = models.DateField(_("公开日期"))
    place = models.CharField(_("公开渠道"), max_length=120)
    url = models.URLField(_("网址"), max_length=300, blank=True)
    summary = models.CharField(_("内容摘要"), max_length=300, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))
    withdrawn_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)
    withdrawn_reason = models.CharField(_("撤下理由"), max_length=200, blank=True)

    objects = DisclosureQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("信息公开记录")
        ordering = ["-published_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="disclosure_once_per_day",
                fields=["organisation", "item", "published_on"],
                condition=Q(withdrawn_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.item} · {self.published_on}"
