"""How many of its cases an organisation asks about afterwards: all, or a share by sample."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class VisitShare(models.Model):
    """From a day on, so many of a hundred cases received are called back; before, all."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    share = models.PositiveSmallIntegerField(_("回访比例（%）"))
    valid_from = models.DateField(_("启用日期"))
    set_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("设定时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("回访比例")
        ordering = ["organisation", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="visit_share_once_per_day", fields=["organisation", "valid_from"]
            ),
            models.CheckConstraint(
                name="visit_share_is_a_share",
                condition=models.Q(share__gte=1, share__lte=100),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.share}% {self.valid_from:%Y-%m-%d}"
