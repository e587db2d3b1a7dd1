"""Supervision rules of an office: limits as data, each sheet with the day from which it counts."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission

if TYPE_CHECKING:
    from accounts.models import User


class RuleSheetQuerySet(models.QuerySet["RuleSheet"]):
    def visible_to(self, user: User) -> RuleSheetQuerySet:
        """Rules are no secret: everybody who takes part in campaigns may read them."""
        if not user.is_authenticated or not user.can(Permission.CAMPAIGN_VIEW):
            return self.none()
        return self

    def begun(self, *, on: date) -> RuleSheetQuerySet:
        """The sheets that count on a day, the one begun last first."""
        return self.filter(valid_from__lte=on).order_by("-valid_from")


class RuleSheet(models.Model):
    """What an office lays down for its territory (因地制宜, S1-1.1.3a); without an office: for all.

    ``values`` holds only what the sheet lays down; the keys are those of ``campaign.rules``.
    """

    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rule_sheets",
        verbose_name=_("制定机关"),
    )
    valid_from = models.DateField(_("启用日期"))
    values = models.JSONField(_("规定"), default=dict)
    document_number = models.CharField(_("依据文号"), max_length=60, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    set_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    set_at = models.DateTimeField(_("制定时间"))

    objects = RuleSheetQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("监管细则")
        ordering = ["organisation__code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="rule_sheet_one_per_office_and_start", fields=["organisation", "valid_from"]
            ),
            models.UniqueConstraint(
                name="rule_sheet_for_all_one_per_start",
                fields=["valid_from"],
                condition=Q(organisation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        name = self.organisation.name if self.organisation else _("通用")
        return f"{name} {self.valid_from}"
