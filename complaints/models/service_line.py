"""Hotlines of power companies and the monthly returns of their service (S2-6.4.1).

What is short of the standard is judged by standards that are data with a first day.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, OuterRef, Q, Subquery, Sum
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.spans import Dated

if TYPE_CHECKING:
    from accounts.models import User


class HotlineQuerySet(models.QuerySet["Hotline"]):
    def visible_to(self, user: User) -> HotlineQuerySet:
        """Companies: which their units opened or answer for; regulators: of their territory."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.CASE_VIEW)
        seen = units.order_by().values("pk")
        return self.filter(Q(organisation__in=seen) | Q(responsible__in=seen))

    def open(self) -> HotlineQuerySet:
        return self.filter(closed_on__isnull=True)


class Hotline(models.Model):
    """A number under which a unit is reached; whoever is responsible files how it served."""

    class Channel(models.TextChoices):
        SERVICE = "service", _("客户服务热线")
        REPAIR = "repair", _("抢修电话")
        REMOTE = "remote", _("远程服务电话")
        SUPERVISION = "supervision", _("监督电话")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("开通单位")
    )
    number = models.CharField(_("号码"), max_length=30)
    channel = models.CharField(_("类别"), max_length=12, choices=Channel)
    hours = models.CharField(_("服务时间"), max_length=60)
    responsible = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    opened_on = models.DateField(_("开通日期"))
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    objects = HotlineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务热线")
        ordering = ["organisation", "number"]
        constraints = [
            models.UniqueConstraint(
                name="hotline_once_per_unit",
                fields=["organisation", "number"],
                condition=Q(closed_on__isnull=True),
            ),
            models.CheckConstraint(
                name="hotline_closed_after_opened",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.number}"


class HotlineReturnQuerySet(models.QuerySet["HotlineReturn"]):
    def standing(self) -> HotlineReturnQuerySet:
        """Without what was corrected."""
        return self.filter(replaced_at__isnull=True)

    def with_year(self) -> HotlineReturnQuerySet:
        """With the calls of its year up to its month: the connection rate is a rate of the year."""
        same_year = (
            HotlineReturn.objects.standing()
            .order_by()
            .filter(
                hotline=OuterRef("hotline"),
                month__year=OuterRef("month__year"),
                month__lte=OuterRef("month"),
            )
            .values("hotline")
        )
        return self.annotate(
            year_calls=Subquery(same_year.annotate(sum=Sum("calls")).values("sum")),
            year_connected=Subquery(same_year.annotate(sum=Sum("connected")).values("sum")),
        )


class HotlineReturn(models.Model):
    """How a hotline served in a month; a correction takes the place of what was filed before."""

    hotline = models.ForeignKey(Hotline, models.PROTECT, related_name="returns")
    # Its first day.
    month = models.DateField(_("月份"))
    calls = models.PositiveIntegerField(_("人工呼入量"))
    connected = models.PositiveIntegerField(_("人工接通量"))
    staff = models.PositiveIntegerField(_("座席人员数"))
    samples = models.PositiveIntegerField(_("抽检录音数"))
    score = models.DecimalField(
        _("抽检平均得分"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    recordings = models.PositiveSmallIntegerField(_("录音保存月数"))
    correction = models.CharField(_("更正原因"), max_length=200, blank=True)
    filed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    filed_at = models.DateTimeField(_("报送时间"))
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = HotlineReturnQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("热线服务情况")
        ordering = ["-month", "-filed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="hotline_return_one_standing",
                fields=["hotline", "month"],
                condition=Q(replaced_at__isnull=True),
            ),
            models.CheckConstraint(
                name="hotline_connected_of_calls", condition=Q(connected__lte=F("calls"))
            ),
            models.CheckConstraint(
                name="hotline_score_of_samples",
                condition=Q(samples=0, score__isnull=True)
                | Q(samples__gt=0, score__gte=0, score__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hotline} {self.month:%Y-%m}"


class HotlineStandard(models.Model):
    """The least that a figure of a return must reach, from a day on."""

    class Figure(models.TextChoices):
        CONNECTION = "connection_rate", _("年累计接通率（%）")
        STAFF = "staff", _("座席人员数")
        SCORE = "sample_score", _("抽检平均得分")
        RECORDINGS = "recordings", _("录音保存月数")

    figure = models.CharField(_("指标"), max_length=20, choices=Figure)
    least = models.DecimalField(_("不低于"), max_digits=6, decimal_places=2)
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = Dated.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("热线服务标准")
        ordering = ["figure", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="hotline_standard_once_per_start", fields=["figure", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_figure_display()} ≥ {self.least.normalize():f}"
