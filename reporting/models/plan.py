"""Ordered-use plans (有序用电方案): per area and year, with grades, quotas and up to 100,000 rows.

Source: 有序用电管理办法（发改运行〔2011〕832号）, 电力负荷管理办法（2023年版）;
campaign plan 二(一)1 (S1-2.1.1b), 三(三)4 (S1-3.3.4). Power in kW.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.scope import organisations_seen, workplaces
from core.spans import in_force
from reporting.models.filing import filer_side
from reporting.workflow.plan import APPROVED_STATES, FILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User


class OrderedUseRuleQuerySet(models.QuerySet["OrderedUseRule"]):
    def in_force(self, *, on: date, region_code: str = "") -> OrderedUseRuleQuerySet:
        """Rules that hold on a day in a region, the one to use by default first.

        Those of the region itself come before national ones, later ones before earlier ones.
        """
        begun = self.filter(in_force(on, until="valid_to"))
        places = [region_code, region_code[:4] + "00", region_code[:2] + "0000"]
        here = begun.filter(Q(region__isnull=True) | Q(region__in=places if region_code else []))
        return here.order_by(F("region").desc(nulls_last=True), "-valid_from", "code")


class OrderedUseRule(models.Model):
    """One version of the rules for plans as data: grades, measures, protected groups, limits.

    ``content`` is what ``reporting.plans.rules.Rules`` is made of.
    """

    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, null=True, blank=True, related_name="+"
    )
    source = models.CharField(_("依据"), max_length=200)
    content = models.JSONField(_("内容"))

    objects = OrderedUseRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("有序用电规则")
        ordering = ["valid_from", "code"]
        constraints = [
            models.UniqueConstraint(
                name="ordered_use_rule_one_per_start", fields=["code", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return self.title


class OrderedUsePlanQuerySet(models.QuerySet["OrderedUsePlan"]):
    def visible_to(self, user: User) -> OrderedUsePlanQuerySet:
        """One's own unit's and those of units below; of others what was filed with one's own."""
        if not user.is_authenticated:
            return self.none()
        places = workplaces(user, Permission.FILING_VIEW)
        offices = [place for place in places if place.is_regulator]
        above = Q(recipient__in=places)
        if offices:
            seen = Organisation.objects.filter(organisations_seen(user))
            above |= Q(organisation__in=seen)
        return self.filter(filer_side(user) | (above & Q(filed_at__isnull=False)))

    def in_force(self, *, year: int | None = None) -> OrderedUsePlanQuerySet:
        """What is to be carried out: approved by the government, not yet replaced."""
        found = self.filter(in_force=True)
        return found if year is None else found.filter(year=year)


class OrderedUsePlan(models.Model):
    """One version of the plan of an area for a year."""

    class Listing(models.TextChoices):
        """Whether a user stands once, under the mildest grade that calls it, or in every grade."""

        ONCE = "once", _("每户列一次（从所列等级起执行）")
        EACH = "each", _("逐级单列（各等级分别列全）")

    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="ordered_use_plans",
        verbose_name=_("编制单位"),
    )
    recipient = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="received_ordered_use_plans",
        verbose_name=_("受理单位"),
    )
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, related_name="+", verbose_name=_("地区")
    )
    year = models.PositiveSmallIntegerField(_("年度"))
    number = models.PositiveIntegerField(_("版本"), default=1)
    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.DRAFT)
    in_force = models.BooleanField(_("现行"), default=False)
    rule = models.ForeignKey(OrderedUseRule, models.PROTECT, verbose_name=_("适用规则"))
    listing = models.CharField(_("列表方式"), max_length=4, choices=Listing, default=Listing.ONCE)
    # kW; the gap is what the forecast peak exceeds the available supply by.
    peak_demand_kw = models.PositiveBigIntegerField(_("预计最大负荷"), null=True, blank=True)
    historic_peak_kw = models.PositiveBigIntegerField(_("历史最大负荷"), null=True, blank=True)
    supply_kw = models.PositiveBigIntegerField(_("可供电力"), null=True, blank=True)
    # The hours of the day in which the gap is expected, as 08:00 to 24:00.
    gap_from = models.CharField(_("缺口时段起"), max_length=5, blank=True)
    gap_to = models.CharField(_("缺口时段止"), max_length=5, blank=True)
    # Running text by the code of its section (see the rule's sections).
    sections = models.JSONField(_("方案正文"), default=dict)
    gap_report_number = models.CharField(_("缺口报告文号"), max_length=60, blank=True)
    gap_reported_on = models.DateField(_("缺口报告日期"), null=True, blank=True)
    # What the rows add up to, kept by the services.
    row_count = models.PositiveIntegerField(_("行数"), default=0)
    user_count = models.PositiveIntegerField(_("用户数"), default=0)
    reducible_kw = models.PositiveBigIntegerField(_("可压限负荷"), default=0)
    # Goes up with every change of the content: what a check read is what stands, or it is not.
    revision = models.PositiveIntegerField(default=0)
    check_job = models.ForeignKey(
        "core.Job", models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # The last check: when, and what it found (the first ones; see ``reporting.plans``).
    checked_at = models.DateTimeField(_("检查时间"), null=True, blank=True)
    findings = models.JSONField(_("检查结果"), default=list)
    finding_counts = models.JSONField(default=dict)
    # Soft findings that were explained: {finding key: reason}.
    confirmed = models.JSONField(_("已说明的提示"), default=dict)

    editors = models.JSONField(default=list)
    drafted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("编制人")
    )
    drafted_at = models.DateTimeField(_("编制时间"))
    certified_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    certified_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    # Of what was checked, and so certified.
    digest = models.CharField(_("内容摘要"), max_length=64, blank=True)

    # The government's approval: body, number, day, the document itself.
    approval_body = models.CharField(_("批准机关"), max_length=80, blank=True)
    approval_number = models.CharField(_("批准文号"), max_length=60, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    approval_file = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # By when to file after the approval, and later to send a returned plan again.
    due_at = models.DateTimeField(_("报送期限"), null=True, blank=True)
    due_explanation = models.JSONField(default=list)
    filed_at = models.DateTimeField(_("报送时间"), null=True, blank=True)
    filed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    is_late = models.BooleanField(_("逾期"), default=False)
    review_due_at = models.DateTimeField(_("办理期限"), null=True, blank=True)
    review_due_explanation = models.JSONField(default=list)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    created_at = models.DateTimeField(_("开始编制时间"))

    objects = OrderedUsePlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("有序用电方案")
        ordering = ["-year", "organisation", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="plan_number_once",
                fields=["organisation", "region", "year", "number"],
            ),
            models.UniqueConstraint(
                name="plan_one_in_force_per_area_and_year",
                fields=["region", "year"],
                condition=Q(in_force=True),
            ),
            models.UniqueConstraint(
                name="plan_one_open_per_area_and_year",
                fields=["organisation", "region", "year"],
                condition=Q(state__in=["draft", "certified"]),
            ),
            models.CheckConstraint(
                name="plan_in_force_only_when_approved",
                condition=Q(in_force=False) | Q(state__in=list(APPROVED_STATES)),
            ),
            models.CheckConstraint(
                name="plan_approved_with_body_number_and_day",
                condition=~Q(state__in=list(APPROVED_STATES))
                | (Q(approved_on__isnull=False) & ~Q(approval_body="") & ~Q(approval_number="")),
            ),
            models.CheckConstraint(
                name="plan_filed_with_time",
                condition=Q(state__in=list(FILED_STATES), filed_at__isnull=False)
                | (~Q(state__in=list(FILED_STATES)) & Q(filed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="plan_four_eyes",
                condition=Q(certified_by__isnull=True) | ~Q(certified_by=F("drafted_by")),
            ),
        ]
        indexes = [models.Index(name="plan_by_recipient", fields=["recipient", "year", "state"])]

    def __str__(self) -> str:
        return str(_("{region}{year}年有序用电方案")).format(region=self.region, year=self.year)

    @property
    def gap_kw(self) -> int:
        """The forecast gap; 0 where supply suffices or the figures are missing."""
        if self.peak_demand_kw is None or self.supply_kw is None:
            return 0
        return max(0, self.peak_demand_kw - self.supply_kw)

    @property
    def gap_hours(self) -> str:
        """08:00—12:00; empty where they are not given."""
        return f"{self.gap_from}—{self.gap_to}" if self.gap_from and self.gap_to else ""


class OfPlanQuerySet(models.QuerySet):  # type: ignore[type-arg]
    """Parts of a plan: seen by whoever sees the plan."""

    def visible_to(self, user: User) -> OfPlanQuerySet:
        seen = OrderedUsePlan.objects.visible_to(user).filter(pk=OuterRef("plan"))
        return self.filter(Exists(seen))


class PlanGrade(models.Model):
    """One grade of a plan: the gap it answers and what is to be cut; 1 is the mildest."""

    plan = models.ForeignKey(OrderedUsePlan, models.CASCADE, related_name="grades")
    order = models.PositiveSmallIntegerField(_("次序"))
    grade = models.CharField(_("等级"), max_length=10)
    name = models.CharField(_("名称"), max_length=20, blank=True)
    colour = models.CharField(_("预警颜色"), max_length=4, blank=True)
    # The gap that calls the grade, percent of the peak or kW as the rule says; None is open.
    gap_from = models.DecimalField(_("缺口下限"), max_digits=14, decimal_places=2)
    gap_to = models.DecimalField(_("缺口上限"), max_digits=14, decimal_places=2, null=True)
    target_kw = models.PositiveBigIntegerField(_("调控指标"), default=0)
    # What may be cut in this grade, with everything that milder grades call already.
    reducible_kw = models.PositiveBigIntegerField(_("可压限负荷"), default=0)
    user_count = models.PositiveIntegerField(_("用户数"), default=0)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案等级")
        ordering = ["plan", "order"]
        constraints = [
            models.UniqueConstraint(name="plan_grade_once", fields=["plan", "grade"]),
            models.UniqueConstraint(name="plan_grade_order_once", fields=["plan", "order"]),
        ]

    def __str__(self) -> str:
        return f"{self.grade}级"


class PlanQuota(models.Model):
    """What an area below gets (kW, MWh), what its residents need of it, and what it has to cut."""

    plan = models.ForeignKey(OrderedUsePlan, models.CASCADE, related_name="quotas")
    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+")
    supply_kw = models.PositiveBigIntegerField(_("电力指标"))
    resident_kw = models.PositiveBigIntegerField(_("居民生活用电负荷"))
    energy_mwh = models.PositiveBigIntegerField(_("电量指标"), null=True, blank=True)
    resident_mwh = models.PositiveBigIntegerField(_("居民生活用电量"), null=True, blank=True)
    cut_kw = models.PositiveBigIntegerField(_("调控指标"), default=0)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("地区指标")
        ordering = ["plan", "region"]
        constraints = [
            models.UniqueConstraint(name="plan_quota_once", fields=["plan", "region"]),
        ]

    def __str__(self) -> str:
        return f"{self.plan} · {self.region}"


class PlanEvent(models.Model):
    """One step in the life of a plan, with what was said: also the letter of deficiencies."""

    plan = models.ForeignKey(OrderedUsePlan, models.CASCADE, related_name="events")
    move = models.CharField(_("事项"), max_length=20)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("时间"))
    comment = models.TextField(_("意见"), blank=True)
    # [{"place": cell or chapter, "problem": text, "rule": text}]; at least one when returned.
    deficient = models.JSONField(_("退回问题"), default=list)
    new_due_at = models.DateTimeField(_("补正期限"), null=True, blank=True)
    new_due_explanation = models.JSONField(default=list)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案办理记录")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.plan} · {self.move}"


class PlanReceipt(models.Model):
    """Proof that a plan arrived: the recipient's next receipt number, time and digest."""

    plan = models.OneToOneField(OrderedUsePlan, models.PROTECT, related_name="receipt")
    recipient = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("回执编号"), max_length=60)
    issued_at = models.DateTimeField(_("出具时间"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    verify_code = models.CharField(_("核验码"), max_length=32, unique=True)

    objects = OfPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("方案回执")
        ordering = ["recipient", "year", "serial"]
        constraints = [
            models.UniqueConstraint(
                name="plan_receipt_serial_once", fields=["recipient", "year", "serial"]
            ),
        ]

    def __str__(self) -> str:
        return self.number
