"""Plans by which grids are gone through, and each time that one was: joint checks of both sides,
daily patrols of government grids, patrols of active operation and maintenance.

Source: grid standard 5.1.3, 5.6.1 (S2-5.1.3c, S2-5.6.1a, S2-5.6.1b).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.spans import Dated, ends_after_it_starts
from grids.hazards.moves import Side
from grids.hazards.occasions import Every
from grids.models.hazards import Hazard, seen_by, units_of

if TYPE_CHECKING:
    from accounts.models import User


class PatrolKind(models.TextChoices):
    JOINT = "joint", _("联合排查")
    DAILY = "daily", _("网格日常巡视")
    ACTIVE = "active", _("主动运维巡视")


class PatrolListQuerySet(Dated["PatrolList"]):
    def visible_to(self, user: User) -> PatrolListQuerySet:
        if user.is_authenticated and user.can(Permission.HAZARD_VIEW):
            return self
        return self.none()


class PatrolList(models.Model):
    """What is looked at on patrols of a kind, from a day on."""

    code = models.CharField(_("代码"), max_length=30)
    kind = models.CharField(_("类型"), max_length=10, choices=PatrolKind)
    title = models.CharField(_("名称"), max_length=60)
    # [{"code", "title", "kind"}]: what is looked at, and the kind of hazard found there.
    items = models.JSONField(_("项目"), default=list)
    basis = models.CharField(_("依据"), max_length=200, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = PatrolListQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("巡视项目表")
        ordering = ["kind", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="patrol_list_once", fields=["code", "valid_from"]),
            ends_after_it_starts("patrol_list_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title


class PatrolPlanQuerySet(models.QuerySet["PatrolPlan"]):
    def visible_to(self, user: User) -> PatrolPlanQuerySet:
        """To both sides of it, those above these, and the stations of its grids."""
        if not user.is_authenticated:
            return self.none()
        own = PatrolPlan.power_grids.through.objects.filter(powergrid__station__in=units_of(user))
        return self.filter(seen_by(user) | Q(pk__in=own.order_by().values("patrolplan")))


class PatrolPlan(models.Model):
    """Which grids are gone through in a period, how often, by whom; a joint one counts when both
    sides have agreed."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待对方确认")
        STANDING = "standing", _("执行中")
        DECLINED = "declined", _("未同意")
        CANCELLED = "cancelled", _("已终止")

    kind = models.CharField(_("类型"), max_length=10, choices=PatrolKind)
    title = models.CharField(_("计划名称"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电单位")
    )
    department = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("政府网格主管部门"),
    )
    checklist = models.ForeignKey(
        PatrolList, models.PROTECT, related_name="+", verbose_name=_("项目表")
    )
    every = models.CharField(_("频次"), max_length=8, choices=Every)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    power_grids = models.ManyToManyField(
        "grids.PowerGrid", blank=True, related_name="+", verbose_name=_("电力网格")
    )
    government_grids = models.ManyToManyField(
        "grids.GovernmentGrid", blank=True, related_name="+", verbose_name=_("政府网格")
    )
    note = models.CharField(_("工作要求"), max_length=300, blank=True)

    state = models.CharField(_("状态"), max_length=10, choices=State)
    proposed_side = models.CharField(_("编制方"), max_length=12, choices=Hazard.SIDES)
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(_("编制时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    remark = models.CharField(_("意见"), max_length=300, blank=True)

    objects = PatrolPlanQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("排查、巡视计划")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="patrol_plan_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
            models.CheckConstraint(
                name="patrol_plan_joint_has_both_sides",
                condition=Q(kind=PatrolKind.ACTIVE) | Q(department__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PatrolQuerySet(models.QuerySet["Patrol"]):
    def visible_to(self, user: User) -> PatrolQuerySet:
        """To both sides of the plan and those above these; a station sees those of its grids."""
        if not user.is_authenticated:
            return self.none()
        plans = PatrolPlan.objects.filter(seen_by(user)).order_by().values("pk")
        return self.filter(Q(plan__in=plans) | Q(grid__station__in=units_of(user)))

    def standing(self) -> PatrolQuerySet:
        """Of plans that hold; and whatever was done of those that do not any more."""
        ended = Q(plan__state=PatrolPlan.State.CANCELLED, state=Patrol.State.PLANNED)
        return self.exclude(ended)

    def overdue(self, *, on: date) -> PatrolQuerySet:
        return self.standing().filter(due_on__lt=on).exclude(state=Patrol.State.DONE)


class Patrol(models.Model):
    """One grid gone through once: what was looked at, what was found. A joint one counts when both
    sides have signed it."""

    class State(models.TextChoices):
        PLANNED = "planned", _("待开展")
        FILED = "filed", _("待对方确认")
        DONE = "done", _("已完成")

    plan = models.ForeignKey(PatrolPlan, models.PROTECT, related_name="patrols")
    grid = models.ForeignKey(
        "grids.PowerGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patrols",
        verbose_name=_("电力网格"),
    )
    government_grid = models.ForeignKey(
        "grids.GovernmentGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="patrols",
        verbose_name=_("政府网格"),
    )
    starts_on = models.DateField(_("开始日期"))
    due_on = models.DateField(_("应完成日期"))
    state = models.CharField(_("状态"), max_length=8, choices=State, default=State.PLANNED)
    # Item → {"result": ok, found or none, "note"}.
    results = models.JSONField(_("结果"), default=dict, blank=True)
    findings = models.PositiveSmallIntegerField(_("发现隐患"), default=0)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    filed_side = models.CharField(_("填写方"), max_length=12, choices=Hazard.SIDES, blank=True)
    filed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # When somebody was on site; ``filed_at`` may be later, where there was no network.
    happened_at = models.DateTimeField(_("开展时间"), null=True, blank=True)
    filed_at = models.DateTimeField(_("填写时间"), null=True, blank=True)
    confirmed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("对方确认时间"), null=True, blank=True)
    in_time = models.BooleanField(_("按期完成"), null=True, blank=True)
    longitude = models.FloatField(_("经度"), null=True, blank=True)
    latitude = models.FloatField(_("纬度"), null=True, blank=True)
    alerted_at = models.DateTimeField(null=True, blank=True)

    objects = PatrolQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("排查、巡视")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="patrol_of_one_grid",
                condition=Q(grid__isnull=False, government_grid__isnull=True)
                | Q(grid__isnull=True, government_grid__isnull=False),
            ),
            models.UniqueConstraint(
                name="patrol_of_power_grid_once",
                fields=["plan", "grid", "due_on"],
                condition=Q(grid__isnull=False),
            ),
            models.UniqueConstraint(
                name="patrol_of_government_grid_once",
                fields=["plan", "government_grid", "due_on"],
                condition=Q(government_grid__isnull=False),
            ),
            # Neither side alone ends a joint check.
            models.CheckConstraint(
                name="patrol_signed_by_somebody_else",
                condition=Q(confirmed_by__isnull=True) | ~Q(confirmed_by=F("filed_by")),
            ),
        ]
        indexes = [
            models.Index(fields=["due_on", "id"], name="patrol_by_due"),
            models.Index(fields=["grid", "state", "due_on"], name="patrol_by_grid"),
            models.Index(fields=["government_grid", "state", "due_on"], name="patrol_by_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.plan} {self.place}"

    @property
    def place(self) -> Any:
        """The grid that is gone through."""
        return self.grid or self.government_grid

    @property
    def joint(self) -> bool:
        return self.plan.kind == PatrolKind.JOINT

    @property
    def sides(self) -> tuple[str, ...]:
        """Who goes through it."""
        return {
            PatrolKind.JOINT: (Side.COMPANY.value, Side.GOVERNMENT.value),
            PatrolKind.DAILY: (Side.GOVERNMENT.value,),
            PatrolKind.ACTIVE: (Side.COMPANY.value,),
        }[PatrolKind(self.plan.kind)]
