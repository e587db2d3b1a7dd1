"""Yearly targets per area, issued as an official document and published.

Source: campaign plan 四(二) (S1-4.2d, S1-4.2e): the South bureau publishes the yearly targets of
rural reliability and of the voltage at residents' ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import workplaces
from reporting.models.paper import Paper, PaperQuerySet, in_office
from reporting.workflow.target import OUT, State

if TYPE_CHECKING:
    from accounts.models import User


class TargetPaperQuerySet(PaperQuerySet["TargetPaper"]):
    def visible_to(self, user: User) -> TargetPaperQuerySet:
        """One's own office's in every state; issued ones for everybody who reads indicators."""
        if not user.is_authenticated:
            return self.none()
        condition = in_office(user)
        if user.can(Permission.INDICATOR_VIEW):
            condition |= Q(state__in=OUT)
        return self.filter(condition)


class TargetPaper(Paper):
    """The targets of one year, from the first words to the published document."""

    year = models.PositiveSmallIntegerField(_("年度"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    current_version = models.ForeignKey(
        "reporting.TargetVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TargetPaperQuerySet.as_manager()

    class Meta(Paper.Meta):
        verbose_name = verbose_name_plural = _("指标目标文件")
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                name="target_paper_published_with_time",
                condition=Q(state=State.PUBLISHED, published_at__isnull=False)
                | ~Q(state=State.PUBLISHED) & Q(published_at__isnull=True),
            ),
        ]


class TargetVersionQuerySet(models.QuerySet["TargetVersion"]):
    def visible_to(self, user: User) -> TargetVersionQuerySet:
        """All versions in one's own office; elsewhere only what was issued."""
        if not user.is_authenticated:
            return self.none()
        own = Q(paper__organisation__in=workplaces(user, Permission.REPORT_VIEW))
        out = Q(paper__state__in=OUT, pk=F("paper__current_version"))
        return self.filter(own | out, paper__in=TargetPaper.objects.visible_to(user))


class TargetVersion(models.Model):
    """What the paper says at one time, never changed: words, and a value per area and indicator."""

    paper = models.ForeignKey(TargetPaper, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    # {intro, demands, rows: [{region, name, indicator, value}]}
    content = models.JSONField(_("内容"))
    digest = models.CharField(_("摘要"), max_length=64)
    edited_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("编辑时间"))
    approved_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    docx = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    pdf = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")

    objects = TargetVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标目标文件版本")
        ordering = ["paper", "number"]
        constraints = [
            models.UniqueConstraint(name="target_version_number_once", fields=["paper", "number"]),
            models.CheckConstraint(
                name="target_version_four_eyes",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("edited_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.paper} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and "content" in (kwargs.get("update_fields") or ["content"]):
            raise TypeError("the words of a version are never changed")
        super().save(*args, **kwargs)


class TargetQuerySet(models.QuerySet["Target"]):
    def visible_to(self, user: User) -> TargetQuerySet:
        return self if user.can(Permission.INDICATOR_VIEW) else self.none()

    def standing(self) -> TargetQuerySet:
        """Without those that a later paper replaced."""
        return self.filter(replaced_at__isnull=True)


class Target(models.Model):
    """What an indicator has to come to in an area and year, by an issued paper."""

    indicator_code = models.CharField(_("指标"), max_length=40)
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    value = models.DecimalField(_("目标值"), max_digits=14, decimal_places=4)
    paper = models.ForeignKey(TargetPaper, models.PROTECT, related_name="targets")
    replaced_at = models.DateTimeField(null=True, blank=True)

    objects = TargetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标目标值")
        ordering = ["year", "region", "indicator_code"]
        constraints = [
            models.UniqueConstraint(
                name="target_one_standing",
                fields=["indicator_code", "region", "year"],
                condition=Q(replaced_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.year} {self.region_id} {self.indicator_code} {self.value}"
