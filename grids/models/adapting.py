"""What a unit proposes to do otherwise with a kind of business, and what was decided (S2-7.2b)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from grids.models.business import BusinessType

if TYPE_CHECKING:
    from accounts.models import User


class TypeProposalQuerySet(models.QuerySet["TypeProposal"]):
    def visible_to(self, user: User) -> TypeProposalQuerySet:
        """Those of units in sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.BUSINESS_VIEW).order_by()
        return self.filter(company__in=seen.values("pk"))

    def waiting(self) -> TypeProposalQuerySet:
        return self.filter(state=TypeProposal.State.WAITING)


class TypeProposal(models.Model):
    """A workflow fitted to one unit, until a second person lets it come into force."""

    class State(models.TextChoices):
        WAITING = "waiting", _("待审批")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("不同意")
        WITHDRAWN = "withdrawn", _("已撤回")

    base = models.ForeignKey(
        BusinessType, models.PROTECT, related_name="proposals", verbose_name=_("上级流程")
    )
    company = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("适用单位")
    )
    content: Any = models.JSONField(_("内容"))
    basis = models.CharField(_("依据文件"), max_length=200)
    valid_from = models.DateField(_("启用日期"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    proposed_at = models.DateTimeField(_("提出时间"))
    proposed_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(_("决定时间"), null=True, blank=True)
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    opinion = models.CharField(_("审批意见"), max_length=300, blank=True)
    # The version that it became.
    made = models.OneToOneField(
        BusinessType, models.PROTECT, null=True, blank=True, related_name="proposal"
    )

    objects = TypeProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("涉电业务流程调整")
        ordering = ["-proposed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="type_proposal_one_waits",
                fields=["base", "company"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="type_proposal_decided_by_a_second_person",
                condition=~Q(state__in=("approved", "refused"))
                | Q(decided_at__isnull=False)
                & Q(decided_by__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="type_proposal_approved_has_its_version",
                condition=~Q(state="approved") | Q(made__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company} {self.base}"
