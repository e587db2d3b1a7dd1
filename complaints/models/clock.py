"""Clocks of a case: what runs, until when, why, and what stopped or lengthened it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from complaints.models.case import Case
from complaints.workflow import ClockState

if TYPE_CHECKING:
    from accounts.models import User


class CaseClockQuerySet(models.QuerySet["CaseClock"]):
    def visible_to(self, user: User) -> CaseClockQuerySet:
        return self.filter(case__in=Case.objects.visible_to(user))

    def running(self) -> CaseClockQuerySet:
        return self.filter(state=ClockState.RUNNING)

    def due_for_step(self, *, now: datetime) -> CaseClockQuerySet:
        """Those at which a rung of the escalation ladder has come."""
        return self.running().filter(next_step_at__lte=now)


class CaseClock(models.Model):
    """One legal clock of a case. Started again, it is another round."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="clocks")
    code = models.CharField(_("代码"), max_length=30)
    round = models.PositiveSmallIntegerField(_("轮次"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=ClockState)
    started_at = models.DateTimeField(_("起算时间"))
    due_at = models.DateTimeField(_("截止时间"))
    stopped_at = models.DateTimeField(_("停止时间"), null=True, blank=True)
    # {"value": 10, "unit": "working_days"}
    allowance = models.JSONField(_("时限"))
    explanation = models.JSONField(_("期限说明"), default=list)
    provisional = models.BooleanField(_("期限待确认"), default=False)
    basis = models.CharField(_("依据"), max_length=300)
    # When the next rung of the ladder comes; empty where none is left.
    next_step_at = models.DateTimeField(null=True, blank=True)

    objects = CaseClockQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("诉求时限")
        ordering = ["started_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="clock_round_once_per_case", fields=["case", "code", "round"]
            ),
            models.UniqueConstraint(
                name="clock_ticks_once_per_case",
                fields=["case", "code"],
                condition=Q(state__in=("running", "paused")),
            ),
            models.CheckConstraint(
                name="clock_stopped_has_its_time",
                condition=Q(state__in=("running", "paused"), stopped_at__isnull=True)
                | Q(state__in=("met", "late", "void"), stopped_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_step_at"],
                name="clock_by_next_step",
                condition=Q(state="running", next_step_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} · {self.code}"


class ClockPause(models.Model):
    """A clock stood still from one instant to another, for a reason."""

    clock = models.ForeignKey(CaseClock, models.CASCADE, related_name="pauses")
    start = models.DateTimeField(_("暂停时间"))
    end = models.DateTimeField(_("恢复时间"), null=True, blank=True)
    reason = models.CharField(_("原因"), max_length=40)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    document_number = models.CharField(_("批准文号"), max_length=60, blank=True)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("计时暂停")
        ordering = ["start", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="pause_one_at_a_time", fields=["clock"], condition=Q(end__isnull=True)
            ),
            models.CheckConstraint(
                name="pause_ends_after_it_starts",
                condition=Q(end__isnull=True) | Q(end__gte=F("start")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} · {self.start:%Y-%m-%d}"


class ClockExtension(models.Model):
    """More time for a clock, with who approved it and the document that says so."""

    clock = models.ForeignKey(CaseClock, models.CASCADE, related_name="extensions")
    value = models.PositiveSmallIntegerField(_("延长"))
    unit = models.CharField(_("单位"), max_length=16)
    ground = models.CharField(_("延期理由"), max_length=40)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    approver = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    document_number = models.CharField(_("批准文号"), max_length=60)
    at = models.DateTimeField(_("批准时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("时限延长")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.clock} +{self.value}"


class CaseReminder(models.Model):
    """Somebody was told of a clock at a rung of the ladder, for the deadline that stood: once."""

    clock = models.ForeignKey(CaseClock, models.CASCADE, related_name="reminders")
    step = models.CharField(_("梯级"), max_length=40)
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("截止时间"))
    at = models.DateTimeField(_("发出时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("时限提醒记录")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="case_reminder_once_per_deadline_step_and_person",
                fields=["clock", "due_at", "step", "person"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.clock} · {self.step} · {self.person}"
