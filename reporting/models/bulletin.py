"""12398 bulletins of an office: their versions with frozen figures, who answered for them, numbers.

Source: campaign plan 三、5(3) (S1-3.3.5(3)d): results are circulated when fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from campaign.scope import with_absorbed
from reporting.bulletins import frozen
from reporting.models.paper import Paper, PaperQuerySet, in_office
from reporting.workflow.bulletin import OUT, State

if TYPE_CHECKING:
    from accounts.models import User
    from reporting.bulletins.model import Bulletin as Value


class BulletinQuerySet(PaperQuerySet["Bulletin"]):
    def visible_to(self, user: User) -> BulletinQuerySet:
        """Bulletins of one's own office in every state; of offices below once they are issued."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(in_office(user))


class Bulletin(Paper):
    """A bulletin of an office and period, from the first figures to the published document."""

    first_day = models.DateField(_("起始日期"))
    last_day = models.DateField(_("截止日期"))
    style = models.CharField(_("样式"), max_length=20)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.DRAFT)
    current_version = models.ForeignKey(
        "reporting.BulletinVersion", models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The bulletin that this one puts right, with what was wrong in it.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="corrections"
    )
    correction_note = models.TextField(_("更正说明"), blank=True)

    objects = BulletinQuerySet.as_manager()

    class Meta(Paper.Meta):
        verbose_name = verbose_name_plural = _("12398通报")
        constraints = [
            *Paper.Meta.constraints,
            models.CheckConstraint(
                name="bulletin_period_the_right_way_round",
                condition=Q(last_day__gte=F("first_day")),
            ),
            models.CheckConstraint(
                name="bulletin_published_has_its_time",
                condition=Q(state=State.PUBLISHED, published_at__isnull=False)
                | ~Q(state=State.PUBLISHED) & Q(published_at__isnull=True),
            ),
            models.CheckConstraint(
                name="bulletin_correction_says_what_it_corrects",
                condition=Q(corrects__isnull=True, correction_note="")
                | (Q(corrects__isnull=False) & ~Q(correction_note="")),
            ),
        ]

    @property
    def correction(self) -> str:
        """What a correction says at its head: which bulletin it puts right, and what in it."""
        if self.corrects is None:
            return ""
        # Bulletins are Chinese whatever the reader's language.
        return f"本通报更正{self.corrects.document_number}。{self.correction_note}"


class BulletinVersionQuerySet(models.QuerySet["BulletinVersion"]):
    def visible_to(self, user: User) -> BulletinVersionQuerySet:
        """All versions in one's own office; of offices below only what was issued."""
        if not user.is_authenticated:
            return self.none()
        own = Q(bulletin__organisation__in=with_absorbed(user, Permission.REPORT_VIEW))
        out = Q(bulletin__state__in=OUT, pk=F("bulletin__current_version"))
        return self.filter(own | out, bulletin__in=Bulletin.objects.visible_to(user))


class BulletinVersion(models.Model):
    """Figures as counted at one time, never changed, with the words written beside them."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    balance = models.CharField(_("占比平衡"), max_length=10)
    # See reporting/bulletins/frozen.py; ``digest`` is the SHA-256 of its canonical form.
    content = models.JSONField(_("数据"))
    digest = models.CharField(_("摘要"), max_length=64)
    counted_at = models.DateTimeField(_("取数时间"))
    # 主要问题: one paragraph per line.
    remarks = models.TextField(_("主要问题"), blank=True)
    edited_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(_("编辑时间"))
    approved_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(_("审批时间"), null=True, blank=True)
    docx = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    pdf = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")
    xlsx = models.ForeignKey("core.StoredFile", models.PROTECT, related_name="+")

    objects = BulletinVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("通报版本")
        ordering = ["bulletin", "number"]
        constraints = [
            models.UniqueConstraint(
                name="bulletin_version_number_once", fields=["bulletin", "number"]
            ),
            models.CheckConstraint(
                name="bulletin_version_four_eyes",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("edited_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bulletin} v{self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and "content" in (kwargs.get("update_fields") or ["content"]):
            raise TypeError("figures that were counted are never changed")
        super().save(*args, **kwargs)

    @property
    def value(self) -> Value:
        """The bulletin that these figures say."""
        return frozen.thaw(self.content)
