"""People of grids over time: who answers for which ground from when to when, and hand-overs.

Source: the standard on grid integration, 3.3 to 3.5, 7.1 (S2-3.3, S2-3.4, S2-3.5, S2-7.1d).
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grids.models.ground import GovernmentGrid, PowerGrid, units_of

if TYPE_CHECKING:
    from accounts.models import User


class GridMemberQuerySet(models.QuerySet["GridMember"]):
    def visible_to(self, user: User) -> GridMemberQuerySet:
        """Oneself, people of units in sight, and whoever works at a grid in sight."""
        if not user.is_authenticated:
            return self.none()
        at_work = Assignment.objects.visible_to(user).order_by().values("member")
        return self.filter(Q(user=user) | Q(organisation__in=units_of(user)) | Q(pk__in=at_work))

    def active(self) -> GridMemberQuerySet:
        return self.filter(left_on__isnull=True)


class GridMember(models.Model):
    """A person who works in grids, for a power enterprise or for a government department.

    ``work_phone`` is a number of the office, not the person's own. ``named``: the person agreed
    that the name is published (personal information law, art. 25); otherwise it is masked there.
    """

    user = models.ForeignKey("accounts.User", models.PROTECT, related_name="grid_memberships")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("所在单位")
    )
    staff_number = models.CharField(_("工号"), max_length=30, blank=True)
    work_phone = models.CharField(_("工作电话"), max_length=30, blank=True)
    named = models.BooleanField(_("本人同意公示姓名"), default=False)
    joined_on = models.DateField(_("到岗日期"))
    left_on = models.DateField(_("离岗日期"), null=True, blank=True)

    objects = GridMemberQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格人员")
        ordering = ["organisation", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="grid_member_once_per_unit",
                fields=["user", "organisation"],
                condition=Q(left_on__isnull=True),
            ),
            models.CheckConstraint(
                name="grid_member_left_after_joined",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=F("joined_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.user.name


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> AssignmentQuerySet:
        """With the grid."""
        if not user.is_authenticated:
            return self.none()
        power = PowerGrid.objects.visible_to(user).order_by().values("pk")
        government = GovernmentGrid.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(power_grid__in=power) | Q(government_grid__in=government))

    def at(self, instant: datetime) -> AssignmentQuerySet:
        """In force at an instant."""
        standing = Q(ends_at__isnull=True) | Q(ends_at__gt=instant)
        return self.filter(standing, starts_at__lte=instant)

    def from_instant(self, instant: datetime) -> AssignmentQuerySet:
        """In force at an instant or later."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=instant))

    def managers(self) -> AssignmentQuerySet:
        return self.filter(post=Assignment.Post.MANAGER)


class Assignment(models.Model):
    """A person answers for a grid in a post from an instant on, up to but without its end.

    Rows of the post of the manager say who answers at each instant: one per power grid, which the
    database sees to (``grids.guards``). While somebody covers for a manager on leave the row names
    who covers as ``member`` and the manager as ``principal``; otherwise both are the same.
    """

    class Post(models.TextChoices):
        MANAGER = "manager", _("网格经理")
        DEPUTY = "deputy", _("副网格经理")
        CUSTOMER_HIGH = "customer_high", _("高压客户经理")
        CUSTOMER_LOW = "customer_low", _("低压客户经理")
        OFFICER = "officer", _("政府网格员")
        HEAD = "head", _("政府网格长")

    POWER = (Post.MANAGER, Post.DEPUTY, Post.CUSTOMER_HIGH, Post.CUSTOMER_LOW)
    GOVERNMENT = (Post.OFFICER, Post.HEAD)

    power_grid = models.ForeignKey(
        PowerGrid, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    government_grid = models.ForeignKey(
        GovernmentGrid, models.PROTECT, null=True, blank=True, related_name="assignments"
    )
    post = models.CharField(_("岗位"), max_length=14, choices=Post)
    member = models.ForeignKey(GridMember, models.PROTECT, related_name="assignments")
    principal = models.ForeignKey(GridMember, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    reason = models.CharField(_("事由"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格任职")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="assignment_of_one_grid",
                condition=Q(
                    power_grid__isnull=False,
                    government_grid__isnull=True,
                    post__in=["manager", "deputy", "customer_high", "customer_low"],
                )
                | Q(
                    power_grid__isnull=True,
                    government_grid__isnull=False,
                    post__in=["officer", "head"],
                ),
            ),
            models.CheckConstraint(
                name="assignment_ends_after_it_starts",
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["power_grid", "post", "starts_at"], name="assignment_by_grid"),
            models.Index(fields=["member", "starts_at"], name="assignment_by_member"),
        ]

    def __str__(self) -> str:
        return f"{self.grid} {self.get_post_display()} {self.member}"

    @property
    def grid(self) -> PowerGrid | GovernmentGrid | None:
        return self.power_grid or self.government_grid

    @property
    def is_cover(self) -> bool:
        return self.member_id != self.principal_id


class HandOverQuerySet(models.QuerySet["HandOver"]):
    def visible_to(self, user: User) -> HandOverQuerySet:
        """With the grid, and to whoever gives or takes."""
        if not user.is_authenticated:
            return self.none()
        seen = PowerGrid.objects.visible_to(user).order_by().values("pk")
        return self.filter(Q(grid__in=seen) | Q(successor__user=user) | Q(former__user=user))

    def proposed(self) -> HandOverQuerySet:
        return self.filter(state=HandOver.State.PROPOSED)


class HandOver(models.Model):
    """A manager gives a grid to another; it takes effect when the successor accepted it."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待接收")
        ACCEPTED = "accepted", _("已接收")
        DECLINED = "declined", _("未接收")
        WITHDRAWN = "withdrawn", _("已撤回")

    grid = models.ForeignKey(PowerGrid, models.PROTECT, related_name="hand_overs")
    former = models.ForeignKey(GridMember, models.PROTECT, related_name="+")
    successor = models.ForeignKey(GridMember, models.PROTECT, related_name="+")
    reason = models.CharField(_("交接原因"), max_length=200)
    # The earliest instant; where it is accepted later, from then on.
    effective_at = models.DateTimeField(_("交接时间"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PROPOSED)
    remark = models.CharField(_("接收意见"), max_length=200, blank=True)
    # Open work that went with it: [[what, how many]], as counted when it moved.
    open_work = models.JSONField(_("未结工作"), default=list, blank=True)
    proposed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    proposed_at = models.DateTimeField(_("发起时间"))
    decided_at = models.DateTimeField(_("接收时间"), null=True, blank=True)
    moved_at = models.DateTimeField(_("工作移交时间"), null=True, blank=True)

    objects = HandOverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格交接")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="hand_over_one_open_per_grid",
                fields=["grid"],
                condition=Q(state="proposed"),
            ),
            models.CheckConstraint(
                name="hand_over_to_somebody_else", condition=~Q(former=F("successor"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grid}: {self.former} → {self.successor}"
