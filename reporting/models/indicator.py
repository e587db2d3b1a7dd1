"""Indicators as data, and their values: each with the numbers that it was computed from.

Source: campaign plan 二(二)4 (S1-2.2.4a, S1-2.2.4b): a system of indicators, put in numbers.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User


# Units that indicators are computed for.
MEASURED = (
    Organisation.Kind.GRID_GROUP,
    Organisation.Kind.PROVINCIAL_COMPANY,
    Organisation.Kind.PREFECTURE_ENTERPRISE,
    Organisation.Kind.COUNTY_ENTERPRISE,
)


class Dimension(models.TextChoices):
    """The seven sides of the comprehensive evaluation (S1-2.2.4d)."""

    LAW = "D1", _("守法和准入")
    MARKET = "D2", _("市场和公平")
    COST = "D3", _("成本和效率")
    QUALITY = "D4", _("质量和服务")
    SAFETY = "D5", _("安全和应急")
    ENVIRONMENT = "D6", _("环境和能效")
    DEVELOPMENT = "D7", _("发展和风险防控")


class Goal(models.TextChoices):
    """The goals of the campaign plan 一(二) (S1-1.2a to d)."""

    DAILY_USE = "a", _("保障居民生活用电")
    CONDUCT = "b", _("规范供电服务行为和政风行风")
    RIGHTS = "c", _("建立保障基本用电权益的公共服务体系")
    SERVICE = "d", _("提供优质、高效、便捷的服务")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    def visible_to(self, user: User) -> IndicatorQuerySet:
        """The catalogue is for everybody who reads indicators, or maintains them."""
        may = user.can(Permission.INDICATOR_VIEW) or user.can(Permission.RULE_MANAGE)
        return self if may else self.none()

    def in_force(self, *, on: date) -> IndicatorQuerySet:
        """Per code the version that holds on a day: the latest that had begun by then."""
        latest = (
            self.filter(code=models.OuterRef("code"), valid_from__lte=on)
            .order_by("-valid_from")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(latest), retired=False)


class Indicator(models.Model):
    """One version of an indicator, in force from a day until the next begins."""

    class Direction(models.TextChoices):
        UP = "up", _("越高越好")
        DOWN = "down", _("越低越好")
        NONE = "none", _("不评价")

    class Area(models.TextChoices):
        ALL = "", _("不分城乡")
        URBAN = "urban", _("城市")
        RURAL = "rural", _("农村")
        REMOTE = "remote", _("边远")

    code = models.CharField(_("代码"), max_length=40)
    name = models.CharField(_("名称"), max_length=80)
    formula = models.CharField(_("计算公式"), max_length=400)
    # {name in the formula: {label, source, …}}: see reporting/indicators/sources.py.
    inputs = models.JSONField(_("计算数据"))
    unit = models.CharField(_("单位"), max_length=20)
    decimals = models.PositiveSmallIntegerField(_("小数位数"), default=2)
    source = models.CharField(_("依据"), max_length=200)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    threshold = models.DecimalField(
        _("规定值"), max_digits=14, decimal_places=4, null=True, blank=True
    )
    direction = models.CharField(_("方向"), max_length=4, choices=Direction)
    # The values that score nothing and everything, in a line between; empty: not scored.
    zero_at = models.DecimalField(_("零分值"), max_digits=14, decimal_places=4, null=True)
    full_at = models.DecimalField(_("满分值"), max_digits=14, decimal_places=4, null=True)
    weight = models.DecimalField(_("权重"), max_digits=6, decimal_places=2, default=0)
    dimension = models.CharField(_("评价维度"), max_length=2, choices=Dimension)
    goal = models.CharField(_("目标"), max_length=1, choices=Goal, blank=True)
    area_type = models.CharField(_("城乡类别"), max_length=8, choices=Area, blank=True)
    # Kinds of periods that it is computed for: month, quarter, year.
    periods = models.JSONField(_("统计期"), default=list)
    public = models.BooleanField(_("可以公开"), default=False)
    valid_from = models.DateField(_("启用日期"))
    # A last version that says: not computed any more.
    retired = models.BooleanField(_("停用"), default=False)
    order = models.PositiveSmallIntegerField(default=0)

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("监管指标")
        ordering = ["order", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="indicator_one_version_per_start", fields=["code", "valid_from"]
            ),
            models.CheckConstraint(
                name="indicator_scored_from_zero_to_full",
                condition=Q(zero_at__isnull=True, full_at__isnull=True)
                | Q(zero_at__isnull=False, full_at__isnull=False) & ~Q(zero_at=F("full_at")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def unsourced(self) -> list[tuple[str, str]]:
        """The numbers that nothing in the portal tells, each with the reason: it has no value."""
        return [(one["label"], one["why"]) for one in self.inputs.values() if one["source"] == NONE]


# A number that nothing in the portal tells; its ``why`` says what is missing.
NONE = "none"


class IndicatorValueQuerySet(models.QuerySet["IndicatorValue"]):
    def visible_to(self, user: User) -> IndicatorValueQuerySet:
        """Of the organisations that the person reads indicators of."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def standing(self) -> IndicatorValueQuerySet:
        """Without what was computed anew since."""
        return self.filter(superseded_by__isnull=True)

    def of(self, period: Period) -> IndicatorValueQuerySet:
        return self.filter(first_day=period.first, last_day=period.last)

    def published(self) -> IndicatorValueQuerySet:
        """Those that everybody may read."""
        return self.filter(published_at__isnull=False, indicator__public=True)


class IndicatorValue(models.Model):
    """What an indicator came to for an organisation and a period; never changed.

    When something below it is corrected, a new value stands and the old one points to it.
    """

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="values_computed")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    # Empty: something is missing, or the base is nothing.
    value = models.DecimalField(_("数值"), max_digits=20, decimal_places=6, null=True)
    # {name: {label, value, url, rows}}: the numbers and where each came from.
    inputs = models.JSONField(_("计算数据"))
    computed_at = models.DateTimeField(_("计算时间"))
    superseded_by = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="supersedes"
    )
    # Why it was computed anew.
    cause = models.CharField(_("重算原因"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)
    published_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = IndicatorValueQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标值")
        ordering = ["-last_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="indicator_value_one_standing",
                fields=["indicator", "organisation", "first_day", "last_day"],
                condition=Q(superseded_by__isnull=True),
            ),
            models.CheckConstraint(
                name="indicator_value_period_right_way", condition=Q(last_day__gte=F("first_day"))
            ),
        ]
        indexes = [
            models.Index(name="indicator_value_by_period", fields=["last_day", "first_day"]),
        ]

    def __str__(self) -> str:
        return f"{self.indicator} {self.organisation} {self.period.text}"

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def is_partial(self) -> bool:
        """Whether a sum over units in it lacks some of them: not judged, scored or published."""
        return any("owed" in one for one in self.inputs.values())
