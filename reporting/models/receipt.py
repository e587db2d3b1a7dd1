"""Receipts, their counters, and what the reviewer decided."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reporting.models.filing import FilingVersion

if TYPE_CHECKING:
    from accounts.models import User


class ReceiptCounter(models.Model):
    """The last serial that a recipient gave in a year; locked while the next one is taken."""

    recipient = models.ForeignKey("accounts.Organisation", models.PROTECT, related_name="+")
    year = models.PositiveIntegerField(_("年度"))
    last = models.PositiveIntegerField(_("末号"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("回执编号")
        constraints = [
            models.UniqueConstraint(
                name="receipt_counter_one_per_recipient_and_year", fields=["recipient", "year"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} {self.year}: {self.last}"


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    def visible_to(self, user: User) -> ReceiptQuerySet:
        """Receipts of the versions in sight."""
        seen = FilingVersion.objects.visible_to(user).filter(pk=OuterRef("version"))
        return self.filter(Exists(seen))


class Receipt(models.Model):
    """Proof that a version arrived: number without gaps per recipient and year, time, digest."""

    version = models.OneToOneField(FilingVersion, models.PROTECT, related_name="receipt")
    recipient = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="receipts", verbose_name=_("受理单位")
    )
    year = models.PositiveIntegerField(_("年度"))
    serial = models.PositiveIntegerField(_("序号"))
    number = models.CharField(_("回执编号"), max_length=60)
    issued_at = models.DateTimeField(_("出具时间"))
    digest = models.CharField(_("内容摘要"), max_length=64)
    verify_code = models.CharField(_("核验码"), max_length=32, unique=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("回执")
        ordering = ["recipient", "year", "serial"]
        constraints = [
            models.UniqueConstraint(
                name="receipt_serial_once_per_recipient_and_year",
                fields=["recipient", "year", "serial"],
            ),
            models.CheckConstraint(name="receipt_serial_from_one", condition=Q(serial__gte=1)),
        ]

    def __str__(self) -> str:
        return self.number


class Review(models.Model):
    """One act of the reviewer on a filed version: received, returned or accepted."""

    class Decision(models.TextChoices):
        RECEIVED = "received", _("接收")
        RETURNED = "returned", _("退回补正")
        ACCEPTED = "accepted", _("审核通过")

    version = models.ForeignKey(FilingVersion, models.PROTECT, related_name="reviews")
    decision = models.CharField(_("决定"), max_length=10, choices=Decision)
    by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    at = models.DateTimeField(_("时间"))
    comment = models.TextField(_("意见"), blank=True)
    # [{"part": code, "problem": text, "rule": text}]; at least one when returned.
    deficient = models.JSONField(_("退回问题"), default=list)
    new_due_at = models.DateTimeField(_("补正期限"), null=True, blank=True)
    new_due_explanation = models.JSONField(default=list)

    class Meta:
        verbose_name = verbose_name_plural = _("审核")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="review_each_decision_once_per_version", fields=["version", "decision"]
            ),
            models.CheckConstraint(
                name="review_new_due_exactly_when_returned",
                condition=Q(decision="returned", new_due_at__isnull=False)
                | (~Q(decision="returned") & Q(new_due_at__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.get_decision_display()}"
