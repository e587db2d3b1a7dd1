"""Who gets a report by mail, and when.

Source: campaign plan 四 (S1-4.2j).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import workplaces

if TYPE_CHECKING:
    from accounts.models import User


class SubscriptionQuerySet(models.QuerySet["Subscription"]):
    def visible_to(self, user: User) -> SubscriptionQuerySet:
        """Subscriptions of the offices that the person works in."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=workplaces(user, Permission.REPORT_VIEW))

    def due(self, *, now: Any) -> SubscriptionQuerySet:
        return self.filter(active=True, next_run_at__lte=now)


class Subscription(models.Model):
    """Who gets the report by mail at which times. A row of ours, so that staff can change it."""

    class Rhythm(models.TextChoices):
        ONCE = "once", _("一次")
        WORKDAYS = "workdays", _("每个工作日")
        WEEKLY = "weekly", _("每周")
        MONTHLY = "monthly", _("每月")

    class Content(models.TextChoices):
        PROGRESS = "progress", _("进展情况（发送时取数）")
        ISSUED = "issued", _("最近印发的报告")

    campaign = models.ForeignKey("campaign.Campaign", models.PROTECT, related_name="subscriptions")
    phase = models.ForeignKey("campaign.Phase", models.PROTECT, related_name="subscriptions")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制单位")
    )
    template_code = models.CharField(_("报告模板"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    content = models.CharField(_("内容"), max_length=10, choices=Content, default=Content.PROGRESS)
    recipients = models.ManyToManyField(
        "accounts.Organisation", related_name="+", blank=True, verbose_name=_("收件单位")
    )
    people = models.ManyToManyField(
        "accounts.User", related_name="+", blank=True, verbose_name=_("收件人")
    )
    rhythm = models.CharField(_("频次"), max_length=10, choices=Rhythm)
    send_at = models.TimeField(_("发送时间"))
    weekday = models.PositiveSmallIntegerField(_("星期"), null=True, blank=True)
    month_day = models.PositiveSmallIntegerField(_("每月几日"), null=True, blank=True)
    # Province codes; empty means all.
    filters = models.JSONField(_("范围"), default=list, blank=True)
    skip_if_empty = models.BooleanField(_("没有内容时不发送"), default=True)
    active = models.BooleanField(_("启用"), default=True)
    next_run_at = models.DateTimeField(_("下次发送"), null=True, blank=True, db_index=True)
    last_run_at = models.DateTimeField(_("上次运行"), null=True, blank=True)
    last_result = models.CharField(_("上次结果"), max_length=200, blank=True)
    last_error = models.TextField(_("上次错误"), blank=True)
    last_digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报告订阅")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="subscription_day_fits_its_rhythm",
                condition=~Q(rhythm__in=["weekly", "monthly"])
                | Q(rhythm="weekly", weekday__range=(0, 6))
                | Q(rhythm="monthly", month_day__range=(1, 28)),
            ),
        ]

    def __str__(self) -> str:
        return self.title
