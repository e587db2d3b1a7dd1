"""Checks of service at windows and units: the standard by version, and what a check found.

Source: campaign plan 三(一)3 (S1-3.1.3c): service to the standard and convenient.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import arithmetic

if TYPE_CHECKING:
    from decimal import Decimal

    from accounts.models import User


class ServiceStandardQuerySet(models.QuerySet["ServiceStandard"]):
    def on(self, day: date) -> ServiceStandard | None:
        """The version of a day."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-version").first()


class ServiceStandard(models.Model):
    """One version of what is looked at: items with their points."""

    version = models.PositiveSmallIntegerField(_("版本"), unique=True)
    title = models.CharField(_("检查表"), max_length=80)
    # [{code, group, title, points}]
    items = models.JSONField(_("检查项目"))
    # From so many per cent on a window is up to standard.
    passed_from = models.PositiveSmallIntegerField(_("达标分"))
    basis = models.CharField(_("依据"), max_length=200)
    valid_from = models.DateField(_("启用日期"))

    objects = ServiceStandardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("规范服务检查表")
        ordering = ["version"]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def points(self) -> dict[str, int]:
        return {one["code"]: one["points"] for one in self.items}


class ServiceCheckQuerySet(models.QuerySet["ServiceCheck"]):
    def visible_to(self, user: User) -> ServiceCheckQuerySet:
        """Those of units in sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))


class ServiceCheck(models.Model):
    """One visit of an office to a window or unit: points per item. Corrected by a new one."""

    class Manner(models.TextChoices):
        OPEN = "open", _("明查")
        COVERT = "covert", _("暗访")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("检查机构")
    )
    standard = models.ForeignKey(
        ServiceStandard, models.PROTECT, related_name="checks", verbose_name=_("检查表")
    )
    place = models.CharField(_("窗口"), max_length=80)
    manner = models.CharField(_("方式"), max_length=8, choices=Manner)
    checked_on = models.DateField(_("检查日期"))
    # Code of an item → points that were given; an item that does not apply is left out.
    points = models.JSONField(_("得分"))
    remarks = models.CharField(_("发现的问题"), max_length=500, blank=True)
    got = models.PositiveIntegerField(_("得分合计"))
    possible = models.PositiveIntegerField(_("应得分合计"))
    up_to_standard = models.BooleanField(_("达标"))
    # A check that was entered wrongly is taken back, with the reason; it counts no more.
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登记时间"))

    objects = ServiceCheckQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("规范服务检查")
        ordering = ["-checked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="service_check_once_per_place_and_day",
                fields=["organisation", "place", "checked_on"],
                condition=Q(withdrawn_at__isnull=True),
            ),
            models.CheckConstraint(
                name="service_check_points_within_the_possible",
                condition=Q(possible__gt=0, got__lte=F("possible")),
            ),
        ]
        indexes = [
            models.Index(fields=["-checked_on", "-id"], name="service_check_by_day"),
            models.Index(fields=["organisation", "-checked_on"], name="service_check_by_unit"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.place}"

    @property
    def score(self) -> Decimal | None:
        """Points in per cent of those that were possible."""
        return arithmetic.share(self.got, self.possible)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Each item with what it got; None where it did not apply."""
        return [{**one, "got": self.points.get(one["code"])} for one in self.standard.items]
