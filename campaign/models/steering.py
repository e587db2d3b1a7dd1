"""How a leading group urges and a joint group keeps in step: notes to answer, decisions to do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.models.campaign import Campaign
from campaign.models.duty import Duty
from campaign.models.group import Group, Meeting
from campaign.scope import organisations_seen, workplaces

if TYPE_CHECKING:
    from accounts.models import User


class SupervisionNoteQuerySet(models.QuerySet["SupervisionNote"]):
    def visible_to(self, user: User) -> SupervisionNoteQuerySet:
        """Notes to organisations in sight, and those of the office that one works in."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        offices = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
        return self.filter(Q(organisation__in=seen) | Q(group__organisation__in=offices))

    def unanswered(self) -> SupervisionNoteQuerySet:
        return self.filter(answered_at__isnull=True)

    def answered(self) -> SupervisionNoteQuerySet:
        """Answers that the group has not settled yet."""
        return self.filter(answered_at__isnull=False, closed_at__isnull=True)


class SupervisionNote(models.Model):
    """A note by which a leading group guides or urges a company, to be answered (S1-6.1a)."""

    class Kind(models.TextChoices):
        OPINION = "opinion", _("督导意见")
        ORDER = "order", _("督办单")

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="notes")
    group = models.ForeignKey(Group, models.PROTECT, related_name="notes", verbose_name=_("小组"))
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    number = models.CharField(_("文号"), max_length=60)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("接收单位")
    )
    duty = models.ForeignKey(
        Duty, models.CASCADE, null=True, blank=True, related_name="notes", verbose_name=_("任务")
    )
    subject = models.CharField(_("事由"), max_length=100)
    body = models.TextField(_("内容和要求"))
    due_at = models.DateTimeField(_("答复期限"))
    issued_at = models.DateTimeField(_("发出时间"))
    issued_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    answer = models.TextField(_("答复"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = SupervisionNoteQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("督导督办")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="note_number_once_per_group", fields=["group", "number"]),
            models.CheckConstraint(
                name="note_answered_at_and_by_together",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="note_closed_after_its_answer",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False, answered_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.subject}"

    def lamp(self, now: datetime) -> tuple[str, str]:
        """Lamp and word of where the note stands."""
        if self.closed_at is not None:
            return "done", str(_("已办结"))
        if self.answered_at is not None:
            return "ok", str(_("已答复"))
        if now > self.due_at:
            return "late", str(_("逾期未答复"))
        return "near", str(_("待答复"))


class MeetingActionQuerySet(models.QuerySet["MeetingAction"]):
    def visible_to(self, user: User) -> MeetingActionQuerySet:
        """What was decided at meetings in sight, and what one's own organisation is to do."""
        if not user.is_authenticated:
            return self.none()
        places = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
        return self.filter(
            Q(meeting__in=Meeting.objects.visible_to(user)) | Q(organisation__in=places)
        )

    def unfinished(self) -> MeetingActionQuerySet:
        return self.filter(done_at__isnull=True)


class MeetingAction(models.Model):
    """Something that a meeting decided an organisation is to do by a day (S1-6.2)."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="actions")
    text = models.CharField(_("议定事项"), max_length=200)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("牵头单位")
    )
    due_at = models.DateTimeField(_("完成时限"))
    created_at = models.DateTimeField(_("议定时间"))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    result = models.CharField(_("落实情况"), max_length=300, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = MeetingActionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("议定事项")
        ordering = ["due_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="action_done_at_and_by_together",
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.text

    def lamp(self, now: datetime) -> tuple[str, str]:
        """Lamp and word of where the action stands."""
        if self.done_at is not None:
            return "done", str(_("已落实"))
        return ("late", str(_("逾期"))) if now > self.due_at else ("ok", str(_("落实中")))
