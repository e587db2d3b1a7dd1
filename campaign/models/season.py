"""A phase is carried out together with the supervision of a season (S1-5.3b: 迎峰度夏)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from campaign.models.campaign import Phase


class PhaseSeason(models.Model):
    """The season that a phase is combined with: its days, and what is looked at most."""

    phase = models.OneToOneField(Phase, models.CASCADE, related_name="season")
    name = models.CharField(_("季节性督导"), max_length=30)
    starts_on = models.DateField(_("开始日期"))
    ends_on = models.DateField(_("结束日期"))
    focus = models.TextField(_("督导重点"))
    document_number = models.CharField(_("依据文号"), max_length=60, blank=True)
    linked_at = models.DateTimeField(_("登记时间"))
    linked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = verbose_name_plural = _("阶段与季节性督导")
        constraints = [
            models.CheckConstraint(
                name="season_ends_after_it_starts", condition=Q(ends_on__gte=F("starts_on"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.phase} · {self.name}"
