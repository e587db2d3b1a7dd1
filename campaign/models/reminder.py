"""The reminder ladder of a campaign, and one row for each person reminded at each step."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Campaign
from campaign.models.duty import Duty


class LadderStep(models.Model):
    """One rung: so many working days before (negative) or after the deadline, to whom."""

    class Audience(models.TextChoices):
        PERSON = "person", _("责任人")
        LEADER = "leader", _("单位负责人")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="ladder")
    code = models.CharField(_("代码"), max_length=20)
    offset = models.SmallIntegerField(_("距截止日（工作日）"))
    unit = models.CharField(max_length=16, default="working_days")
    # Wall-clock time of day at which the letters of the step go out.
    hour = models.TimeField(_("发送时间"))
    audience = models.CharField(_("对象"), max_length=10, choices=Audience)
    text = models.CharField(_("措辞"), max_length=200)

    class Meta:
        verbose_name = verbose_name_plural = _("催报规则")
        ordering = ["campaign", "offset"]
        constraints = [
            models.UniqueConstraint(
                name="ladder_step_code_once_per_campaign", fields=["campaign", "code"]
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Reminder(models.Model):
    """A person was reminded of a duty at a step of the deadline that stood then: once."""

    duty = models.ForeignKey(Duty, models.CASCADE, related_name="reminders")
    step = models.ForeignKey(LadderStep, models.PROTECT, related_name="reminders")
    person = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_at = models.DateTimeField(_("截止时间"))
    scheduled_at = models.DateTimeField(_("应发时间"))
    letter_key = models.CharField(max_length=120)
    at = models.DateTimeField(_("发出时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("催报记录")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="reminder_once_per_deadline_step_and_person",
                fields=["duty", "due_at", "step", "person"],
            ),
        ]
        indexes = [models.Index(fields=["person", "at"], name="reminder_by_person_and_time")]

    def __str__(self) -> str:
        return f"{self.duty} · {self.step} · {self.person}"
