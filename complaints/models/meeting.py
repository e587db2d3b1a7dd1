"""Joint meetings of 12398 and 95598: what was looked at, what was decided, and who does it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User


class JointMeetingQuerySet(models.QuerySet["JointMeeting"]):
    def visible_to(self, user: User) -> JointMeetingQuerySet:
        """The host's office and those above see all; companies what was issued to them."""
        condition = Q(pk__in=())
        for place in workplaces(user, Permission.CASE_VIEW):
            if place.is_regulator:
                condition |= Q(host__path__startswith=place.path)
            else:
                party = Q(parties__path__startswith=place.path)
                task = Q(tasks__organisation__path__startswith=place.path)
                condition |= Q(issued_at__isnull=False) & (party | task)
        return self.filter(pk__in=JointMeeting.objects.filter(condition).order_by().values("pk"))


class JointMeeting(models.Model):
    """A meeting between the regulator's and the companies' hotlines about a period."""

    title = models.CharField(_("会议名称"), max_length=100)
    held_on = models.DateField(_("会议日期"))
    host = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("召集单位")
    )
    parties = models.ManyToManyField(
        "accounts.Organisation", related_name="joint_meetings", verbose_name=_("参加单位")
    )
    period_from = models.DateField(_("会商期间自"))
    period_to = models.DateField(_("会商期间至"))
    # Figures of the period as they stood when the meeting was prepared: code → number.
    figures = models.JSONField(_("期间数据"), default=dict)
    agenda = EncryptedTextField(_("议程"))
    minutes = EncryptedTextField(_("会议纪要"), blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登记时间"))
    issued_at = models.DateTimeField(_("印发时间"), null=True, blank=True)

    objects = JointMeetingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("联席会商")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="joint_meeting_period_runs_forward",
                condition=Q(period_to__gte=F("period_from")),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class JointTask(models.Model):
    """What a joint meeting decided: who does what by when, and what came of it."""

    meeting = models.ForeignKey(JointMeeting, models.CASCADE, related_name="tasks")
    text = EncryptedTextField(_("议定事项"))
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("责任单位")
    )
    due_on = models.DateField(_("完成期限"))
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    result = EncryptedTextField(_("落实情况"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("会商议定事项")
        ordering = ["meeting", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="joint_task_done_by_somebody",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def lamp(self, today: date) -> str:
        """Done, late, or on its way."""
        if self.done_at is not None:
            return "done"
        return "late" if self.due_on < today else "ok"
