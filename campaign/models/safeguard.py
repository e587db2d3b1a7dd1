"""What an enterprise lays down: a system for each guarantee, measures for each implementation.

Source: campaign plan 四, 一(一)3 (S1-4.1g, S1-4.1h, S1-1.1.3b).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from campaign.models.campaign import Campaign
from campaign.models.duty import Duty, Objective
from campaign.scope import organisations_seen

if TYPE_CHECKING:
    from accounts.models import User


class SafeguardQuerySet(models.QuerySet["Safeguard"]):
    def visible_to(self, user: User) -> SafeguardQuerySet:
        """Those of organisations in sight."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.filter(organisations_seen(user)))

    def standing(self) -> SafeguardQuerySet:
        """Where the last version was not sent back."""
        versions = SafeguardVersion.objects.filter(safeguard=models.OuterRef("pk"))
        last = versions.order_by("-number").values("returned_at")[:1]
        return self.annotate(last_returned_at=models.Subquery(last)).filter(
            last_returned_at__isnull=True
        )


class Safeguard(models.Model):
    """A system or measures of one enterprise for one node, by choice for one of its duties."""

    campaign = models.ForeignKey(Campaign, models.CASCADE, related_name="safeguards")
    objective = models.ForeignKey(
        Objective, models.PROTECT, related_name="safeguards", verbose_name=_("目标任务")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    duty = models.ForeignKey(
        Duty,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="safeguards",
        verbose_name=_("所服务的任务"),
    )

    objects = SafeguardQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("制度和措施")
        ordering = ["organisation__code", "objective__order", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="safeguard_once_per_node_and_duty",
                fields=["objective", "organisation", "duty"],
                condition=Q(duty__isnull=False),
            ),
            models.UniqueConstraint(
                name="safeguard_once_per_node",
                fields=["objective", "organisation"],
                condition=Q(duty__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.objective}"

    @property
    def last(self) -> SafeguardVersion:
        """The version that counts: the last one."""
        found = self.versions.order_by("-number").first()
        assert found is not None  # made with its first version
        return found


class SafeguardVersion(models.Model):
    """One version of the document. What came before stays readable."""

    safeguard = models.ForeignKey(Safeguard, models.CASCADE, related_name="versions")
    number = models.PositiveSmallIntegerField(_("版本"))
    title = models.CharField(_("文件名称"), max_length=100)
    document_number = models.CharField(_("文号"), max_length=60, blank=True)
    issued_on = models.DateField(_("印发日期"))
    summary = models.TextField(_("主要内容"))
    file = models.ForeignKey(
        "core.StoredFile", models.PROTECT, related_name="+", verbose_name=_("文件")
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    uploaded_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    returned_at = models.DateTimeField(_("退回时间"), null=True, blank=True)
    returned_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    return_reason = models.CharField(_("退回原因"), max_length=300, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("制度和措施版本")
        ordering = ["safeguard", "-number"]
        constraints = [
            models.UniqueConstraint(name="safeguard_version_once", fields=["safeguard", "number"]),
            models.CheckConstraint(
                name="safeguard_returned_with_reason",
                condition=Q(returned_at__isnull=True, returned_by__isnull=True, return_reason="")
                | (Q(returned_at__isnull=False, returned_by__isnull=False) & ~Q(return_reason="")),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def lamp(self) -> tuple[str, str]:
        """Lamp and word of where the version stands."""
        if self.returned_at is not None:
            return "late", str(_("已退回"))
        return "done", str(_("已上传"))
