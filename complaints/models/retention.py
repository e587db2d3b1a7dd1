"""How long personal data of cases is kept, what must not go yet, and what was disposed of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models.case import Case
from core.spans import in_force

if TYPE_CHECKING:
    from accounts.models import User

DISPOSING = (Permission.CASE_DECIDE, Permission.CASE_APPROVE)


class RetentionRuleQuerySet(models.QuerySet["RetentionRule"]):
    def on(self, day: date) -> list[RetentionRule]:
        """Those in force on a day, the most specific first."""
        return sorted(
            self.filter(in_force(day)),
            key=lambda one: (bool(one.natures), bool(one.sources), one.valid_from, one.pk),
            reverse=True,
        )


class RetentionRule(models.Model):
    """So many years after closing the personal data of a kind of cases goes."""

    code = models.CharField(_("代码"), max_length=40)
    label = models.CharField(_("适用范围"), max_length=60)
    # Empty: all.
    sources = models.JSONField(_("适用来源"), default=list, blank=True)
    natures = models.JSONField(_("适用性质"), default=list, blank=True)
    years = models.PositiveSmallIntegerField(_("保存年限"))
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = RetentionRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("保存期限规则")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="retention_rule_once_per_start", fields=["code", "valid_from"]
            ),
            models.CheckConstraint(name="retention_some_years", condition=Q(years__gte=1)),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def covers(self) -> Q:
        """Condition on Case."""
        condition = Q(pk__gt=0)
        if self.sources:
            condition &= Q(source__in=self.sources)
        return condition & Q(nature__in=self.natures) if self.natures else condition


class RetentionHold(models.Model):
    """A case that must be kept beyond its time: in court, under review."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="holds")
    reason = models.CharField(_("暂缓理由"), max_length=200)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("暂缓时间"))
    released_at = models.DateTimeField(_("解除时间"), null=True, blank=True)
    released_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("暂缓处置")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="hold_one_standing_per_case",
                fields=["case"],
                condition=Q(released_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)


class DisposalQuerySet(models.QuerySet["Disposal"]):
    def visible_to(self, user: User) -> DisposalQuerySet:
        """Those of the organisations that the person works for, and of units below a company."""
        if not user.is_authenticated:
            return self.none()
        condition = Q(pk__in=())
        for permission in DISPOSING:
            for place in workplaces(user, permission):
                condition |= Q(organisation=place.pk)
                if place.is_company:
                    condition |= Q(organisation__path__startswith=place.path)
        return self.filter(condition)


class Disposal(models.Model):
    """Personal data of some cases that goes: proposed by one person, approved by another."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待审批")
        DONE = "done", _("已处置")
        REJECTED = "rejected", _("不同意")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("处置单位")
    )
    rule = models.ForeignKey(RetentionRule, models.PROTECT, related_name="disposals")
    # Cases that were closed before this day.
    closed_before = models.DateField(_("办结早于"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    proposed_count = models.PositiveIntegerField(_("拟处置件数"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    reason = models.CharField(_("不同意的理由"), max_length=200, blank=True)
    # What went, by what it was: cases, events, files … Numbers only.
    gone = models.JSONField(_("处置数量"), default=dict, blank=True)

    objects = DisposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("个人信息处置")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="disposal_by_two_people",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="disposal_decided_has_its_time",
                condition=Q(state="proposed", decided_at__isnull=True, decided_by__isnull=True)
                | (
                    ~Q(state="proposed") & Q(decided_at__isnull=False) & Q(decided_by__isnull=False)
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.rule} · {self.closed_before:%Y-%m-%d}"


class DisposalItem(models.Model):
    """One case of a disposal; ``disposed`` is false where it was held when the day came."""

    disposal = models.ForeignKey(Disposal, models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, models.CASCADE, related_name="disposal_items")
    disposed = models.BooleanField(_("已处置"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("处置诉求")
        ordering = ["disposal", "pk"]
        constraints = [
            models.UniqueConstraint(name="disposal_case_once", fields=["disposal", "case"]),
            models.UniqueConstraint(
                name="disposal_done_once_per_case",
                fields=["case"],
                condition=Q(disposed=True),
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)
