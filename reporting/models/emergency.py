"""Emergency plans: versions with their required sections, files, reviews, and the drills held.

Source: campaign plan 二(一)1 (S1-2.1.1c), 二(二)1 (S1-2.2.1c): filed with the local regulator.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import workplaces
from reporting.models.shortage import OfUnits
from reporting.workflow.emergency import FILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User


def company_side(user: User, prefix: str = "") -> Q:
    """Condition: of the companies in which the person works, and of the units below them."""
    condition = Q(pk__in=())
    for place in workplaces(user, Permission.FILING_VIEW):
        if place.is_company:
            condition |= Q(**{f"{prefix}organisation__path__startswith": place.path})
    return condition


class EmergencyPlanQuerySet(models.QuerySet["EmergencyPlan"]):
    def visible_to(self, user: User) -> EmergencyPlanQuerySet:
        """A company's own and those below; for regulators what was filed at least once."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.FILING_VIEW).order_by()
        filed = Q(filed_version__isnull=False, organisation__in=units.values("pk"))
        return self.filter(company_side(user) | filed)


class EmergencyPlan(models.Model):
    """The emergency plan (应急预案) of one unit under one title; its words stand in versions."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("编制单位")
    )
    recipient = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("备案机构")
    )
    title = models.CharField(_("预案名称"), max_length=120)
    current_version = models.ForeignKey(
        "reporting.EmergencyPlanVersion", models.PROTECT, null=True, related_name="+"
    )
    # The last version that left the company: all that a regulator ever sees.
    filed_version = models.ForeignKey(
        "reporting.EmergencyPlanVersion", models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(_("建立时间"))

    objects = EmergencyPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("应急预案")
        ordering = ["organisation", "title"]
        constraints = [
            models.UniqueConstraint(
                name="emergency_plan_title_once", fields=["organisation", "title"]
            ),
        ]

    def __str__(self) -> str:
        return self.title


class EmergencyPlanVersionQuerySet(models.QuerySet["EmergencyPlanVersion"]):
    def visible_to(self, user: User) -> EmergencyPlanVersionQuerySet:
        """All versions for the company; for regulators only what was filed."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.FILING_VIEW).order_by()
        filed = Q(state__in=FILED_STATES, plan__organisation__in=units.values("pk"))
        return self.filter(company_side(user, "plan__") | filed)


class EmergencyPlanVersion(models.Model):
    """The words of an emergency plan, section by section, with approval, receipt and review."""

    plan = models.ForeignKey(EmergencyPlan, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    # {code of the section: text}; which sections are required says the rule in force at filing.
    sections = models.JSONField(_("内容"), default=dict)
    revision = models.PositiveIntegerField(default=0)
    editors = models.JSONField(default=list)
    drafted_at = models.DateTimeField(_("编制时间"))
    approval_body = models.CharField(_("批准单位"), max_length=80, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=60, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    # Filing is due so many working days after approval (S1-2.2.1c).
    due_at = models.DateTimeField(_("报备期限"), null=True, blank=True)
    due_explanation = models.JSONField(default=list)
    filed_at = models.DateTimeField(_("报备时间"), null=True, blank=True)
    filed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_late = models.BooleanField(_("逾期"), default=False)
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)
    receipt_office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="+"
    )
    receipt_year = models.PositiveIntegerField(null=True, blank=True)
    receipt_serial = models.PositiveIntegerField(null=True, blank=True)
    receipt_number = models.CharField(_("回执编号"), max_length=60, blank=True)
    # Empty (null) until it is filed.
    verify_code = models.CharField(_("核验码"), max_length=32, unique=True, null=True, blank=True)
    # By when the office is to act (receive, then review).
    review_due_at = models.DateTimeField(_("办理期限"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reviewed_at = models.DateTimeField(_("审核时间"), null=True, blank=True)
    review_comment = models.TextField(_("审核意见"), blank=True)
    # [{"section": code, "problem": text}]; at least one when returned.
    deficient = models.JSONField(_("退回问题"), default=list)
    new_due_at = models.DateTimeField(_("补正期限"), null=True, blank=True)

    objects = EmergencyPlanVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("应急预案版本")
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(name="emergency_version_number", fields=["plan", "number"]),
            models.UniqueConstraint(
                name="emergency_receipt_serial_once",
                fields=["receipt_office", "receipt_year", "receipt_serial"],
                condition=Q(receipt_serial__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_filed_with_approval_and_receipt",
                condition=Q(state=State.DRAFT, filed_at__isnull=True, receipt_number="")
                | Q(
                    state__in=list(FILED_STATES),
                    filed_at__isnull=False,
                    filed_by__isnull=False,
                    approved_on__isnull=False,
                )
                & ~Q(receipt_number="")
                & ~Q(digest=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} v{self.number}"


class EmergencyPlanFile(models.Model):
    """A file that belongs to a version: the signed text, maps, contact lists."""

    version = models.ForeignKey(EmergencyPlanVersion, models.CASCADE, related_name="files")
    file = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("上传时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("应急预案附件")
        ordering = ["pk"]

    def __str__(self) -> str:
        return str(self.file)


class EmergencyDrillQuerySet(OfUnits["EmergencyDrill"]):
    pass


class EmergencyDrill(models.Model):
    """A drill of a plan: when, what was played, what came out of it."""

    plan = models.ForeignKey(EmergencyPlan, models.PROTECT, related_name="drills")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("演练单位")
    )
    held_on = models.DateField(_("演练日期"))
    scenario = models.CharField(_("演练情景"), max_length=200)
    participants = models.PositiveIntegerField(_("参加人数"))
    findings = models.TextField(_("发现的问题"), blank=True)
    measures = models.TextField(_("改进措施"), blank=True)
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("登记时间"))

    objects = EmergencyDrillQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("应急演练")
        ordering = ["-held_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="emergency_drill_once", fields=["plan", "held_on", "scenario"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.held_on:%Y-%m-%d}"
