"""Sharing of archives with government platforms: agreements, jobs, the log, records that came in.

Source: grid standard 4.3.1, 5.5.1 (S2-4.3.1a to S2-4.3.1c, S2-5.5.1a).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock
from core.fields import EncryptedJSONField
from grids.sharing.moves import AgreementState, Match

if TYPE_CHECKING:
    from accounts.models import User


def shared_units(user: User) -> models.QuerySet[Organisation]:
    """Numbers of the organisations whose sharing a person reads."""
    seen = Organisation.objects.visible_to(user, Permission.SHARING_VIEW)
    return seen.order_by().values("pk")


class SharingAgreementQuerySet(models.QuerySet["SharingAgreement"]):
    def visible_to(self, user: User) -> SharingAgreementQuerySet:
        """To both parties and to those above the company."""
        if not user.is_authenticated:
            return self.none()
        units = shared_units(user)
        return self.filter(Q(company__in=units) | Q(government__in=units))

    def in_force(self, *, on: date) -> SharingAgreementQuerySet:
        return self.filter(state=AgreementState.APPROVED, starts_on__lte=on, ends_on__gte=on)


class SharingAgreement(models.Model):
    """What a company and a government department share, what for, and how long (S2-4.3.1b)."""

    class Direction(models.TextChoices):
        IN = "in", _("政府提供给企业")
        OUT = "out", _("企业提供给政府")
        BOTH = "both", _("双向")

    number = models.CharField(_("协议编号"), max_length=40, unique=True)
    company = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    government = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("政府部门")
    )
    direction = models.CharField(_("方向"), max_length=4, choices=Direction)
    # Codes of the catalogue, see ``grids.sharing.fields``.
    fields = models.JSONField(_("共享字段"))
    purpose = models.CharField(_("用途"), max_length=300)
    document = models.CharField(_("协议文号"), max_length=80, blank=True)
    starts_on = models.DateField(_("生效日期"))
    ends_on = models.DateField(_("到期日期"))
    state = models.CharField(
        _("状态"), max_length=10, choices=AgreementState, default=AgreementState.ASKED
    )
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    drafted_at = models.DateTimeField(_("起草时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    decision = models.CharField(_("审批意见"), max_length=300, blank=True)
    ended_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    ended_at = models.DateTimeField(_("终止时间"), null=True, blank=True)
    end_reason = models.CharField(_("终止原因"), max_length=300, blank=True)
    # When its people were told that it ends soon.
    warned_at = models.DateTimeField(null=True, blank=True)

    objects = SharingAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("数据共享协议")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="sharing_agreement_ends_after_it_starts",
                condition=Q(ends_on__gte=F("starts_on")),
            ),
            # Nobody approves what they drafted.
            models.CheckConstraint(
                name="sharing_agreement_approved_by_another",
                condition=~Q(state=AgreementState.APPROVED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def stands_on(self, day: date) -> bool:
        approved = self.state == AgreementState.APPROVED
        return approved and self.starts_on <= day <= self.ends_on

    @property
    def last_day(self) -> date:
        """The last day on which it held, or will hold: an early end counts."""
        if self.ended_at is None:
            return self.ends_on
        return min(self.ends_on, clock.day_of(self.ended_at))


class OfAgreementQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfAgreementQuerySet:
        """With their agreements."""
        seen = SharingAgreement.objects.visible_to(user).order_by()
        return self.filter(agreement__in=seen.values("pk"))


class ExchangeJob(models.Model):
    """How files of an agreement look: which column of theirs is which field of ours (S2-5.5.1a)."""

    class Direction(models.TextChoices):
        IN = "in", _("接收")
        OUT = "out", _("提供")

    agreement = models.ForeignKey(SharingAgreement, models.PROTECT, related_name="jobs")
    title = models.CharField(_("作业名称"), max_length=60)
    direction = models.CharField(_("方向"), max_length=4, choices=Direction)
    # [{"theirs": "户主姓名", "ours": "name"}]; "number" and "as_of" are ours for every file in.
    pairs = models.JSONField(_("字段对应"))
    cycle_days = models.PositiveSmallIntegerField(_("周期（天）"), null=True, blank=True)
    last_run_at = models.DateTimeField(_("最近一次"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(_("登记时间"))

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("交换作业")
        ordering = ["agreement", "title"]
        constraints = [
            models.UniqueConstraint(name="exchange_job_title_once", fields=["agreement", "title"]),
        ]

    def __str__(self) -> str:
        return self.title


class Exchange(models.Model):
    """One exchange, in or out, by file or through the API; never changed (S2-4.3.1a)."""

    class Way(models.TextChoices):
        FILE = "file", _("文件")
        API = "api", _("接口")

    agreement = models.ForeignKey(SharingAgreement, models.PROTECT, related_name="exchanges")
    job = models.ForeignKey(
        ExchangeJob, models.PROTECT, null=True, blank=True, related_name="exchanges"
    )
    direction = models.CharField(_("方向"), max_length=4, choices=ExchangeJob.Direction)
    way = models.CharField(_("方式"), max_length=4, choices=Way)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    # The public half of the key of a machine.
    client = models.CharField(_("接口客户端"), max_length=100, blank=True)
    rows = models.PositiveIntegerField(_("条数"))
    fields = models.JSONField(_("字段"))
    name = models.CharField(_("文件名"), max_length=150, blank=True)
    digest = models.CharField(_("内容摘要（SHA-256）"), max_length=64)
    created = models.PositiveIntegerField(_("新增"), default=0)
    changed = models.PositiveIntegerField(_("更新"), default=0)
    unchanged = models.PositiveIntegerField(_("未变"), default=0)

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("交换记录")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["-at", "-id"], name="exchange_by_time"),
            models.Index(fields=["agreement", "-at", "-id"], name="exchange_by_agreement"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.at:%Y-%m-%d}"


class SharedRecord(models.Model):
    """A record of the government's platform, and the archive of ours that it is about."""

    agreement = models.ForeignKey(SharingAgreement, models.PROTECT, related_name="records")
    number = models.CharField(_("政府平台编号"), max_length=40)
    # Of which day the data are.
    as_of = models.DateField(_("数据日期"))
    values = EncryptedJSONField(_("内容"))
    digest = models.CharField(max_length=64)
    account_index = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(_("匹配结果"), max_length=10, choices=Match)
    archive = models.ForeignKey(
        "grids.ArchiveRecord", models.SET_NULL, null=True, blank=True, related_name="shared"
    )
    # Fields that are not the same on both sides; and those of which a person said that ours hold.
    differences = models.JSONField(_("差异字段"), default=list, blank=True)
    kept = models.JSONField(default=list, blank=True)
    settled_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(_("核实时间"), null=True, blank=True)
    note = models.CharField(_("核实说明"), max_length=300, blank=True)
    received_at = models.DateTimeField(_("接收时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = OfAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("共享记录")
        ordering = ["-received_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="shared_record_number_once", fields=["agreement", "number"]
            ),
            models.CheckConstraint(
                name="shared_record_match_has_its_archive",
                condition=~Q(state=Match.CONFLICT) | ~Q(differences=[]),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-received_at", "-id"], name="shared_record_by_state"),
            models.Index(fields=["updated_at", "id"], name="shared_record_by_change"),
        ]

    def __str__(self) -> str:
        return self.number
