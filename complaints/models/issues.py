"""What companies report of hot and hard issues (焦点、难点问题), period by period.

Source: campaign plan 二(二)2 (S1-2.2.2b): enterprises collect and report them from 95598.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.models.people import sight_of
from accounts.permissions import Permission
from accounts.reach import workplaces
from core.periods import Period

if TYPE_CHECKING:
    from accounts.models import User


class HotIssueReportQuerySet(models.QuerySet["HotIssueReport"]):
    def visible_to(self, user: User) -> HotIssueReportQuerySet:
        """Companies: their own and those of units below; regulators: what was submitted to them."""
        if not user.is_authenticated:
            return self.none()
        condition = Q(pk__in=())
        for place in workplaces(user, Permission.CASE_VIEW):
            if place.is_regulator:
                out = ~Q(state=HotIssueReport.State.DRAFT)
                sight = sight_of(place, known=user.territories)
                seen = Organisation.objects.filter(sight).order_by().values("pk")
                national = place.kind == Organisation.Kind.NATIONAL_REGULATOR
                condition |= out if national else out & Q(organisation__in=seen)
            else:
                condition |= Q(organisation__path__startswith=place.path)
        return self.filter(condition)

    def standing(self) -> HotIssueReportQuerySet:
        """The versions that count now."""
        return self.filter(state=HotIssueReport.State.SUBMITTED)


class HotIssueReport(models.Model):
    """One company's report of one period; a correction is another version beside it."""

    class State(models.TextChoices):
        DRAFT = "draft", _("填报中")
        SUBMITTED = "submitted", _("已报送")
        REPLACED = "replaced", _("已更正")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("报送单位")
    )
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    # Numbers of the company's own hotline, as it reports them.
    received = models.PositiveIntegerField(_("95598受理件数"), null=True, blank=True)
    complaints = models.PositiveIntegerField(_("其中投诉件数"), null=True, blank=True)
    summary = models.TextField(_("综合情况"), blank=True)
    correction = models.CharField(_("更正原因"), max_length=300, blank=True)
    # Of what was submitted, to tell a repeated message from a changed one.
    digest = models.CharField(max_length=64, blank=True)
    client_name = models.CharField(_("接口客户端"), max_length=80, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("建立时间"))
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    submitted_at = models.DateTimeField(_("报送时间"), null=True, blank=True)

    objects = HotIssueReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("焦点、难点问题报告")
        ordering = ["-last_day", "organisation", "-version"]
        constraints = [
            models.CheckConstraint(
                name="issue_report_period_the_right_way_round",
                condition=Q(last_day__gte=F("first_day")),
            ),
            models.UniqueConstraint(
                name="issue_report_version_once",
                fields=["organisation", "first_day", "last_day", "version"],
            ),
            models.UniqueConstraint(
                name="issue_report_one_stands",
                fields=["organisation", "first_day", "last_day"],
                condition=Q(state="submitted"),
            ),
            models.UniqueConstraint(
                name="issue_report_one_draft",
                fields=["organisation", "first_day", "last_day"],
                condition=Q(state="draft"),
            ),
            models.CheckConstraint(
                name="issue_report_submitted_has_its_time",
                condition=Q(state="draft", submitted_at__isnull=True)
                | (~Q(state="draft") & Q(submitted_at__isnull=False)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.first_day}–{self.last_day}"

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)


class HotIssue(models.Model):
    """One issue of a report: what it is, how often it was raised, what is done about it."""

    class Kind(models.TextChoices):
        HOT = "hot", _("焦点问题")
        HARD = "hard", _("难点问题")

    report = models.ForeignKey(HotIssueReport, models.CASCADE, related_name="issues")
    order = models.PositiveSmallIntegerField(_("序号"))
    kind = models.CharField(_("类型"), max_length=4, choices=Kind)
    title = models.CharField(_("问题"), max_length=80)
    category = models.CharField(_("业务类别"), max_length=40, blank=True)
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, null=True, blank=True, verbose_name=_("地区")
    )
    count = models.PositiveIntegerField(_("95598件数"))
    description = models.TextField(_("情况和原因"), blank=True)
    measures = models.TextField(_("解决措施"), blank=True)
    due_on: models.DateField[date | None, date | None] = models.DateField(
        _("计划解决日期"), null=True, blank=True
    )
    solved = models.BooleanField(_("已解决"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("焦点、难点问题")
        ordering = ["report", "order"]
        constraints = [
            models.UniqueConstraint(name="issue_order_once", fields=["report", "order"]),
        ]

    def __str__(self) -> str:
        return self.title
