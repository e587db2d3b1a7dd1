"""Saved views: the conditions of a list or an analysis under a name, and who gets their figures."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from core.fields import EncryptedTextField

if TYPE_CHECKING:
    from accounts.models import User


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    def visible_to(self, user: User) -> SavedViewQuerySet:
        """One's own, and those that are shared in an office where the person sees cases."""
        places = workplaces(user, Permission.CASE_VIEW) if user.is_authenticated else []
        if not places:
            return self.none()
        return self.filter(Q(owner=user) | Q(shared=True, organisation__in=places))


class SavedView(models.Model):
    """What somebody asks for again and again. It keeps conditions, never cases."""

    class Page(models.TextChoices):
        LIST = "list", _("诉求清单")
        ANALYSIS = "analysis", _("诉求分析")

    owner = models.ForeignKey(
        "accounts.User", models.CASCADE, related_name="+", verbose_name=_("保存人")
    )
    # Where it is shared: the office that the owner worked in.
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    name = models.CharField(_("名称"), max_length=60)
    page = models.CharField(_("页面"), max_length=10, choices=Page)
    # The tail of the address. Encrypted: what is searched for may be a person's name.
    query = EncryptedTextField(_("条件"), blank=True)
    shared = models.BooleanField(_("本单位共享"), default=False)
    created_at = models.DateTimeField(_("建立时间"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("保存的视图")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(name="saved_view_name_once", fields=["owner", "name"])
        ]

    def __str__(self) -> str:
        return self.name


class ViewSubscriptionQuerySet(models.QuerySet["ViewSubscription"]):
    def visible_to(self, user: User) -> ViewSubscriptionQuerySet:
        """One's own only."""
        return self.filter(user=user) if user.is_authenticated else self.none()

    def due(self, *, now: datetime) -> ViewSubscriptionQuerySet:
        return self.filter(next_run_at__lte=now)


class ViewSubscription(models.Model):
    """Somebody is told at set times how many cases a view has. Without a next time it has ended."""

    class Rhythm(models.TextChoices):
        DAILY = "daily", _("每天")
        WEEKLY = "weekly", _("每周一")

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    rhythm = models.CharField(_("频次"), max_length=10, choices=Rhythm)
    next_run_at = models.DateTimeField(_("下次发送"), null=True, blank=True, db_index=True)
    last_run_at = models.DateTimeField(_("上次运行"), null=True, blank=True)
    last_count = models.PositiveIntegerField(_("上次件数"), null=True, blank=True)
    last_result = models.CharField(_("上次结果"), max_length=200, blank=True)
    last_error = models.CharField(_("上次错误"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("建立时间"))

    objects = ViewSubscriptionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("视图订阅")
        constraints = [
            models.UniqueConstraint(name="view_subscription_once", fields=["view", "user"])
        ]

    def __str__(self) -> str:
        return f"{self.view_id} · {self.rhythm}"
