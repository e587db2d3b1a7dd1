"""From how many cases on something is looked at, and proposals to inspect where they gather.

Source: campaign plan 二(二)2 (S1-2.2.2e): targeted special inspections.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models.case import Case
from core.periods import Period
from core.spans import in_force

if TYPE_CHECKING:
    from accounts.models import User


class CountingRuleQuerySet(models.QuerySet["CountingRule"]):
    def in_force(self, code: str, *, on: date) -> CountingRule | None:
        """The rule of a day: the one that began last."""
        return self.filter(in_force(on), code=code).order_by("-valid_from").first()


class CountingRule(models.Model):
    """A threshold within a window of days, with its basis and the day from which it counts."""

    class Code(models.TextChoices):
        FREQUENT_OUTAGE = "frequent_outage", _("频繁停电")
        CLUSTER = "cluster", _("投诉集中")

    code = models.CharField(_("代码"), max_length=20, choices=Code)
    name = models.CharField(_("名称"), max_length=40)
    threshold = models.PositiveIntegerField(_("阈值"))
    window_days = models.PositiveSmallIntegerField(_("统计天数"))
    # Codes of terms; empty: all.
    natures = models.JSONField(_("诉求性质"), default=list, blank=True)
    categories = models.JSONField(_("业务类别"), default=list, blank=True)
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = CountingRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("统计规则")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="counting_rule_once_per_start", fields=["code", "valid_from"]
            ),
            models.CheckConstraint(
                name="counting_rule_counts_something",
                condition=Q(threshold__gte=1, window_days__gte=1),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def window(self, last: date) -> Period:
        """The days that are counted, up to and including ``last``."""
        return Period(last - timedelta(days=self.window_days - 1), last)

    def cases(self) -> Q:
        """Condition on Case: what the rule counts, whenever it was received."""
        condition = Q()
        if self.natures:
            condition &= Q(nature__in=self.natures)
        if self.categories:
            condition &= Q(category__in=self.categories)
        return condition


class InspectionProposalQuerySet(models.QuerySet["InspectionProposal"]):
    def visible_to(self, user: User) -> InspectionProposalQuerySet:
        """Regulators: their office's and those of offices below; companies see none."""
        if not user.is_authenticated:
            return self.none()
        offices = [p for p in workplaces(user, Permission.CASE_VIEW) if p.is_regulator]
        condition = Q(pk__in=())
        for place in offices:
            if place.kind == Organisation.Kind.NATIONAL_REGULATOR:
                return self
            condition |= Q(organisation__path__startswith=place.path)
        return self.filter(condition)


class InspectionProposal(models.Model):
    """Cases gather at one company: whether to inspect it, with the cases that speak for it."""

    class State(models.TextChoices):
        OPEN = "open", _("待决定")
        ACCEPTED = "accepted", _("已采纳")
        REJECTED = "rejected", _("未采纳")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("监管机构")
    )
    respondent = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("被检查单位")
    )
    category = models.CharField(_("业务类别"), max_length=40, blank=True)
    rule = models.ForeignKey(CountingRule, models.PROTECT, related_name="+")
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    count = models.PositiveIntegerField(_("件数"))
    evidence = models.ManyToManyField(Case, related_name="+", verbose_name=_("依据的诉求"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("决定理由"), max_length=500, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("提出时间"))

    objects = InspectionProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("专项稽查建议")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="proposal_period_the_right_way_round",
                condition=Q(last_day__gte=F("first_day")),
            ),
            models.UniqueConstraint(
                name="proposal_one_open_per_company_and_category",
                fields=["organisation", "respondent", "category"],
                condition=Q(state="open"),
            ),
            models.CheckConstraint(
                name="proposal_decided_says_who_when_and_why",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~Q(state="open")
                    & Q(decided_at__isnull=False, decided_by__isnull=False)
                    & ~Q(reason="")
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.respondent} · {self.category}"
