"""Warnings and activations of ordered use, what was carried out, and what of it was not as planned.

Source: campaign plan 二(一)1 (S1-2.1.1e, f), 三、(三)1(2), (3) (S1-3.3.1(2), S1-3.3.1(3)a),
一(一)2 (S1-1.1.2b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from reporting.models.shortage import OfUnits
from reporting.workflow.activation import OVER, State

if TYPE_CHECKING:
    from accounts.models import User


class Measure(models.TextChoices):
    """In the order in which they are taken: 先错峰、后避峰、再限电、最后拉闸."""

    SHIFT = "错峰", _("错峰")
    AVOID = "避峰", _("避峰")
    LIMIT = "限电", _("限电")
    CUT = "拉闸", _("拉闸")


class ActivationQuerySet(OfUnits["Activation"]):
    def open(self) -> ActivationQuerySet:
        return self.filter(state__in=(State.ANNOUNCED, State.ACTIVE))


class Activation(models.Model):
    """One warning and the ordered use that followed it. Loads in MW.

    Grade and colour are those of the scheme in force; what they were before an adjustment stands in
    the moves.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    # The plan in force when it was started; without one what was carried out is a deviation.
    plan = models.ForeignKey(
        "reporting.OrderedUsePlan", models.PROTECT, null=True, blank=True, related_name="+"
    )
    grade = models.CharField(_("等级"), max_length=10)
    colour = models.CharField(_("颜色"), max_length=10, blank=True)
    gap_mw = models.DecimalField(_("最大缺口"), max_digits=12, decimal_places=2)
    peak_mw = models.DecimalField(_("最大用电需求"), max_digits=12, decimal_places=2)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ANNOUNCED)
    reason = models.CharField(_("原因"), max_length=300)
    announced_at = models.DateTimeField(_("预警时间"))
    announced_body = models.CharField(_("预警发布单位"), max_length=80)
    # The government body that approved carrying the plan out, and its document.
    approval_body = models.CharField(_("批准单位"), max_length=80, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=60, blank=True)
    started_at = models.DateTimeField(_("启动时间"), null=True, blank=True)
    # Until when the approval lets it last.
    until = models.DateTimeField(_("批准执行至"), null=True, blank=True)
    released_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    release_body = models.CharField(_("解除决定单位"), max_length=80, blank=True)
    release_reason = models.CharField(_("解除原因"), max_length=300, blank=True)
    report_due_at = models.DateTimeField(_("报送期限"), null=True, blank=True)
    report_due_explanation = models.JSONField(default=list)
    reported_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    reported_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Everybody who wrote in it since it was last reported; none of them certifies it.
    editors = models.JSONField(default=list)
    # How often its rows changed: whoever saves says which saving they saw.
    revision = models.PositiveIntegerField(default=0)

    objects = ActivationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("有序用电事件")
        ordering = ["-announced_at", "-pk"]
        indexes = [
            models.Index(fields=["organisation", "-announced_at"], name="activation_by_unit"),
        ]
        constraints = [
            models.CheckConstraint(
                name="activation_gap_of_peak",
                condition=Q(peak_mw__gt=0, gap_mw__gt=0, gap_mw__lte=F("peak_mw")),
            ),
            models.CheckConstraint(
                name="activation_started_only_when_approved",
                condition=Q(started_at__isnull=True)
                | Q(started_at__gte=F("announced_at"), until__gt=F("started_at"))
                & ~Q(approval_body=""),
            ),
            models.CheckConstraint(
                name="activation_released_exactly_when_over",
                condition=Q(state__in=list(OVER), released_at__isnull=False)
                | ~Q(state__in=list(OVER)) & Q(released_at__isnull=True),
            ),
            models.CheckConstraint(
                name="activation_released_after_start",
                condition=Q(released_at__isnull=True)
                | Q(started_at__isnull=True, released_at__gte=F("announced_at"))
                | Q(released_at__gte=F("started_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.announced_at:%Y-%m-%d} {self.grade}"


class ActivationMoveQuerySet(models.QuerySet["ActivationMove"]):
    def visible_to(self, user: User) -> ActivationMoveQuerySet:
        return self.filter(activation__in=Activation.objects.visible_to(user))


class ActivationMove(models.Model):
    """One step of an event: when it took effect, by whose decision, why; never changed."""

    activation = models.ForeignKey(Activation, models.CASCADE, related_name="moves")
    move = models.CharField(_("动作"), max_length=10)
    at = models.DateTimeField(_("生效时间"))
    body = models.CharField(_("决定单位"), max_length=80, blank=True)
    number = models.CharField(_("文号"), max_length=60, blank=True)
    grade = models.CharField(_("等级"), max_length=10, blank=True)
    until = models.DateTimeField(_("批准执行至"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=300, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))

    objects = ActivationMoveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("有序用电事件记录")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.activation} {self.move}"


class ExecutionRowQuerySet(models.QuerySet["ExecutionRow"]):
    def visible_to(self, user: User) -> ExecutionRowQuerySet:
        return self.filter(activation__in=Activation.objects.visible_to(user))


class ExecutionRow(models.Model):
    """What one user or line was told to do in an event and did. kW; times as they were.

    A user-level row has a user number, a line-level one only its line.
    """

    class Means(models.TextChoices):
        SELF = "用户自控", _("用户自控")
        TERMINAL = "负控终端", _("负控终端")
        SWITCH = "线路开关", _("线路开关")

    activation = models.ForeignKey(Activation, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("序号"))
    user_no = models.CharField(_("户号"), max_length=40, blank=True)
    user_name = models.CharField(_("用户名称"), max_length=80, blank=True)
    line_code = models.CharField(_("线路编号"), max_length=40, blank=True)
    measure = models.CharField(_("措施"), max_length=6, choices=Measure)
    means = models.CharField(_("控制方式"), max_length=8, choices=Means)
    ordered_kw = models.DecimalField(_("下达负荷"), max_digits=12, decimal_places=2)
    executed_kw = models.DecimalField(_("执行负荷"), max_digits=12, decimal_places=2)
    from_at = models.DateTimeField(_("开始时间"))
    to_at = models.DateTimeField(_("结束时间"))
    feeder_cut = models.BooleanField(_("拉闸"), default=False)
    resident_lines = models.PositiveIntegerField(_("涉及居民线路条次"), default=0)
    households = models.PositiveIntegerField(_("影响居民户数"), default=0)
    # Executed load times hours: see ``ordered.executing.energy_kwh``.
    energy_kwh = models.DecimalField(_("影响电量"), max_digits=16, decimal_places=3, default=0)

    objects = ExecutionRowQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("执行记录")
        ordering = ["activation", "number"]
        constraints = [
            models.UniqueConstraint(
                name="execution_row_number_once", fields=["activation", "number"]
            ),
            models.CheckConstraint(
                name="execution_row_ends_after_begin", condition=Q(to_at__gt=F("from_at"))
            ),
            models.CheckConstraint(
                name="execution_row_loads_not_negative",
                condition=Q(ordered_kw__gte=0, executed_kw__gte=0),
            ),
            # A limit by the switch of a line cuts it as well, whatever it is called.
            models.CheckConstraint(
                name="execution_row_cut_is_feeder_cut",
                condition=~Q(measure="拉闸") | Q(feeder_cut=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activation} {self.number}"
