"""The tag 民生 of a problem: what residents feel directly comes first (S1-1.1.1)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.models.rectification import RectificationItem


class LivelihoodTag(models.Model):
    """Whether an item of the ledger concerns residents' use itself, and who said so why."""

    item = models.OneToOneField(
        RectificationItem, models.CASCADE, related_name="livelihood_tag", verbose_name=_("整改事项")
    )
    tagged = models.BooleanField(_("民生"))
    # What the rule found, or what a person gave as the reason.
    reason = models.CharField(_("理由"), max_length=200, blank=True)
    set_at = models.DateTimeField(_("标注时间"))
    # Empty: by the rule.
    set_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("民生标签")
        indexes = [models.Index(fields=["tagged", "item"], name="livelihood_by_tag")]

    def __str__(self) -> str:
        return f"{self.item} {self.tagged}"
