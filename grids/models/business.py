"""Electricity business that government grids pass on: kinds by version, requests, steps, events.

Source: grid standard 5.3 (S2-5.3.1a to S2-5.3.2c).
"""

from __future__ import annotations

from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.fields import EncryptedTextField
from core.spans import ends_after_it_starts, in_force
from grids.business.definition import Definition
from grids.business.moves import DONE, OPEN, Move, State

if TYPE_CHECKING:
    from accounts.models import User


class BusinessTypeQuerySet(models.QuerySet["BusinessType"]):
    def known(self, *, on: date) -> BusinessTypeQuerySet:
        """Those that had begun by a day and had not ended; which one counts, see ``types_for``."""
        return self.filter(in_force(on))

    def visible_to(self, user: User) -> BusinessTypeQuerySet:
        """Everybody who works with requests reads how they are handled."""
        if user.is_authenticated and (
            user.can(Permission.BUSINESS_VIEW) or user.can(Permission.RULE_MANAGE)
        ):
            return self
        return self.none()


class BusinessType(models.Model):
    """One version of a kind of business, for everybody or for one company and those below it."""

    class Group(models.TextChoices):
        NEW = "new", _("新装")
        CAPACITY = "capacity", _("增容")
        TEMPORARY = "temporary", _("临时用电")
        CHANGE = "change", _("变更用电")

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveSmallIntegerField(_("版本"))
    company = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("适用企业"),
    )
    title = models.CharField(_("业务类型"), max_length=60)
    group = models.CharField(_("类别"), max_length=12, choices=Group)
    # See ``grids.business.definition``.
    content = models.JSONField(_("内容"))
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = BusinessTypeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电业务类型")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(name="business_type_version_once", fields=["code", "version"]),
            ends_after_it_starts("business_type_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title

    @cached_property
    def definition(self) -> Definition:
        return Definition.read(self.content)


class BusinessRequestQuerySet(models.QuerySet["BusinessRequest"]):
    def visible_to(self, user: User) -> BusinessRequestQuerySet:
        """To the grid that passed it on, the department that signs, the unit that handles it and
        those above these."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.BUSINESS_VIEW)
        units = seen.order_by().values("pk")
        return self.filter(Q(organisation__in=units) | Q(source__in=units) | Q(signer__in=units))

    def open(self) -> BusinessRequestQuerySet:
        return self.filter(state__in=OPEN)

    def done(self) -> BusinessRequestQuerySet:
        return self.filter(state__in=DONE)


class BusinessRequest(models.Model):
    """One customer's business, passed on by a government grid and handled by a company's unit."""

    class Satisfaction(models.TextChoices):
        GOOD = "good", _("满意")
        FAIR = "fair", _("基本满意")
        BAD = "bad", _("不满意")
        UNREACHED = "unreached", _("无法联系")

    number = models.CharField(_("编号"), max_length=40, unique=True)
    # How the platform of the government grid calls it; empty where it was typed in here.
    external_number = models.CharField(_("政府平台编号"), max_length=40, blank=True)
    type = models.ForeignKey(
        BusinessType, models.PROTECT, related_name="requests", verbose_name=_("业务类型")
    )
    source = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("转办的政府网格")
    )
    # The cell of the grid management in which the customer lives, where it is registered.
    grid = models.ForeignKey(
        "grids.GovernmentGrid",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("政府网格"),
    )
    officer = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("网格员"),
    )
    # The department that signs joint steps.
    signer = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("会签部门")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("承办单位")
    )
    handler = models.ForeignKey(
        "accounts.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("承办人"),
    )

    customer_name = EncryptedTextField(_("客户名称"))
    customer_phone = EncryptedTextField(_("联系电话"))
    account_no = EncryptedTextField(_("户号"), blank=True)
    address = EncryptedTextField(_("用电地址"))
    capacity = models.DecimalField(
        _("用电容量（千伏安）"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    note = models.CharField(_("说明"), max_length=300, blank=True)

    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.PASSED_ON)
    # Codes of materials that were handed in; and when the customer was told what is missing, once.
    materials = models.JSONField(_("已收材料"), default=list, blank=True)
    missing = models.JSONField(_("应补材料"), default=list, blank=True)
    notified_at = models.DateTimeField(_("一次性告知时间"), null=True, blank=True)
    handovers = models.PositiveSmallIntegerField(_("移交次数"), default=0)
    # The deadline of the step that runs; empty while none does.
    due_at = models.DateTimeField(_("当前时限"), null=True, blank=True)

    passed_at = models.DateTimeField(_("转办时间"))
    taken_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    finished_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    result = models.CharField(_("办理结果"), max_length=300, blank=True)
    satisfaction = models.CharField(_("客户评价"), max_length=12, choices=Satisfaction, blank=True)

    # What it cost the customer: charged by the rule, and what was taken off.
    fee = models.DecimalField(
        _("应收费用（元）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reduction = models.DecimalField(
        _("减免费用（元）"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    reduction_reason = models.CharField(_("减免依据"), max_length=200, blank=True)
    # Working days from passing on to the end, and those of the company's own steps.
    days = models.PositiveIntegerField(_("全程工作日"), null=True, blank=True)
    company_days = models.PositiveIntegerField(_("供电企业工作日"), null=True, blank=True)
    # Whether every step of the company, and every signature of the government, was in time.
    in_time = models.BooleanField(_("按时办结"), null=True, blank=True)
    government_in_time = models.BooleanField(_("政府会签按时"), null=True, blank=True)

    # Of what a platform sent, to tell a repeated message from another one.
    digest = models.CharField(max_length=64, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    updated_at = models.DateTimeField(_("更新时间"))

    objects = BusinessRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电业务")
        ordering = ["-passed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="business_external_number_once",
                fields=["source", "external_number"],
                condition=~Q(external_number=""),
            ),
            models.CheckConstraint(
                name="business_done_has_its_figures",
                condition=~Q(state__in=sorted(DONE))
                | Q(finished_at__isnull=False, fee__isnull=False, reduction__isnull=False)
                & Q(days__isnull=False, in_time__isnull=False),
            ),
            models.CheckConstraint(
                name="business_reduced_by_no_more_than_the_fee",
                condition=Q(fee__isnull=True) | Q(fee__gte=F("reduction"), reduction__gte=0),
            ),
        ]
        indexes = [
            models.Index(fields=["-passed_at", "-id"], name="business_by_time"),
            models.Index(fields=["organisation", "-passed_at", "-id"], name="business_by_unit"),
            models.Index(fields=["source", "-passed_at", "-id"], name="business_by_source"),
            models.Index(fields=["finished_at"], name="business_by_end"),
            models.Index(fields=["updated_at", "id"], name="business_by_change"),
            models.Index(
                fields=["due_at"], name="business_by_due", condition=Q(due_at__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class OfRequestQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfRequestQuerySet:
        """With their requests."""
        seen = BusinessRequest.objects.visible_to(user).order_by()
        return self.filter(request__in=seen.values("pk"))


class BusinessStep(models.Model):
    """One step of a request: when it began, until when, by whom it was done, who signed."""

    request = models.ForeignKey(BusinessRequest, models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField(_("顺序"))
    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("环节"), max_length=60)
    actor = models.CharField(_("办理方"), max_length=12)
    joint = models.BooleanField(_("会签"), default=False)

    started_at = models.DateTimeField(_("开始时间"), null=True, blank=True)
    due_at = models.DateTimeField(_("时限"), null=True, blank=True)
    provisional = models.BooleanField(default=False)
    explanation = models.JSONField(default=list, blank=True)
    # Times in which it stood still: [{"from", "to", "document"}], the last one may be open.
    pauses = models.JSONField(default=list, blank=True)
    done_at = models.DateTimeField(_("完成时间"), null=True, blank=True)
    done_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("办理意见"), max_length=300, blank=True)

    company_signed_at = models.DateTimeField(_("供电企业会签时间"), null=True, blank=True)
    company_signed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    government_signed_at = models.DateTimeField(_("政府部门会签时间"), null=True, blank=True)
    government_signed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = OfRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电业务环节")
        ordering = ["request", "position"]
        constraints = [
            models.UniqueConstraint(
                name="business_step_place_once", fields=["request", "position"]
            ),
            models.CheckConstraint(
                name="business_step_done_after_it_started",
                condition=Q(done_at__isnull=True) | Q(done_at__gte=F("started_at")),
            ),
            # Neither side alone ends a joint step.
            models.CheckConstraint(
                name="business_joint_step_signed_by_both",
                condition=Q(joint=False)
                | Q(done_at__isnull=True)
                | Q(company_signed_at__isnull=False, government_signed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def late(self, moment: datetime | None) -> bool:
        """Whether something that was done, or not yet, at an instant was late."""
        if self.due_at is None or moment is None:
            return False
        return (moment - self.due_at).total_seconds() >= 1


class BusinessEvent(models.Model):
    """What happened to a request; never changed."""

    request = models.ForeignKey(BusinessRequest, models.CASCADE, related_name="events")
    sequence = models.PositiveIntegerField(_("序号"))
    kind = models.CharField(_("事项"), max_length=12, choices=Move)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    # For whom it was done; a machine acts for its organisation.
    organisation = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    step = models.CharField(_("环节"), max_length=60, blank=True)
    text = models.CharField(_("说明"), max_length=300, blank=True)

    objects = OfRequestQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电业务记录")
        ordering = ["request", "sequence"]
        constraints = [
            models.UniqueConstraint(
                name="business_event_place_once", fields=["request", "sequence"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request} {self.get_kind_display()}"
