"""Lines that enterprises share with residents, what load control reaches, and who may yield load.

Source: campaign plan 三、(三)1(4) (S1-3.3.1(4)b), services in grids 5.1.1 (S2-5.1.1b, c, d).
"""

from __future__ import annotations

from decimal import ROUND_FLOOR, Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reporting.models.shortage import OfUnits

if TYPE_CHECKING:
    from datetime import date


CENT = Decimal("0.01")


class MixedLineQuerySet(OfUnits["MixedLine"]):
    def lacking(self) -> MixedLineQuerySet:
        """Hard to separate, and without a device yet."""
        return self.filter(separable=False, done_on__isnull=True, separated_on__isnull=True)

    def overdue(self, *, on: date) -> MixedLineQuerySet:
        return self.lacking().filter(due_on__lt=on)


class MixedLine(models.Model):
    """A line that serves enterprises and residents. One that cannot be separated gets a device.

    The device cuts the production part alone; ``due_on`` by when it is to be fitted.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    code = models.CharField(_("线路编号"), max_length=40)
    name = models.CharField(_("线路名称"), max_length=60)
    substation = models.CharField(_("变电站"), max_length=60, blank=True)
    residents = models.PositiveIntegerField(_("居民户数"))
    enterprises = models.PositiveIntegerField(_("企业户数"))
    separable = models.BooleanField(_("可分离"), default=False)
    due_on = models.DateField(_("加装期限"), null=True, blank=True)
    done_on = models.DateField(_("加装完成日期"), null=True, blank=True)
    # The enterprises were moved to a line of their own: nothing to fit any more.
    separated_on = models.DateField(_("分离完成日期"), null=True, blank=True)
    # When that was entered: events that had begun before are held against the line as it was.
    separation_entered_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))

    objects = MixedLineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("企业居民共线线路")
        ordering = ["organisation", "code"]
        constraints = [
            models.UniqueConstraint(name="mixed_line_once", fields=["organisation", "code"]),
            models.CheckConstraint(
                name="mixed_line_has_residents_and_enterprises",
                condition=Q(residents__gt=0, enterprises__gt=0),
            ),
            models.CheckConstraint(
                name="mixed_line_inseparable_has_its_day",
                condition=Q(separable=True) | Q(due_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}（{self.code}）"


class LoadControlQuerySet(OfUnits["LoadControl"]):
    def standing(self) -> LoadControlQuerySet:
        """Without what was corrected."""
        return self.filter(replaced_at__isnull=True)


class LoadControl(models.Model):
    """What of its peak a unit can watch and control by its load management system. MW."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    counted_on = models.DateField(_("统计日期"))
    peak_mw = models.DecimalField(_("最大用电负荷"), max_digits=12, decimal_places=2)
    monitored_mw = models.DecimalField(_("可监测负荷"), max_digits=12, decimal_places=2)
    controlled_mw = models.DecimalField(_("可控制负荷"), max_digits=12, decimal_places=2)
    # Users from the capacity that the rule names, and those of them under management.
    users = models.PositiveIntegerField(_("应纳入管理用户数"))
    managed_users = models.PositiveIntegerField(_("已纳入管理用户数"))
    basis = models.CharField(_("数据来源"), max_length=200)
    correction = models.CharField(_("更正原因"), max_length=200, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = LoadControlQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("负荷管理能力")
        ordering = ["-counted_on", "-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="load_control_one_standing",
                fields=["organisation", "counted_on"],
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="load_control_parts_of_peak",
                condition=Q(
                    peak_mw__gt=0,
                    controlled_mw__gte=0,
                    controlled_mw__lte=F("monitored_mw"),
                    monitored_mw__lte=F("peak_mw"),
                    managed_users__lte=F("users"),
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.counted_on:%Y-%m-%d}"

    @property
    def monitored_share(self) -> Decimal:
        """In per cent of the peak, two decimals, cut off: what is short of a limit reads so."""
        return (self.monitored_mw * 100 / self.peak_mw).quantize(CENT, ROUND_FLOOR)

    @property
    def controlled_share(self) -> Decimal:
        return (self.controlled_mw * 100 / self.peak_mw).quantize(CENT, ROUND_FLOOR)


class ResponseResourceQuerySet(OfUnits["ResponseResource"]):
    def standing(self) -> ResponseResourceQuerySet:
        """Those that still take part."""
        return self.filter(ended_on__isnull=True)


class ResponseResource(models.Model):
    """A user of a grid who lowers load when asked (需求响应). Residents are never among them."""

    class Kind(models.TextChoices):
        INDUSTRY = "industry", _("工业可调节负荷")
        COOLING = "cooling", _("空调及制冷负荷")
        STORAGE = "storage", _("储能")
        CHARGING = "charging", _("充电设施")
        LIGHTING = "lighting", _("景观照明")
        OTHER = "other", _("其他")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    grid = models.CharField(_("网格"), max_length=60)
    user_no = models.CharField(_("户号"), max_length=40)
    user_name = models.CharField(_("用户名称"), max_length=80)
    kind = models.CharField(_("资源类别"), max_length=10, choices=Kind)
    capacity_kw = models.DecimalField(_("可响应负荷"), max_digits=12, decimal_places=2)
    notice_minutes = models.PositiveIntegerField(_("提前通知"))
    agreed_on = models.DateField(_("签约日期"))
    ended_on = models.DateField(_("退出日期"), null=True, blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))

    objects = ResponseResourceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("需求响应资源")
        ordering = ["organisation", "grid", "user_no"]
        constraints = [
            models.UniqueConstraint(
                name="response_resource_once",
                fields=["organisation", "user_no"],
                condition=Q(ended_on__isnull=True),
            ),
            models.CheckConstraint(name="response_resource_yields", condition=Q(capacity_kw__gt=0)),
        ]

    def __str__(self) -> str:
        return f"{self.user_name}（{self.user_no}）"
