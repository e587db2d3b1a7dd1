"""Special groups (特殊群体): households with their consent, helpers, safety checks and visits.

Source: grid standard 5.8 (S2-5.8a to S2-5.8d); personal information law, articles 28 to 31. Few
roles see them at all, and those see them masked; see ``grids.services.special.reveal``.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock
from core.fields import EncryptedTextField
from core.spans import Dated, ends_after_it_starts
from grids import special_terms as terms
from grids.models.ground import PowerGrid
from grids.models.people import Assignment, GridMember
from grids.special_workflow import Move, State

if TYPE_CHECKING:
    from accounts.models import User

# What tells who somebody is, or how they live; blanked together.
PERSONAL = ("name", "phone", "address", "account_no", "guardian", "guardian_phone", "needs")
PREFIX = "TQ"


def own_grids(user: User) -> tuple[Any, Any]:
    """Power grids and government grids at which somebody works now."""
    held = Assignment.objects.at(clock.now()).filter(member__user=user).order_by()
    power = held.filter(power_grid__isnull=False)
    government = held.filter(government_grid__isnull=False)
    return power.values("power_grid"), government.values("government_grid")


class SpecialHouseholdQuerySet(models.QuerySet["SpecialHousehold"]):
    def visible_to(self, user: User) -> SpecialHouseholdQuerySet:
        """To those who keep the grids of the unit; to a manager those of the own grids and those
        whom they help; to an officer those of the own government grid that agreed to be shared.
        To nobody above or beside them."""
        if not user.is_authenticated or not user.can(Permission.SPECIAL_VIEW):
            return self.none()
        seen = Q(pk__in=())
        power, government = own_grids(user)
        for place, role in user.stands:
            if Permission.SPECIAL_VIEW not in role.permissions:
                continue
            if place.kind == Organisation.Kind.GOVERNMENT_DEPARTMENT:
                mine = Q(government_grid__in=government, government_grid__department=place.pk)
                seen |= mine & Q(shared=True, state=State.STANDING)
            elif place.is_company and Permission.GRID_MANAGE in role.permissions:
                seen |= Q(organisation__path__startswith=place.path)
            elif place.is_company:
                helped = HelpPair.objects.on(clock.today()).filter(helper__user=user).order_by()
                within = Q(organisation__path__startswith=place.path)
                seen |= within & (Q(grid__in=power) | Q(pk__in=helped.values("household")))
        return self.filter(seen)

    def standing(self) -> SpecialHouseholdQuerySet:
        return self.filter(state=State.STANDING)

    def stale(self, *, on: date) -> SpecialHouseholdQuerySet:
        """Those that somebody should have looked at again by now."""
        return self.standing().filter(review_due_on__lt=on)


class SpecialHousehold(models.Model):
    """One household of a special group. After a withdrawal only that it was there is left."""

    class Source(models.TextChoices):
        COMPANY = "company", _("供电企业")
        GOVERNMENT = "government", _("政府网格")

    kind = models.CharField(_("类别"), max_length=20)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("管理单位")
    )
    grid = models.ForeignKey(
        PowerGrid, models.PROTECT, related_name="special", verbose_name=_("电力网格")
    )
    government_grid = models.ForeignKey(
        "grids.GovernmentGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="special",
        verbose_name=_("政府网格"),
    )
    source = models.CharField(_("信息来源"), max_length=12, choices=Source)

    name = EncryptedTextField(_("姓名"), null=True, blank=True)
    phone = EncryptedTextField(_("联系电话"), null=True, blank=True)
    address = EncryptedTextField(_("家庭住址"), null=True, blank=True)
    account_no = EncryptedTextField(_("户号"), null=True, blank=True)
    guardian = EncryptedTextField(_("监护人"), null=True, blank=True)
    guardian_phone = EncryptedTextField(_("监护人电话"), null=True, blank=True)
    # Medical devices, what to mind when calling.
    needs = EncryptedTextField(_("照顾事项"), null=True, blank=True)
    # Keyed hash of name and address, so that nobody is entered twice; goes with them.
    identity = models.CharField(max_length=64, blank=True)

    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.STANDING)
    # As the consent in force says.
    shared = models.BooleanField(_("向政府网格共享"), default=False)
    review_due_on = models.DateField(_("复核期限"), null=True, blank=True)
    # Of which day of review people were written to.
    alerted_for = models.DateField(null=True, blank=True)
    reviewed_at = models.DateTimeField(_("复核时间"), null=True, blank=True)
    ended_on = models.DateField(_("退出日期"), null=True, blank=True)
    end_reason = models.CharField(_("退出原因"), max_length=20, blank=True)
    blanked_at = models.DateTimeField(_("个人信息清除时间"), null=True, blank=True)
    version = models.PositiveIntegerField(_("版本"), default=1)
    written_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = SpecialHouseholdQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊群体")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="special_household_once",
                fields=["organisation", "identity"],
                condition=Q(state="standing"),
            ),
            models.CheckConstraint(
                name="special_standing_has_its_person",
                condition=~Q(state="standing")
                | Q(name__isnull=False, address__isnull=False, blanked_at__isnull=True)
                & ~Q(identity=""),
            ),
            # Whoever withdrew is not kept anywhere in the row.
            models.CheckConstraint(
                name="special_withdrawn_is_blank",
                condition=~Q(state="withdrawn") | Q(blanked_at__isnull=False),
            ),
            models.CheckConstraint(
                name="special_blanked_is_blank",
                condition=Q(blanked_at__isnull=True)
                | Q(**{f"{name}__isnull": True for name in PERSONAL}, identity=""),
            ),
            models.CheckConstraint(
                name="special_shared_while_standing",
                condition=Q(shared=False) | Q(state="standing"),
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "state"], name="special_by_unit"),
            models.Index(fields=["grid", "state"], name="special_by_grid"),
            models.Index(fields=["-created_at", "-id"], name="special_by_time"),
            models.Index(
                fields=["review_due_on"],
                name="special_by_review",
                condition=Q(state="standing"),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def number(self) -> str:
        """How it is called where nobody may be named."""
        return f"{PREFIX}-{self.pk:06d}"

    @property
    def kind_title(self) -> str:
        return terms.title("kinds", self.kind)

    def is_stale(self, *, on: date) -> bool:
        due = self.review_due_on
        return self.state == State.STANDING and due is not None and due < on


class OfHousehold(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfHousehold:
        """With their households."""
        seen = SpecialHousehold.objects.visible_to(user).order_by()
        return self.filter(household__in=seen.values("pk"))


class SpecialConsent(models.Model):
    """Who agreed to be in the ledger, when and how; a new one where the scope changes."""

    household = models.ForeignKey(SpecialHousehold, models.CASCADE, related_name="consents")
    given_by = models.CharField(_("同意人"), max_length=20)
    given_on = models.DateField(_("同意日期"))
    form = models.CharField(_("同意方式"), max_length=20)
    shared = models.BooleanField(_("同意向政府网格共享"), default=False)
    # The signed form shows who it is: opened with a purpose only, gone with the rest.
    scan = models.ForeignKey(
        "core.StoredFile", models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    taken_at = models.DateTimeField(_("登记时间"))
    # Replaced by another scope, withdrawn, or the household left.
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    withdrawn_on = models.DateField(_("撤回日期"), null=True, blank=True)
    withdrawn_by = models.CharField(_("撤回人"), max_length=20, blank=True)

    objects = OfHousehold.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊群体同意")
        ordering = ["household", "-taken_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="special_consent_one_in_force",
                fields=["household"],
                condition=Q(ended_at__isnull=True),
            ),
            models.CheckConstraint(
                name="special_consent_withdrawn_is_over",
                condition=Q(withdrawn_on__isnull=True)
                | Q(ended_at__isnull=False, withdrawn_on__gte=F("given_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.given_on:%Y-%m-%d}"


class HelpPairQuerySet(Dated["HelpPair"]):
    def visible_to(self, user: User) -> HelpPairQuerySet:
        """With their households."""
        seen = SpecialHousehold.objects.visible_to(user).order_by()
        return self.filter(household__in=seen.values("pk"))


class HelpPair(models.Model):
    """A helper looks after a household from a day to a day; one main helper at a time, which the
    database sees to (``grids.guards``)."""

    class Role(models.TextChoices):
        MAIN = "main", _("主要帮扶人")
        SECOND = "second", _("协助帮扶人")

    household = models.ForeignKey(SpecialHousehold, models.CASCADE, related_name="pairs")
    helper = models.ForeignKey(GridMember, models.PROTECT, related_name="helps")
    role = models.CharField(_("帮扶角色"), max_length=8, choices=Role)
    task = models.CharField(_("帮扶内容"), max_length=200, blank=True)
    valid_from = models.DateField(_("开始日期"))
    valid_until = models.DateField(_("结束日期"), null=True, blank=True)
    end_reason = models.CharField(_("结束原因"), max_length=200, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))

    objects = HelpPairQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("结对帮扶")
        ordering = ["household", "role", "-valid_from", "-pk"]
        constraints = [ends_after_it_starts("help_pair_ends_after_it_starts")]
        indexes = [models.Index(fields=["helper", "valid_from"], name="help_pair_by_helper")]

    def __str__(self) -> str:
        return f"{self.household} {self.get_role_display()} {self.helper}"


class SafetyCheck(models.Model):
    """A check of the wiring of a household: planned for a day, done with its items and verdict."""

    class State(models.TextChoices):
        PLANNED = "planned", _("待检查")
        DONE = "done", _("已检查")
        ABSENT = "absent", _("未能入户")
        CANCELLED = "cancelled", _("已取消")

    class Verdict(models.TextChoices):
        FIT = "fit", _("合格")
        FOUND = "found", _("发现问题")

    household = models.ForeignKey(SpecialHousehold, models.CASCADE, related_name="checks")
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLANNED)
    due_on = models.DateField(_("检查期限"))
    alerted_for = models.DateField(null=True, blank=True)
    done_on = models.DateField(_("检查日期"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Code of the item → "fit", "bad" or "none" (not there).
    results = models.JSONField(_("检查项目"), default=dict, blank=True)
    verdict = models.CharField(_("检查结论"), max_length=8, choices=Verdict, blank=True)
    # What was found and advised; the number of the hazard where one was opened for it.
    finding = models.CharField(_("问题和处理"), max_length=300, blank=True)
    hazard_number = models.CharField(_("隐患编号"), max_length=40, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    objects = OfHousehold.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊群体安全检查")
        ordering = ["household", "-due_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="safety_check_one_planned",
                fields=["household"],
                condition=Q(state="planned"),
            ),
            models.CheckConstraint(
                name="safety_check_done_has_its_verdict",
                condition=~Q(state="done") | Q(done_on__isnull=False) & ~Q(verdict=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="safety_check_by_due", condition=Q(state="planned")
            )
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.due_on:%Y-%m-%d}"


class HolidayVisit(models.Model):
    """A visit for a holiday of the working calendar: planned until its last day, and its record."""

    class State(models.TextChoices):
        PLANNED = "planned", _("待慰问")
        DONE = "done", _("已登记")
        CANCELLED = "cancelled", _("已取消")

    household = models.ForeignKey(SpecialHousehold, models.CASCADE, related_name="visits")
    holiday = models.CharField(_("节日"), max_length=40)
    year = models.PositiveSmallIntegerField(_("年份"))
    due_on = models.DateField(_("慰问期限"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.PLANNED)
    alerted_for = models.DateField(null=True, blank=True)
    visited_on = models.DateField(_("慰问日期"), null=True, blank=True)
    visited_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    outcome = models.CharField(_("慰问结果"), max_length=20, blank=True)
    goods = models.CharField(_("慰问品"), max_length=100, blank=True)
    note = models.CharField(_("慰问情况"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("登记时间"))

    objects = OfHousehold.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("节日慰问")
        ordering = ["household", "-due_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="holiday_visit_once", fields=["household", "holiday", "year"]
            ),
            models.CheckConstraint(
                name="holiday_visit_done_has_its_outcome",
                condition=~Q(state="done") | Q(visited_on__isnull=False) & ~Q(outcome=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], name="holiday_visit_by_due", condition=Q(state="planned")
            )
        ]

    def __str__(self) -> str:
        return f"{self.household} {self.year} {self.holiday}"


class SpecialEvent(models.Model):
    """What happened to a household in the ledger; never changed, its words blanked with it."""

    household = models.ForeignKey(SpecialHousehold, models.CASCADE, related_name="events")
    move = models.CharField(_("事项"), max_length=12, choices=Move)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    text = models.CharField(_("说明"), max_length=300, blank=True)

    objects = OfHousehold.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊群体记录")
        ordering = ["household", "-pk"]

    def __str__(self) -> str:
        return f"{self.household} {self.get_move_display()}"
