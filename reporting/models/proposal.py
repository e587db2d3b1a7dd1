"""Proposals of findings: what the portal noticed by itself, until a regulator accepts or dismisses
it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission

if TYPE_CHECKING:
    from accounts.models import User


class FindingProposalQuerySet(models.QuerySet["FindingProposal"]):
    def visible_to(self, user: User) -> FindingProposalQuerySet:
        """Those about organisations in sight of a regulator; companies see none."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.FINDING_VIEW)
        return self.filter(organisation__in=seen.order_by().values("pk"))

    def waiting(self) -> FindingProposalQuerySet:
        """Not decided yet."""
        return self.filter(state=FindingProposal.State.OPEN)


class FindingProposal(models.Model):
    """Facts that may be a breach of a clause by an organisation."""

    class Source(models.TextChoices):
        OUTAGE = "outage", _("停限电信息")
        LEAD = "lead", _("疑似未公告停电")
        ORDERED_USE = "ordered_use", _("有序用电")
        RETURN = "return", _("报表")
        INDICATOR = "indicator", _("指标")

    class State(models.TextChoices):
        OPEN = "open", _("待处理")
        ACCEPTED = "accepted", _("已采纳")
        DISMISSED = "dismissed", _("未采纳")

    # A kind of ``Source``, or of an app that proposes by a kind of its own.
    source = models.CharField(_("来源"), max_length=20)
    # What it is about: the same facts never make two proposals.
    key = models.CharField(max_length=120, unique=True)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("涉及单位")
    )
    clause = models.CharField(_("条款"), max_length=20)
    title = models.CharField(_("线索"), max_length=120)
    facts = models.TextField(_("事实"))
    # Where the evidence stands in the portal.
    url = models.CharField(max_length=300, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.OPEN)
    reason = models.CharField(_("处理意见"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("提出时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("处理时间"), null=True, blank=True)

    objects = FindingProposalQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("问题线索")
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(fields=["state", "-created_at", "-id"], name="proposal_by_state"),
            models.Index(fields=["organisation", "-created_at"], name="proposal_by_organisation"),
        ]
        constraints = [
            models.CheckConstraint(
                name="proposal_decided_by_somebody",
                condition=Q(state="open", decided_at__isnull=True, decided_by__isnull=True)
                | ~Q(state="open") & Q(decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_dismissed_with_reason",
                condition=~Q(state="dismissed") | ~Q(reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def source_label(self) -> str:
        """What the source is called; one's own code where nobody named it."""
        return str(dict(FindingProposal.Source.choices).get(self.source, self.source))
