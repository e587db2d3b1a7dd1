"""A matter that is to end although something of it is not put right: proposed by one person,
decided by another.

Source: campaign plan 三(六)2 (S1-3.3.6(2)).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.enforcement_workflow import ClosingState
from campaign.models.enforcement import EnforcementMatter
from campaign.scope import workplaces

if TYPE_CHECKING:
    from accounts.models import User


class EnforcementClosingQuerySet(models.QuerySet["EnforcementClosing"]):
    def visible_to(self, user: User) -> EnforcementClosingQuerySet:
        """Of matters in sight; how an office came to its end is no company's to read."""
        offices = user.is_authenticated and workplaces(user, Permission.CAMPAIGN_VIEW)
        if not offices or not any(place.is_regulator for place in offices):
            return self.none()
        return self.filter(matter__in=EnforcementMatter.objects.visible_to(user))

    def waiting(self) -> EnforcementClosingQuerySet:
        return self.filter(state=ClosingState.PROPOSED)


class EnforcementClosing(models.Model):
    """Somebody asks to end a matter with unfinished items; until another agrees it stays open."""

    matter = models.ForeignKey(EnforcementMatter, models.CASCADE, related_name="closings")
    conclusion = models.TextField(_("结论"))
    why = models.CharField(_("未销号而结案的理由"), max_length=300)
    # Numbers of the items that were not written off then; what follows does not change them.
    unfinished = models.JSONField(_("未销号的整改事项"))
    state = models.CharField(
        _("状态"), max_length=10, choices=ClosingState, default=ClosingState.PROPOSED
    )
    proposed_at = models.DateTimeField(_("提请时间"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("不予结案的理由"), max_length=300, blank=True)

    objects = EnforcementClosingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("执法结案提请")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="enforcement_closing_one_waiting",
                fields=["matter"],
                condition=Q(state=ClosingState.PROPOSED),
            ),
            models.CheckConstraint(
                name="enforcement_closing_by_a_second_person",
                condition=~Q(state__in=(ClosingState.APPROVED, ClosingState.REFUSED))
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
            ),
        ]

    def __str__(self) -> str:
        return str(self.matter)
