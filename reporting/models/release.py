"""Publications of indicator values: what exactly one person laid together and another put out.

Source: campaign plan 二(二)1 (S1-2.2.1b): what society reads of a company was looked at twice.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.periods import Period
from reporting.workflow.release import State

if TYPE_CHECKING:
    from accounts.models import User


RECALLED = {
    State.WAITING: _("待撤回公开"),
    State.PUBLISHED: _("已撤回公开"),
    State.RETURNED: _("不予撤回"),
    State.WITHDRAWN: _("提请已撤销"),
}


class IndicatorReleaseQuerySet(models.QuerySet["IndicatorRelease"]):
    def visible_to(self, user: User) -> IndicatorReleaseQuerySet:
        """To those who maintain indicators in the office and above it."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user, Permission.INDICATOR_MANAGE)
        return self.filter(office__in=seen.order_by().values("pk"))

    def waiting(self) -> IndicatorReleaseQuerySet:
        return self.filter(state=State.WAITING)


class IndicatorRelease(models.Model):
    """The values of a period that an office is to publish; public once another person says so."""

    State = State

    office = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("监管机构")
    )
    first_day: models.DateField[date, date] = models.DateField(_("起始日期"))
    last_day: models.DateField[date, date] = models.DateField(_("截止日期"))
    # Numbers of the values as they stood then; none is added or exchanged later.
    values = models.JSONField(_("指标值"))
    note = models.CharField(_("说明"), max_length=200, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    prepared_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("提请人")
    )
    prepared_at = models.DateTimeField(_("提请时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("办理人")
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    comment = models.CharField(_("意见"), max_length=200, blank=True)

    objects = IndicatorReleaseQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("指标公开提请")
        ordering = ["-prepared_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="indicator_release_one_waiting",
                fields=["office", "first_day", "last_day"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="indicator_release_decided_or_waiting",
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(~Q(state="waiting"), decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="indicator_release_published_by_another",
                condition=~Q(state="published") | ~Q(decided_by=F("prepared_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office} {self.period.text}"

    @property
    def period(self) -> Period:
        return Period(self.first_day, self.last_day)

    @property
    def is_recall(self) -> bool:
        """Whether the values are to come back from the public pages, not to go there."""
        return hasattr(self, "recall")

    @property
    def state_words(self) -> str:
        """Where it stands, in words."""
        return str(RECALLED[self.state] if self.is_recall else self.get_state_display())


class IndicatorRecall(models.Model):
    """Marks what was laid together to be taken back: looked at by two people as well."""

    release = models.OneToOneField(
        IndicatorRelease, models.CASCADE, primary_key=True, related_name="recall"
    )

    class Meta:
        verbose_name = verbose_name_plural = _("指标撤回公开提请")

    def __str__(self) -> str:
        return str(self.release)
