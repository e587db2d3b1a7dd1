"""What inspectors write down on site, and what they find (S1-3.3.6(1)a, S1-1.1.2a)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.inspection_workflow import STANDING, FindingState
from campaign.models.checklist import ChecklistItem
from campaign.models.inspection import Inspection
from campaign.models.law import LegalArticle
from campaign.scope import workplaces

if TYPE_CHECKING:
    from accounts.models import User


def _of_the_regulator(user: User) -> bool:
    return any(place.is_regulator for place in workplaces(user, Permission.INSPECTION_VIEW))


# What comes in so soon was sent as it was written.
AT_ONCE = timedelta(minutes=1)


class RecordEntryQuerySet(models.QuerySet["RecordEntry"]):
    def visible_to(self, user: User) -> RecordEntryQuerySet:
        """Those of inspections in sight; a company reads them when its facts were sent to it."""
        found = self.filter(inspection__in=Inspection.objects.visible_to(user).values("pk"))
        if user.is_authenticated and _of_the_regulator(user):
            return found
        return found.filter(inspection__facts_sent_at__isnull=False)

    def standing(self) -> RecordEntryQuerySet:
        """Without those that were taken back."""
        return self.filter(withdrawn_at__isnull=True)


class RecordEntry(models.Model):
    """One entry of the on-site record, kept once however often it was sent."""

    class Kind(models.TextChoices):
        ITEM = "item", _("检查项目")
        INTERVIEW = "interview", _("询问")
        NOTE = "note", _("其他情况")

    class Result(models.TextChoices):
        PASS = "pass", _("符合")
        FAIL = "fail", _("不符合")
        NOT_APPLICABLE = "na", _("不适用")

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="entries")
    # Made where the entry was written: the same entry sent again is known by it.
    client_id = models.UUIDField(unique=True)
    kind = models.CharField(_("类型"), max_length=10, choices=Kind)
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="+")
    sample = models.CharField(_("样本编号"), max_length=40, blank=True)
    result = models.CharField(_("结果"), max_length=5, choices=Result, blank=True)
    # Whom was asked: the post, never the name.
    post = models.CharField(_("被询问人职务"), max_length=40, blank=True)
    text = models.TextField(_("检查情况"), blank=True)
    files = models.ManyToManyField("core.StoredFile", related_name="+", verbose_name=_("附件"))
    # Of all that was sent: the same id with other content is no repeat.
    digest = models.CharField(max_length=64)
    happened_at = models.DateTimeField(_("记录时间"))
    received_at = models.DateTimeField(_("收到时间"))
    recorded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(_("撤销时间"), null=True, blank=True)
    withdrawn_reason = models.CharField(_("撤销原因"), max_length=200, blank=True)

    objects = RecordEntryQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("现场记录")
        ordering = ["inspection", "happened_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="entry_of_an_item_has_item_and_result",
                condition=~Q(kind="item") | (Q(item__isnull=False) & ~Q(result="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.happened_at:%Y-%m-%d %H:%M}"

    @property
    def came_late(self) -> bool:
        """Whether it reached the portal only after the facts had gone out."""
        sent = self.inspection.facts_sent_at
        return sent is not None and self.received_at > sent

    @property
    def waited(self) -> bool:
        """Whether it is said to be older than its coming in: then both times are told."""
        return self.received_at - self.happened_at >= AT_ONCE


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> FindingQuerySet:
        """Those of inspections in sight; drafts are the regulators'."""
        found = self.filter(inspection__in=Inspection.objects.visible_to(user).values("pk"))
        if user.is_authenticated and _of_the_regulator(user):
            return found
        return found.exclude(state=FindingState.DRAFT)

    def standing(self) -> FindingQuerySet:
        """Confirmed, or upheld against an objection."""
        return self.filter(state__in=STANDING)


class Finding(models.Model):
    """A problem found: its facts, the articles in force that day, evidence, and the answer."""

    class Severity(models.TextChoices):
        MINOR = "minor", _("一般")
        MAJOR = "major", _("较重")
        GRAVE = "grave", _("严重")

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="findings")
    number = models.PositiveSmallIntegerField(_("序号"))
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="+")
    articles = models.ManyToManyField(LegalArticle, related_name="+", verbose_name=_("法律依据"))
    evidence = models.ManyToManyField(RecordEntry, related_name="+", verbose_name=_("证据"))
    problem = models.CharField(_("问题"), max_length=200)
    facts = models.TextField(_("事实"))
    happened_on = models.DateField(_("事实发生日期"))
    severity = models.CharField(_("严重程度"), max_length=6, choices=Severity)
    requirement = models.CharField(_("整改要求"), max_length=300)
    rectify_on = models.DateField(_("整改期限"))
    state = models.CharField(
        _("状态"), max_length=10, choices=FindingState, default=FindingState.DRAFT
    )
    answer = models.TextField(_("被检查单位意见"), blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    answered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision = models.TextField(_("认定意见"), blank=True)
    decided_at = models.DateTimeField(_("认定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("提出时间"))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("检查发现")
        ordering = ["inspection", "number"]
        constraints = [
            models.UniqueConstraint(name="finding_number_once", fields=["inspection", "number"]),
            models.CheckConstraint(
                name="finding_answered_at_and_by_together",
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="finding_objected_with_words",
                condition=~Q(state__in=["objected", "upheld", "dropped"])
                | ~Q(answer="")
                | ~Q(decision=""),
            ),
        ]

    def __str__(self) -> str:
        return self.problem

    def overdue(self, now: datetime) -> bool:
        """Whether the days to answer are over."""
        due = self.inspection.answer_due_at
        return due is not None and now > due
