"""Trial evaluation of chosen units, and what units do about their weak points.

Source: campaign plan 二(二)4 (S1-2.2.4c to e).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User


class EvaluationQuerySet(models.QuerySet["Evaluation"]):
    def visible_to(self, user: User) -> EvaluationQuerySet:
        """The office's and those above it; a unit that is evaluated once it is concluded."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW)
        places = workplaces(user, Permission.INDICATOR_VIEW)
        offices = Q(pk__in=())
        for place in places:
            if place.is_regulator:
                offices |= Q(organisation__path__startswith=place.path)
        chosen = Evaluation.units.through.objects.filter(
            organisation__in=seen.order_by().values("pk")
        )
        concluded = Q(concluded_at__isnull=False, pk__in=chosen.values("evaluation"))
        return self.filter(offices | concluded)


class Evaluation(models.Model):
    """An office evaluates chosen units over one period in seven dimensions."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("组织单位")
    )
    title = models.CharField(_("名称"), max_length=120)
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    units = models.ManyToManyField(
        "accounts.Organisation", related_name="+", verbose_name=_("试点单位")
    )
    # {dimension: weight}, as it stood when the evaluation began.
    weights = models.JSONField(_("维度权重"))
    # What came out when it was concluded: {unit's code: {name, total, rank, dimensions, values}}.
    results = models.JSONField(_("评价结果"), default=dict)
    conclusion = models.TextField(_("评价意见"), blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("建立时间"))
    concluded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    concluded_at = models.DateTimeField(_("完成时间"), null=True, blank=True)

    objects = EvaluationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("试点评价")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="evaluation_period_right_way", condition=Q(last_day__gte=F("first_day"))
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


class ImprovementTaskQuerySet(models.QuerySet["ImprovementTask"]):
    def visible_to(self, user: User) -> ImprovementTaskQuerySet:
        """Of the units whose indicators the person reads."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def open(self) -> ImprovementTaskQuerySet:
        return self.exclude(state=ImprovementTask.State.CHECKED)


class ImprovementTask(models.Model):
    """A unit is to do better at an indicator: by which measure, by when, done, and checked."""

    class State(models.TextChoices):
        SET = "set", _("待改进")
        DONE = "done", _("待核查")
        CHECKED = "checked", _("已核查")

    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("下达单位")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    indicator = models.ForeignKey("reporting.Indicator", models.PROTECT, related_name="+")
    # What it came to when the task was set.
    value = models.ForeignKey(
        "reporting.IndicatorValue", models.PROTECT, null=True, blank=True, related_name="+"
    )
    evaluation = models.ForeignKey(
        Evaluation, models.PROTECT, null=True, blank=True, related_name="tasks"
    )
    problem = models.CharField(_("薄弱环节"), max_length=300)
    demand = models.CharField(_("改进要求"), max_length=300)
    due_on = models.DateField(_("完成期限"))
    measure = models.TextField(_("改进措施"), blank=True)
    result = models.TextField(_("完成情况"), blank=True)
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.SET)
    set_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("下达时间"))
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    checked_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    checked_at = models.DateTimeField(_("核查时间"), null=True, blank=True)
    opinion = models.CharField(_("核查意见"), max_length=300, blank=True)

    objects = ImprovementTaskQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("改进任务")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="improvement_checked_only_when_done",
                condition=Q(state="set", checked_at__isnull=True)
                | Q(state="done", done_at__isnull=False, checked_at__isnull=True)
                | Q(state="checked", done_at__isnull=False, checked_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.problem}"
