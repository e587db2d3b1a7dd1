"""What relieves units of a return or lets them file later: waivers, and days without the portal.

Source: campaign plan 二(二)1 and 2 (S1-2.2.1a, S1-2.2.1d).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission

if TYPE_CHECKING:
    from accounts.models import User


class ReturnWaiverQuerySet(models.QuerySet["ReturnWaiver"]):
    def visible_to(self, user: User) -> ReturnWaiverQuerySet:
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.filter(user.sight(Permission.FILING_VIEW))
        return self.filter(organisation__in=seen)

    def holding(self, *, on: date) -> ReturnWaiverQuerySet:
        """Approved and not yet run out."""
        return self.filter(state=ReturnWaiver.State.APPROVED, expires_on__gte=on)

    def standing(self, *, on: date) -> ReturnWaiverQuerySet:
        """Asked for or approved, and not yet run out."""
        asked = [ReturnWaiver.State.ASKED, ReturnWaiver.State.APPROVED]
        return self.filter(state__in=asked, expires_on__gte=on)


class ReturnWaiver(models.Model):
    """A check that a unit need not pass, or a form that it need not file, until a day."""

    class State(models.TextChoices):
        ASKED = "asked", _("待批准")
        APPROVED = "approved", _("已批准")
        REFUSED = "refused", _("未批准")
        REVOKED = "revoked", _("已撤销")

    code = models.CharField(_("报表"), max_length=40)
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    # Name of the check in the definition; empty: the whole return.
    check_name = models.CharField(_("校验规则"), max_length=120, blank=True)
    reason = models.CharField(_("理由"), max_length=300)
    expires_on = models.DateField(_("有效期至"))
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("申请时间"))
    decided_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("批复时间"), null=True)
    decision = models.CharField(_("批复意见"), max_length=300, blank=True)
    revoked_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(_("撤销时间"), null=True)
    revoked_reason = models.CharField(_("撤销理由"), max_length=300, blank=True)

    objects = ReturnWaiverQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报表豁免")
        ordering = ["-asked_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.code} · {self.organisation} · {self.check_name}"


class PortalOutageQuerySet(models.QuerySet["PortalOutage"]):
    def visible_to(self, user: User) -> PortalOutageQuerySet:
        return self if user.is_authenticated else self.none()

    def standing(self) -> PortalOutageQuerySet:
        return self.filter(undone_at__isnull=True)


class PortalOutage(models.Model):
    """The portal itself could not be used: what was due meanwhile is due a working day later.

    One person notes it, another confirms it: only then deadlines move, and they can be moved back.
    """

    starts_at = models.DateTimeField(_("开始时间"))
    ends_at = models.DateTimeField(_("恢复时间"))
    reason = models.CharField(_("原因"), max_length=200)
    noted_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    noted_at = models.DateTimeField(_("登记时间"))
    confirmed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("确认时间"), null=True)
    undone_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("撤销时间"), null=True)
    undone_reason = models.CharField(_("撤销理由"), max_length=200, blank=True)
    # Which deadlines moved: {return: [before, after]}.
    moved = models.JSONField(default=dict)

    objects = PortalOutageQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("平台停用记录")
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="portal_outage_ends_after_start",
                condition=Q(ends_at__gt=models.F("starts_at")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} – {self.ends_at}"
