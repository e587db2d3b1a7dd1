"""Briefings on supply and demand that a company gives its government (做好政府参谋).

Source: campaign plan 三、(三)1(1) (S1-3.3.1(1)a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from reporting.models.emergency import company_side

if TYPE_CHECKING:
    from accounts.models import User


class SupplyBriefingQuerySet(models.QuerySet["SupplyBriefing"]):
    def visible_to(self, user: User) -> SupplyBriefingQuerySet:
        """A company's own in every state; for regulators what was issued."""
        if not user.is_authenticated:
            return self.none()
        units = Organisation.objects.visible_to(user, Permission.FILING_VIEW).order_by()
        issued = Q(state=SupplyBriefing.State.ISSUED, organisation__in=units.values("pk"))
        return self.filter(company_side(user) | issued)


class SupplyBriefing(models.Model):
    """One briefing: the figures of a period, frozen, with the company's advice."""

    class State(models.TextChoices):
        DRAFT = "draft", _("编制中")
        ISSUED = "issued", _("已报出")

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("报告单位")
    )
    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    addressee = models.CharField(_("主送机关"), max_length=80)
    # See ``reporting.briefings``.
    content = models.JSONField(_("数据"))
    advice = models.TextField(_("工作建议"), blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    edited_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("编制时间"))
    issued_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    issued_at = models.DateTimeField(_("报出时间"), null=True, blank=True)

    objects = SupplyBriefingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("供需形势报告")
        ordering = ["-last_day", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="supply_briefing_once",
                fields=["organisation", "first_day", "last_day", "addressee"],
            ),
            models.CheckConstraint(
                name="supply_briefing_four_eyes",
                condition=Q(issued_by__isnull=True) | ~Q(issued_by=F("edited_by")),
            ),
            models.CheckConstraint(
                name="supply_briefing_issued_by_somebody",
                condition=Q(state="draft", issued_at__isnull=True, document_number="")
                | Q(state="issued", issued_at__isnull=False, issued_by__isnull=False)
                & ~Q(document_number=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.first_day:%Y-%m-%d}—{self.last_day:%Y-%m-%d}"
