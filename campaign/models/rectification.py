"""The rectification ledger: each problem with its measure, unit, person, date, checks and end.

Source: campaign plan 三(六)1 and 五(二), (四) (S1-3.3.6(1)b, S1-5.2a, S1-5.2c, S1-5.4c).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.models.campaign import Campaign
from campaign.rectification_workflow import TO_DO, UNFINISHED, ItemMove, ItemState
from campaign.scope import organisations_seen, workplaces
from core import sla

if TYPE_CHECKING:
    from accounts.models import User


class RectificationItemQuerySet(models.QuerySet["RectificationItem"]):
    def visible_to(self, user: User) -> RectificationItemQuerySet:
        """Items of organisations in sight, and those that one's own unit was given to carry out."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user)).order_by().values("pk")
        places = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
        return self.filter(
            Q(unit__in=seen) | Q(responsible_unit__in=seen) | Q(regulator__in=places)
        )

    def unfinished(self) -> RectificationItemQuerySet:
        return self.filter(state__in=UNFINISHED)

    def overdue(self, *, now: datetime) -> RectificationItemQuerySet:
        """Where the unit still has to act and the day has passed."""
        return self.filter(state__in=TO_DO, due_at__lt=now)

    def to_look_back(self, *, now: datetime) -> RectificationItemQuerySet:
        """Written off, and the day of the second look has come."""
        return self.filter(
            state=ItemState.CLOSED, look_back_due_at__lte=now, looked_back_at__isnull=True
        )


class RectificationItem(models.Model):
    """One problem that a company puts right, from its discovery to its write-off."""

    class Source(models.TextChoices):
        INSPECTION = "inspection", _("监督检查")
        SELF_INSPECTION = "self_inspection", _("企业自查")
        CASE = "case", _("诉求")
        PLAN = "plan", _("计划和方案")
        OUTAGE = "outage", _("停限电")
        BULLETIN = "bulletin", _("通报")
        REQUIREMENT = "requirement", _("整改要求")
        INDICATOR = "indicator", _("监管指标")

    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rectification_items",
        verbose_name=_("专项行动"),
    )
    number = models.CharField(_("编号"), max_length=30)
    source_kind = models.CharField(_("来源"), max_length=20, choices=Source)
    source_ref = models.CharField(_("来源编号"), max_length=80, blank=True)
    # Of what comes from a record of another app, so that the same never enters twice.
    source_key = models.CharField(max_length=120, blank=True)
    source_url = models.CharField(max_length=200, blank=True)
    unit = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="rectification_items",
        verbose_name=_("整改单位"),
    )
    regulator = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("监管机构")
    )
    problem = models.TextField(_("存在问题"))
    requirement = models.TextField(_("整改要求"), blank=True)
    basis = models.CharField(_("依据"), max_length=300, blank=True)
    # Where it lies; a new verified complaint there opens the item again.
    feeder = models.CharField(_("线路"), max_length=60, blank=True)
    transformer_area = models.CharField(_("台区"), max_length=60, blank=True)
    # The same without what people add to a name or leave out.
    feeder_key = models.CharField(max_length=60, blank=True, db_index=True)
    area_key = models.CharField(max_length=60, blank=True, db_index=True)

    measure = models.TextField(_("整改措施"), blank=True)
    responsible_unit = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任单位"),
    )
    responsible_person = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("责任人"),
    )
    planned_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    percent = models.PositiveSmallIntegerField(_("完成进度"), default=0)

    state = models.CharField(_("状态"), max_length=10, choices=ItemState, default=ItemState.OPEN)
    opened_at = models.DateTimeField(_("列入时间"))
    opened_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_due_at = models.DateTimeField(_("原定期限"))
    due_at = models.DateTimeField(_("整改期限"))
    due_provisional = models.BooleanField(default=False)
    due_explanation = models.JSONField(default=list)
    reported_at = models.DateTimeField(_("报告完成时间"), null=True, blank=True)
    reported_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    verified_at = models.DateTimeField(_("核查时间"), null=True, blank=True)
    verified_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(_("销号时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    look_back_due_at = models.DateTimeField(_("回头看日期"), null=True, blank=True)
    looked_back_at = models.DateTimeField(_("回头看时间"), null=True, blank=True)
    reopen_count = models.PositiveSmallIntegerField(_("重新整改次数"), default=0)
    return_count = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    # When its people were last written to by themselves about this deadline: before it, and after.
    reminded_at = models.DateTimeField(null=True, blank=True)
    overdue_told_at = models.DateTimeField(null=True, blank=True)
    urge_count = models.PositiveSmallIntegerField(_("催办次数"), default=0)

    objects = RectificationItemQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("整改事项")
        ordering = ["due_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rectification_number_once_per_regulator", fields=["regulator", "number"]
            ),
            models.UniqueConstraint(
                name="rectification_one_per_source",
                fields=["source_kind", "source_key"],
                condition=~Q(source_key=""),
            ),
            models.CheckConstraint(
                name="rectification_closed_was_verified",
                condition=~Q(state=ItemState.CLOSED)
                | Q(closed_at__isnull=False, verified_at__isnull=False, reported_at__isnull=False),
            ),
            models.CheckConstraint(
                name="rectification_verified_by_a_second_person",
                condition=Q(verified_by__isnull=True)
                | Q(reported_by__isnull=True)
                | ~Q(verified_by=models.F("reported_by")),
            ),
            models.CheckConstraint(
                name="rectification_percent_of_a_hundred", condition=Q(percent__lte=100)
            ),
        ]
        indexes = [
            models.Index(fields=["unit", "state", "due_at"], name="rectification_by_unit"),
            models.Index(fields=["campaign", "state", "due_at"], name="rectification_by_campaign"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in UNFINISHED

    def lamp(self, now: datetime) -> str:
        """Lamp of the deadline: it rests while others check, and is done with the write-off."""
        return sla.lamp(
            now, self.due_at, done=not self.is_open, paused=self.is_open and self.state not in TO_DO
        )


class RectificationEntry(models.Model):
    """One line of an item's timeline: who did or said what, with files."""

    item = models.ForeignKey(RectificationItem, models.CASCADE, related_name="entries")
    act = models.CharField(_("事项"), max_length=20, choices=ItemMove)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    text = models.TextField(_("内容"), blank=True)
    percent = models.PositiveSmallIntegerField(_("完成进度"), null=True, blank=True)
    data: Any = models.JSONField(default=dict)
    files = models.ManyToManyField(
        "core.StoredFile", related_name="rectification_entries", blank=True
    )

    class Meta:
        verbose_name = verbose_name_plural = _("整改记录")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_act_display()


class RectificationExtension(models.Model):
    """A later date that the unit asked for, and what was decided."""

    item = models.ForeignKey(RectificationItem, models.CASCADE, related_name="extensions")
    asked_at = models.DateTimeField(_("申请时间"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    due_on: models.DateField[date, date] = models.DateField(_("申请延至"))
    reason = models.TextField(_("延期理由"))
    old_due_at = models.DateTimeField(_("原期限"))
    granted = models.BooleanField(_("是否批准"), null=True, blank=True)
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("整改延期")
        ordering = ["asked_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="rectification_one_extension_waits",
                fields=["item"],
                condition=Q(granted__isnull=True),
            ),
            models.CheckConstraint(
                name="rectification_extension_decided_together",
                condition=Q(granted__isnull=True, decided_at__isnull=True)
                | Q(granted__isnull=False, decided_at__isnull=False, decided_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.item} {self.due_on}"
