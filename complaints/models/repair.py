"""Repairs: when on site, when restored, how many households were without power meanwhile.

Source: campaign plan 二(一)1 (S1-2.1.1i): faults are repaired in time, residents' outage time is
shortened. Limits of arrival and restoration are the clocks of the procedures, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints.models.case import Case

if TYPE_CHECKING:
    from accounts.models import User


class RepairQuerySet(models.QuerySet["Repair"]):
    def visible_to(self, user: User) -> RepairQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))

    def restored(self) -> RepairQuerySet:
        return self.filter(restored_at__isnull=False)


class Repair(models.Model):
    """One repair of a fault; where the fault came back after restoration, it is another round."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="repairs")
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    # The report, or when the work began again.
    started_at = models.DateTimeField(_("报修时间"))
    interrupted_at = models.DateTimeField(_("停电开始时间"), null=True, blank=True)
    arrived_at = models.DateTimeField(_("到达现场时间"), null=True, blank=True)
    restored_at = models.DateTimeField(_("恢复供电时间"), null=True, blank=True)
    # Residents without power; empty: nobody counted them.
    households = models.PositiveIntegerField(_("停电户数"), null=True, blank=True)

    objects = RepairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("抢修记录")
        ordering = ["case", "round"]
        constraints = [
            models.UniqueConstraint(name="repair_round_once_per_case", fields=["case", "round"]),
            models.CheckConstraint(
                name="repair_on_site_before_restored",
                condition=Q(restored_at__isnull=True)
                | Q(arrived_at__isnull=True)
                | Q(arrived_at__lte=F("restored_at")),
            ),
            models.CheckConstraint(
                name="repair_interrupted_before_restored",
                condition=Q(restored_at__isnull=True)
                | Q(interrupted_at__isnull=True, started_at__lte=F("restored_at"))
                | Q(interrupted_at__lte=F("restored_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.round}"


class ResidentUsersQuerySet(models.QuerySet["ResidentUsers"]):
    def visible_to(self, user: User) -> ResidentUsersQuerySet:
        """Of the units in sight."""
        units = Organisation.objects.visible_to(user, Permission.CASE_VIEW)
        return self.filter(organisation__in=units.order_by().values("pk"))

    def standing(self) -> ResidentUsersQuerySet:
        """Without what was corrected."""
        return self.filter(replaced_at__isnull=True)


class ResidentUsers(models.Model):
    """How many residents a unit (with those below it) serves, from a day on."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    count = models.PositiveIntegerField(_("居民用户数"))
    valid_from = models.DateField(_("启用日期"))
    basis = models.CharField(_("数据来源"), max_length=200)
    correction = models.CharField(_("更正原因"), max_length=200, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = ResidentUsersQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("居民用户数")
        ordering = ["-valid_from", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="resident_users_one_standing",
                fields=["organisation", "valid_from"],
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(name="resident_users_positive", condition=Q(count__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.valid_from:%Y-%m-%d} {self.count}"
