"""What is looked at on site, item by item: checklists as data (S1-3.3.6(1)a)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core import spans

if TYPE_CHECKING:
    from accounts.models import User


class ChecklistQuerySet(models.QuerySet["Checklist"]):
    def visible_to(self, user: User) -> ChecklistQuerySet:
        """What will be looked at is no secret to those who are inspected."""
        if not user.is_authenticated or not user.can(Permission.INSPECTION_VIEW):
            return self.none()
        return self

    def in_force(self, *, on: date) -> ChecklistQuerySet:
        return self.filter(spans.in_force(on, until="valid_to"))


class Checklist(models.Model):
    """A set of items; a later version has the same code and a later first day."""

    code = models.SlugField(_("代码"), max_length=40)
    title = models.CharField(_("检查表"), max_length=80)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    objects = ChecklistQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("检查表")
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(name="checklist_once_per_start", fields=["code", "valid_from"]),
        ]

    def __str__(self) -> str:
        return self.title


class ChecklistItem(models.Model):
    """One thing to look at: the clause it serves, its legal basis, how, and how many samples."""

    checklist = models.ForeignKey(Checklist, models.CASCADE, related_name="items")
    number = models.CharField(_("序号"), max_length=10)
    order = models.PositiveSmallIntegerField(default=0)
    group = models.CharField(_("类别"), max_length=60)
    clause = models.CharField(_("条款"), max_length=20)
    # Codes of ``LegalArticle``; which version counts is decided by the day of the fact.
    articles = models.JSONField(_("法律依据"), default=list)
    content = models.CharField(_("检查内容"), max_length=200)
    method = models.CharField(_("检查方法"), max_length=200)
    sample_size = models.PositiveSmallIntegerField(_("抽样数"), default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("检查项目")
        ordering = ["checklist", "order"]
        constraints = [
            models.UniqueConstraint(
                name="checklist_item_number_once", fields=["checklist", "number"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.content}"
