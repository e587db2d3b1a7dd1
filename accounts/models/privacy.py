"""Leaks that somebody suspects, and the log of who opened personal data as it was archived.

Source: grid standard 6.1.3, and information security under chapter 7 (S2-6.1.3, S2-7.5).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.leak_workflow import OPEN, Act, State
from accounts.models.organisation import Organisation
from accounts.permissions import Permission
from core import sla
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models.people import User


class LeakReportQuerySet(models.QuerySet["LeakReport"]):
    def visible_to(self, user: User) -> LeakReportQuerySet:
        """One's own, and those of units whose reports one handles; nobody else's, whatever rank."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.LEAK_HANDLE).order_by()
        return self.filter(Q(reporter=user) | Q(organisation__in=units.values("pk")))

    def open(self) -> LeakReportQuerySet:
        return self.filter(state__in=OPEN)


class LeakReport(models.Model):
    """A suspected leak as somebody reported it; in confidence, with two deadlines."""

    class Kind(models.TextChoices):
        SENT_OUT = "sent_out", _("向外发送、转发")
        POSTED = "posted", _("在网络群组公开")
        OVERSEEN = "overseen", _("越权查看、导出")
        LOST = "lost", _("设备、材料遗失")
        OTHER = "other", _("其他")

    number = models.CharField(_("编号"), max_length=30, unique=True)
    # Of the form: sent twice, it is one report.
    nonce = models.UUIDField(editable=False)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("涉及单位")
    )
    kind = models.CharField(_("情形"), max_length=12, choices=Kind)
    noticed_on = models.DateField(_("发现日期"))
    people_concerned = models.PositiveIntegerField(_("涉及人数"), null=True, blank=True)
    what = EncryptedTextField(_("情况说明"))
    reporter = models.ForeignKey("accounts.User", models.PROTECT, related_name="leak_reports")
    reported_at = models.DateTimeField(_("报告时间"))

    state = models.CharField(_("状态"), max_length=12, choices=State, default=State.REPORTED)
    accept_due_at = models.DateTimeField(_("受理期限"))
    close_due_at = models.DateTimeField(_("办结期限"))
    due_explanation = models.JSONField(default=list)
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)

    objects = LeakReportQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("信息泄露报告")
        ordering = ["-reported_at", "-pk"]
        constraints = [
            models.UniqueConstraint(name="leak_form_taken_once", fields=["reporter", "nonce"]),
            models.CheckConstraint(
                name="leak_ended_when_its_state_says_so",
                condition=Q(state__in=OPEN, closed_at__isnull=True)
                | Q(~Q(state__in=OPEN), closed_at__isnull=False, accepted_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def due_at(self) -> datetime:
        """The deadline that runs."""
        return self.accept_due_at if self.state == State.REPORTED else self.close_due_at

    def lamp(self, now: datetime) -> str:
        return sla.lamp(now, self.due_at, done=not self.is_open)


class LeakEntry(models.Model):
    """What was done about a report, by whom."""

    report = models.ForeignKey(LeakReport, models.PROTECT, related_name="entries")
    act = models.CharField(_("事项"), max_length=12, choices=Act)
    at = models.DateTimeField(_("时间"))
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    text = EncryptedTextField(_("内容"), blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("泄露处置记录")
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return self.get_act_display()


class AccessArchiveQuerySet(models.QuerySet["AccessArchive"]):
    def visible_to(self, user: User) -> AccessArchiveQuerySet:
        """Those of units whose access log one reads."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.none()
        for permission in (Permission.PRIVACY_VIEW, Permission.AUDIT_VIEW):
            if user.can(permission):
                seen = Organisation.objects.visible_to(user, permission)
                break
        return self.filter(organisation__in=seen.order_by().values("pk"))


class AccessArchive(models.Model):
    """The access log of one unit for one month as it was laid down, with its digest."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    month: models.DateField[date, date] = models.DateField(_("月份"))
    count = models.PositiveIntegerField(_("记录条数"))
    file = models.ForeignKey(
        "core.StoredFile", models.PROTECT, related_name="+", verbose_name=_("归档文件")
    )
    digest = models.CharField(_("摘要"), max_length=64)
    keep_until: models.DateField[date, date] = models.DateField(_("保存至"))
    made_at = models.DateTimeField(_("归档时间"))
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = AccessArchiveQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("访问日志归档")
        ordering = ["-month", "organisation"]
        constraints = [
            models.UniqueConstraint(
                name="access_archive_once_per_month", fields=["organisation", "month"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.month:%Y-%m}"
