"""Kinds of special groups as administrators laid them down, beside those of the catalogue.

Source: grid standard 5.8 (S2-5.8a).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core.spans import Dated, ends_after_it_starts

if TYPE_CHECKING:
    from accounts.models import User


class SpecialKindQuerySet(Dated["SpecialKind"]):
    def visible_to(self, user: User) -> SpecialKindQuerySet:
        """What the groups are called is no secret to those who know of them or keep the list."""
        may = user.is_authenticated and (
            user.can(Permission.SPECIAL_VIEW) or user.can(Permission.RULE_MANAGE)
        )
        return self if may else self.none()


class SpecialKind(models.Model):
    """A kind of special group as an administrator laid it down, from a day on; it counts instead of
    what the catalogue says of the same code."""

    code = models.CharField(_("代码"), max_length=20)
    title = models.CharField(_("名称"), max_length=30)
    guardian = models.BooleanField(_("须监护人同意"), default=False)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = SpecialKindQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("特殊群体类别")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="special_kind_once", fields=["code", "valid_from"]),
            ends_after_it_starts("special_kind_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.title
