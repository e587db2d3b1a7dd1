"""Demonstration units: points, model areas, model windows, with their year of checks.

Source: campaign plan 二(二)5 and 四 (S1-2.2.5, S1-4.1i, S1-4.2b).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.demonstration_workflow import EvaluationState, UnitState
from campaign.models.campaign import Campaign
from campaign.scope import organisations_seen, workplaces
from core import arithmetic

if TYPE_CHECKING:
    from decimal import Decimal

    from accounts.models import User


class UnitKind(models.TextChoices):
    POINT = "point", _("示范点")
    AREA = "area", _("示范区")
    WINDOW = "window", _("示范营业窗口")


class Level(models.TextChoices):
    CITY = "city", _("市级")
    COUNTY = "county", _("县级")


class Met(models.TextChoices):
    """How a check found a criterion."""

    MET = "met", _("符合")
    PARTLY = "partly", _("部分符合")
    UNMET = "unmet", _("不符合")
    NOT_APPLICABLE = "na", _("不适用")


class DemonstrationCriteriaQuerySet(models.QuerySet["DemonstrationCriteria"]):
    def on(self, kind: str, day: date) -> DemonstrationCriteria | None:
        """The criteria of a kind that are in force on a day."""
        return self.filter(kind=kind, valid_from__lte=day).order_by("-valid_from").first()


class DemonstrationCriteria(models.Model):
    """What a demonstration unit is held against, by version; those chosen under one keep it."""

    kind = models.CharField(_("类别"), max_length=10, choices=UnitKind)
    title = models.CharField(_("名称"), max_length=80)
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))
    # Monthly checks of the year, and the share of points (per cent) from which it may be named.
    checks = models.PositiveSmallIntegerField(_("年度检查次数"), default=12)
    named_from = models.PositiveSmallIntegerField(_("命名得分"))
    items = models.JSONField(_("标准"))

    objects = DemonstrationCriteriaQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("示范标准")
        ordering = ["kind", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="criteria_once_per_kind_and_start", fields=["kind", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def score(self, results: dict[str, str]) -> Decimal | None:
        """Points in per cent: half of them where partly met, none asked that do not apply."""
        asked = [one for one in self.items if results.get(one["code"]) in COUNTED]
        got = sum(one["points"] * COUNTED[results[one["code"]]] for one in asked)
        return arithmetic.share(got, 2 * sum(one["points"] for one in asked), 1)

    def wanting(self, results: dict[str, str]) -> list[dict[str, Any]]:
        """Criteria without which nobody is named, and that were not met."""
        return [one for one in self.items if one["must"] and results.get(one["code"]) != Met.MET]


COUNTED = {str(Met.MET): 2, str(Met.PARTLY): 1, str(Met.UNMET): 0}


class DemonstrationQuerySet(models.QuerySet["Demonstration"]):
    def visible_to(self, user: User) -> DemonstrationQuerySet:
        """Units in sight, and those of the office or company that one works in."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        places = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
        return self.filter(Q(organisation__in=seen) | Q(office__in=places) | Q(founder__in=places))


class Demonstration(models.Model):
    """A unit that is to show how it is done, with the record of its selection."""

    Kind, Level = UnitKind, Level

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="demonstrations")
    kind = models.CharField(_("类别"), max_length=10, choices=UnitKind)
    level = models.CharField(_("级别"), max_length=10, choices=Level, blank=True)
    name = models.CharField(_("名称"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("创建单位")
    )
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("负责监管机构")
    )
    # Who set it up: the office; a model window, the company itself.
    founder = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("确定单位")
    )
    government = models.CharField(_("联合政府部门"), max_length=80, blank=True)
    criteria = models.ForeignKey(
        DemonstrationCriteria, models.PROTECT, related_name="+", verbose_name=_("示范标准")
    )
    document_number = models.CharField(_("确定文号"), max_length=60, blank=True)
    reason = models.CharField(_("选定理由"), max_length=300)
    selected_on = models.DateField(_("确定日期"))
    selected_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    selected_at = models.DateTimeField(_("登记时间"))
    state = models.CharField(
        _("状态"), max_length=10, choices=UnitState, default=UnitState.BUILDING
    )

    objects = DemonstrationQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("示范单位")
        ordering = ["kind", "selected_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="demonstration_name_once_per_campaign_and_kind",
                fields=["campaign", "kind", "name"],
            ),
            models.CheckConstraint(
                name="demonstration_area_has_level_and_government",
                condition=(Q(kind=UnitKind.AREA) & ~Q(level="") & ~Q(government=""))
                | (~Q(kind=UnitKind.AREA) & Q(level="")),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def last_done(self) -> MonthlyCheck | None:
        """The last check that was made."""
        return self.checks.filter(done_at__isnull=False).order_by("number").last()


class DemonstrationLeader(models.Model):
    """The main leader who answers for a unit, or of the office who is stationed there, from when.

    A post in public office: named in the plan of work, like the lists of the leading groups.
    """

    class Side(models.TextChoices):
        UNIT = "unit", _("主管领导")
        OFFICE = "office", _("驻点领导")

    unit = models.ForeignKey(Demonstration, models.CASCADE, related_name="leaders")
    side = models.CharField(_("职责"), max_length=10, choices=Side)
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60)
    since = models.DateField(_("起始日期"))
    until = models.DateField(_("截止日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("示范单位负责人")
        ordering = ["side", "since", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_leader_of_a_side_at_a_time",
                fields=["unit", "side"],
                condition=Q(until__isnull=True),
            ),
            models.CheckConstraint(
                name="leader_until_after_since",
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MonthlyCheck(models.Model):
    """One of the checks of the year plan: what is planned, when, and what was found."""

    unit = models.ForeignKey(Demonstration, models.CASCADE, related_name="checks")
    number = models.PositiveSmallIntegerField(_("序号"))
    # The day of the month that the plan gives; the deadline lies on the next working day.
    planned_on = models.DateField(_("计划日期"))
    due_at = models.DateTimeField(_("检查期限"))
    due_provisional = models.BooleanField(_("期限待确认"), default=False)
    plan = models.CharField(_("本月重点"), max_length=200, blank=True)
    results = models.JSONField(_("逐项结果"), default=dict)
    remarks = models.TextField(_("检查情况"), blank=True)
    checked_on = models.DateField(_("检查日期"), null=True, blank=True)
    done_at = models.DateTimeField(_("登记时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    photos = models.ManyToManyField("core.StoredFile", related_name="+", blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("示范单位检查")
        ordering = ["unit", "number"]
        constraints = [
            models.UniqueConstraint(name="check_number_once_per_unit", fields=["unit", "number"]),
            models.CheckConstraint(
                name="check_done_with_day_and_person",
                condition=Q(done_at__isnull=True, done_by__isnull=True, checked_on__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False, checked_on__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["done_at", "due_at"], name="monthly_check_by_due")]

    def __str__(self) -> str:
        return f"{self.unit} {self.number}"

    @property
    def score(self) -> Decimal | None:
        return self.unit.criteria.score(self.results)

    def lamp(self, now: datetime) -> tuple[str, str]:
        """Lamp and word of where the check stands."""
        if self.done_at is not None:
            return "done", str(_("已检查"))
        return ("late", str(_("逾期未检查"))) if now > self.due_at else ("pause", str(_("待检查")))


class LeaderVisit(models.Model):
    """A leader at a unit: when, who by post, what was seen and asked for."""

    unit = models.ForeignKey(Demonstration, models.CASCADE, related_name="visits")
    since = models.DateField(_("到达日期"))
    until = models.DateField(_("离开日期"))
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("来访单位")
    )
    name = models.CharField(_("领导姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60)
    seen = models.TextField(_("督导情况"))
    asked = models.TextField(_("提出的要求"), blank=True)
    entered_at = models.DateTimeField(_("登记时间"))
    entered_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("领导驻点督导记录")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_ends_after_it_begins", condition=Q(until__gte=F("since"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.since}"

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1


class Evaluation(models.Model):
    """A proposal to name a unit or not, and what a second person decided."""

    class Result(models.TextChoices):
        NAMED = "named", _("命名")
        NOT_NAMED = "not_named", _("不予命名")

    unit = models.ForeignKey(Demonstration, models.CASCADE, related_name="evaluations")
    result = models.CharField(_("建议结果"), max_length=10, choices=Result)
    opinion = models.TextField(_("评价意见"))
    # As the last check had it, so that a later one changes nothing.
    score = models.DecimalField(_("得分"), max_digits=4, decimal_places=1, null=True)
    state = models.CharField(
        _("状态"), max_length=10, choices=EvaluationState, default=EvaluationState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_note = models.CharField(_("审定意见"), max_length=300, blank=True)
    document_number = models.CharField(_("命名文号"), max_length=60, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("示范单位评价")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="one_evaluation_waits_at_a_time",
                fields=["unit"],
                condition=Q(state=EvaluationState.PROPOSED),
            ),
            models.CheckConstraint(
                name="evaluation_decided_by_a_second_person",
                condition=Q(state=EvaluationState.PROPOSED, decided_by__isnull=True)
                | (
                    ~Q(state=EvaluationState.PROPOSED)
                    & Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("proposed_by"))
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.unit} {self.get_result_display()}"
