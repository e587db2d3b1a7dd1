"""Rounds of inspections, the people who inspect, the draws, and what is inspected by whom."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.drawing import Pool, draw, seal
from campaign.inspection_workflow import InspectionState
from campaign.models.campaign import Campaign
from campaign.models.checklist import Checklist
from campaign.scope import workplaces
from complaints.models import InspectionProposal

if TYPE_CHECKING:
    from accounts.models import User

VIEW = Permission.INSPECTION_VIEW


def office_sight(user: User, field: str) -> Q:
    """Condition: the office in ``field`` is one's own or below it; the national one sees all."""
    condition = Q(pk__in=())
    for place in workplaces(user, VIEW):
        if place.kind == Organisation.Kind.NATIONAL_REGULATOR:
            return Q(pk__gt=0)
        if place.is_regulator:
            condition |= Q(**{f"{field}__path__startswith": place.path})
    return condition


class InspectorQuerySet(models.QuerySet["Inspector"]):
    def visible_to(self, user: User) -> InspectorQuerySet:
        """The roster is the regulators'; teams are made across offices, so each sees it whole."""
        offices = [p for p in workplaces(user, VIEW) if p.is_regulator] if user.pk else []
        return self if offices else self.none()

    def in_force(self, *, on: date) -> InspectorQuerySet:
        return self.filter(Q(ended_on__isnull=True) | Q(ended_on__gt=on), person__is_active=True)


class Inspector(models.Model):
    """A person of an office who holds a certificate and may be drawn."""

    person = models.OneToOneField(
        "accounts.User", models.PROTECT, related_name="inspector", verbose_name=_("姓名")
    )
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("所在机构")
    )
    certificate = models.CharField(_("执法证号"), max_length=30, unique=True)
    enrolled_at = models.DateTimeField(_("列入时间"))
    enrolled_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_on = models.DateField(_("移出日期"), null=True, blank=True)

    objects = InspectorQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("检查人员")
        ordering = ["certificate"]

    def __str__(self) -> str:
        return str(self.person.name)


class InspectorTie(models.Model):
    """Why an inspector stays away from a company and its line: what was declared."""

    class Kind(models.TextChoices):
        EMPLOYED = "employed", _("现任职")
        FORMER = "former", _("曾任职")
        AVOID = "avoid", _("申请回避")

    inspector = models.ForeignKey(Inspector, models.CASCADE, related_name="ties")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("回避单位")
    )
    kind = models.CharField(_("原因"), max_length=10, choices=Kind)
    until = models.DateField(_("回避至"), null=True, blank=True)
    declared_at = models.DateTimeField(_("申报时间"))
    declared_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("回避事项")
        ordering = ["inspector", "organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="tie_once_per_inspector_company_and_kind",
                fields=["inspector", "organisation", "kind"],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.inspector} · {self.organisation}"


class InspectionRoundQuerySet(models.QuerySet["InspectionRound"]):
    def visible_to(self, user: User) -> InspectionRoundQuerySet:
        """Regulators: those their offices lead, and those in whose teams they are."""
        if not user.is_authenticated or not user.can(VIEW):
            return self.none()
        mine = TeamMember.objects.filter(inspector__person=user.pk).values("inspection__round")
        return self.filter(office_sight(user, "lead") | Q(pk__in=mine))


class InspectionRound(models.Model):
    """A plan to inspect: concentrated, with a draw (S1-5.3a), or special, for a reason (2.2.2e)."""

    class Kind(models.TextChoices):
        CONCENTRATED = "concentrated", _("集中检查")
        SPECIAL = "special", _("专项稽查")

    kind = models.CharField(_("类型"), max_length=14, choices=Kind)
    title = models.CharField(_("名称"), max_length=100)
    campaign = models.ForeignKey(
        Campaign,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="inspection_rounds",
        verbose_name=_("专项行动"),
    )
    lead = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("组织机构")
    )
    reason = models.TextField(_("事由"))
    first_day = models.DateField(_("开始日期"))
    last_day = models.DateField(_("结束日期"))
    checklist = models.ForeignKey(Checklist, models.PROTECT, related_name="+")
    peak_season = models.BooleanField(_("结合迎峰度夏"), default=False)
    # What gave the reason: a proposal of cases, or something of an app above by its own key.
    proposal = models.OneToOneField(
        InspectionProposal, models.PROTECT, null=True, blank=True, related_name="+"
    )
    source_key = models.CharField(max_length=60, null=True, blank=True, unique=True)
    source_url = models.CharField(max_length=300, blank=True)
    conclusion = models.TextField(_("检查总结"), blank=True)
    created_at = models.DateTimeField(_("建立时间"))
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InspectionRoundQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("检查计划")
        ordering = ["-first_day", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="round_ends_after_it_begins", condition=Q(last_day__gte=F("first_day"))
            ),
            models.CheckConstraint(
                name="round_closed_at_and_by_together",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class InspectionDrawQuerySet(models.QuerySet["InspectionDraw"]):
    def visible_to(self, user: User) -> InspectionDrawQuerySet:
        return self.filter(round__in=InspectionRound.objects.visible_to(user).values("pk"))


class InspectionDraw(models.Model):
    """A draw as it was made: seed, inputs and result, sealed; no draw is ever changed or undone."""

    round = models.ForeignKey(InspectionRound, models.CASCADE, related_name="draws")
    number = models.PositiveSmallIntegerField(_("次序"))
    seed = models.CharField(_("随机种子"), max_length=80)
    inputs = models.JSONField(_("抽取范围"))
    result = models.JSONField(_("抽取结果"))
    seal = models.CharField(_("封存值"), max_length=64)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    drawn_at = models.DateTimeField(_("抽取时间"))
    drawn_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    objects = InspectionDrawQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("抽取")
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(name="draw_number_once", fields=["round", "number"]),
        ]

    def __str__(self) -> str:
        return f"{self.round} {self.number}"

    def is_sound(self) -> bool:
        """Whether the seal fits what is kept, and the draw replayed gives the same result."""
        pool = Pool.from_json(self.inputs)
        kept = tuple((code, tuple(team)) for code, team in self.result)
        return seal(pool, self.seed, kept) == self.seal and draw(pool, self.seed) == kept


class InspectionQuerySet(models.QuerySet["Inspection"]):
    def visible_to(self, user: User) -> InspectionQuerySet:
        """Regulators: of companies in sight, of their rounds and teams; companies: their own, as
        soon as it was announced to them."""
        if not user.is_authenticated or not user.can(VIEW):
            return self.none()
        seen = Organisation.objects.visible_to(user, VIEW).order_by().values("pk")
        offices = any(place.is_regulator for place in workplaces(user, VIEW))
        mine = TeamMember.objects.filter(inspector__person=user.pk).values("inspection")
        condition = Q(organisation__in=seen)
        if not offices:
            condition &= Q(announced_at__isnull=False)
        return self.filter(condition | office_sight(user, "round__lead") | Q(pk__in=mine))


class Inspection(models.Model):
    """One company unit inspected in a round, by a team with a leader."""

    round = models.ForeignKey(InspectionRound, models.CASCADE, related_name="inspections")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("被检查单位")
    )
    draw = models.ForeignKey(
        InspectionDraw, models.PROTECT, null=True, blank=True, related_name="inspections"
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=InspectionState, default=InspectionState.PLANNED
    )
    first_day = models.DateField(_("进场日期"), null=True, blank=True)
    last_day = models.DateField(_("离场日期"), null=True, blank=True)
    notice_number = models.CharField(_("通知文号"), max_length=60, blank=True)
    announced_at = models.DateTimeField(_("通知时间"), null=True, blank=True)
    facts_sent_at = models.DateTimeField(_("送交确认时间"), null=True, blank=True)
    answer_due_at = models.DateTimeField(_("确认期限"), null=True, blank=True)
    conclusion = models.TextField(_("检查结论"), blank=True)
    concluded_at = models.DateTimeField(_("结论时间"), null=True, blank=True)
    concluded_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    cancelled_reason = models.CharField(_("取消理由"), max_length=200, blank=True)

    objects = InspectionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("检查")
        ordering = ["round", "organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="unit_inspected_once_per_round", fields=["round", "organisation"]
            ),
            models.CheckConstraint(
                name="inspection_announced_before_it_goes_on",
                condition=Q(state__in=["planned", "cancelled"]) | Q(announced_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} · {self.round}"


class TeamMember(models.Model):
    """An inspector in the team of an inspection; one of them leads it."""

    inspection = models.ForeignKey(Inspection, models.CASCADE, related_name="team")
    inspector = models.ForeignKey(Inspector, models.PROTECT, related_name="seats")
    leads = models.BooleanField(_("组长"), default=False)

    class Meta:
        verbose_name = verbose_name_plural = _("检查组成员")
        ordering = ["inspection", "-leads", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="inspector_once_per_team", fields=["inspection", "inspector"]
            ),
            models.UniqueConstraint(
                name="one_leader_per_team", fields=["inspection"], condition=Q(leads=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.inspector)
