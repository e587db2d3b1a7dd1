"""Gap forecasts with what came true beside them, and the rules of shortage as data.

Source: campaign plan 二(一)1 (S1-2.1.1a): the gap is forecast accurately; a gap of more than the
share that the rule names is reported.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock

if TYPE_CHECKING:
    from accounts.models import User

M = TypeVar("M", bound=models.Model)
DAY_MINUTES = 24 * 60


class OfUnits(models.QuerySet[M]):
    """Rows of one unit each: seen wherever the reports of that unit are."""

    def visible_to(self, user: User) -> OfUnits[M]:
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.FILING_VIEW)
        return self.filter(organisation__in=units.order_by().values("pk"))


class ShortageRuleQuerySet(models.QuerySet["ShortageRule"]):
    def current(self, code: str, *, on: date) -> ShortageRule:
        """The rule in force on a day. Raises ``ShortageRule.DoesNotExist``."""
        begun = self.filter(code=code, valid_from__lte=on).order_by("-valid_from")
        if (rule := begun.first()) is None:
            raise ShortageRule.DoesNotExist(code)
        return rule


class ShortageRule(models.Model):
    """A limit, a list or an allowance of managing shortage; a later rule is a later row."""

    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    content = models.JSONField(_("内容"))
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))

    objects = ShortageRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("缺电管理规则")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="shortage_rule_once_per_start", fields=["code", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.valid_from}）"


class GapForecastQuerySet(OfUnits["GapForecast"]):
    def standing(self) -> GapForecastQuerySet:
        """Without what a later forecast of the same hours took the place of."""
        return self.filter(replaced_at__isnull=True)

    def to_report(self) -> GapForecastQuerySet:
        """So large that they must be reported, and not reported yet."""
        return self.standing().filter(report_due_at__isnull=False, reported_at__isnull=True)


class GapForecast(models.Model):
    """How much power a unit lacks in some hours of a day, and how much it then lacked. MW.

    The band is minutes from midnight, its end up to 24:00. ``gap_mw`` 0: no gap is expected.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    day = models.DateField(_("日期"))
    from_minute = models.PositiveSmallIntegerField(_("时段起"))
    to_minute = models.PositiveSmallIntegerField(_("时段止"))
    gap_mw = models.DecimalField(_("预测缺口"), max_digits=12, decimal_places=2)
    peak_mw = models.DecimalField(_("最大用电需求"), max_digits=12, decimal_places=2)
    basis = models.CharField(_("预测依据"), max_length=300)
    published_at = models.DateTimeField(_("发布时间"))
    published_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(_("修订时间"), null=True, blank=True)
    actual_gap_mw = models.DecimalField(
        _("实际缺口"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    actual_peak_mw = models.DecimalField(
        _("实际最大用电需求"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    actual_at = models.DateTimeField(_("实际值登记时间"), null=True, blank=True)
    actual_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Where the share, forecast at any time or actual, is above the rule's.
    report_due_at = models.DateTimeField(_("报告期限"), null=True, blank=True)
    report_due_explanation = models.JSONField(default=list)
    reported_at = models.DateTimeField(_("报告时间"), null=True, blank=True)
    reported_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    report_words = models.TextField(_("报告内容"), blank=True)

    objects = GapForecastQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("负荷缺口预测")
        ordering = ["-day", "from_minute", "organisation", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="gap_forecast_one_standing",
                fields=["organisation", "day", "from_minute", "to_minute"],
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="gap_forecast_band_within_a_day",
                condition=Q(from_minute__lt=F("to_minute"), to_minute__lte=DAY_MINUTES),
            ),
            models.CheckConstraint(
                name="gap_forecast_gap_of_peak",
                condition=Q(peak_mw__gt=0, gap_mw__gte=0, gap_mw__lte=F("peak_mw")),
            ),
            models.CheckConstraint(
                name="gap_forecast_actual_whole",
                condition=Q(actual_gap_mw__isnull=True, actual_peak_mw__isnull=True)
                | Q(actual_gap_mw__gte=0, actual_peak_mw__gt=0, actual_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.day:%Y-%m-%d} {self.band}"

    @property
    def band(self) -> str:
        """08:00—13:00"""
        return f"{written(self.from_minute)}—{written(self.to_minute)}"

    @property
    def ends_at(self) -> datetime:
        """The instant at which its hours are over."""
        return clock.at(self.day) + timedelta(minutes=self.to_minute)

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends_at

    @property
    def is_afterwards(self) -> bool:
        """Whether it was published when its hours were over: no forecast any more."""
        return self.is_over(self.published_at)

    @property
    def share(self) -> Decimal:
        """The gap in per cent of the peak, exact."""
        return self.gap_mw * 100 / self.peak_mw


def written(minute: int) -> str:
    """08:00 of 480; 24:00 of 1440."""
    return f"{minute // 60:02}:{minute % 60:02}"


def minute_of(text: Any) -> int:
    """480 of 08:00. Raises ``ValueError``."""
    hours, sign, minutes = str(text).strip().replace("：", ":").partition(":")
    if not sign or not (hours.isascii() and hours.isdigit() and len(hours) <= 2):
        raise ValueError(text)
    if not (minutes.isascii() and minutes.isdigit() and len(minutes) == 2 and int(minutes) < 60):
        raise ValueError(text)
    if (found := int(hours) * 60 + int(minutes)) > DAY_MINUTES:
        raise ValueError(text)
    return found
