"""Good practice: written up, approved by a second person, shared with units or with everybody.

Source: campaign plan 二(二)5 (S1-2.2.5f).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.demonstration_workflow import PracticeState
from campaign.models.campaign import Campaign
from campaign.models.demonstration import Demonstration
from campaign.scope import organisations_seen, workplaces

if TYPE_CHECKING:
    from accounts.models import User


class GoodPracticeQuerySet(models.QuerySet["GoodPractice"]):
    def visible_to(self, user: User) -> GoodPracticeQuerySet:
        """Of authors in sight, of one's own office, what was shared with one, what is public."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(organisations_seen(user))
        places = [place.pk for place in workplaces(user, Permission.CAMPAIGN_VIEW)]
        approved = Q(state=PracticeState.APPROVED)
        shared = PracticeShare.objects.filter(organisation__in=places).values("practice")
        return self.filter(
            (Q(author__in=seen) & ~Q(state=PracticeState.DRAFT))
            | Q(author__in=places)
            | (Q(office__in=places) & ~Q(state=PracticeState.DRAFT))
            | (approved & Q(pk__in=shared))
            | (approved & Q(published_at__isnull=False))
        )

    def published(self) -> GoodPracticeQuerySet:
        """What everybody may read."""
        return self.filter(state=PracticeState.APPROVED, published_at__isnull=False)


class GoodPractice(models.Model):
    """An article on something that works, for others to take up."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="practices")
    unit = models.ForeignKey(
        Demonstration,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="practices",
        verbose_name=_("示范单位"),
    )
    title = models.CharField(_("标题"), max_length=100)
    body = models.TextField(_("正文"))
    author = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("起草单位")
    )
    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("审定单位")
    )
    state = models.CharField(
        _("状态"), max_length=10, choices=PracticeState, default=PracticeState.DRAFT
    )
    drafted_at = models.DateTimeField(_("起草时间"))
    drafted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(_("提交时间"), null=True, blank=True)
    submitted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("审定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decision_note = models.CharField(_("审定意见"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("公开时间"), null=True, blank=True)

    objects = GoodPracticeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("经验材料")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="practice_approved_by_a_second_person",
                condition=~Q(state__in=("approved", "withdrawn"))
                | (
                    Q(decided_by__isnull=False, decided_at__isnull=False)
                    & ~Q(decided_by=F("drafted_by"))
                    & ~Q(decided_by=F("submitted_by"))
                ),
            ),
            models.CheckConstraint(
                name="practice_public_only_when_approved",
                condition=Q(published_at__isnull=True) | Q(state=PracticeState.APPROVED),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class PracticeShare(models.Model):
    """An organisation with which an approved article was shared."""

    practice = models.ForeignKey(GoodPractice, models.CASCADE, related_name="shares")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("推广单位")
    )
    shared_at = models.DateTimeField(_("推广时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("经验推广")
        ordering = ["organisation__code"]
        constraints = [
            models.UniqueConstraint(
                name="practice_shared_once_per_organisation", fields=["practice", "organisation"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practice} → {self.organisation}"


class PracticeRecall(models.Model):
    """Somebody asks to take a shared or public article back; another person decides. Until then
    it stays."""

    practice = models.ForeignKey(GoodPractice, models.CASCADE, related_name="recalls")
    reason = models.CharField(_("撤回理由"), max_length=200)
    asked_at = models.DateTimeField(_("提请时间"))
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    # None: nobody has decided yet.
    granted = models.BooleanField(_("同意撤回"), null=True)
    decided_at = models.DateTimeField(_("办理时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    note = models.CharField(_("办理意见"), max_length=200, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("经验材料撤回提请")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="practice_recall_one_waiting",
                fields=["practice"],
                condition=Q(granted__isnull=True),
            ),
            models.CheckConstraint(
                name="practice_recalled_by_a_second_person",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.practice)
