"""Limits of grid work as data; an enterprise may set its own, but only tighter ones (S2-1c)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from grids.models.ground import units_of

if TYPE_CHECKING:
    from accounts.models import User


class GridRuleQuerySet(models.QuerySet["GridRule"]):
    def visible_to(self, user: User) -> GridRuleQuerySet:
        """The base limits, and those of units in sight."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(organisation__isnull=True) | Q(organisation__in=units_of(user)))


def nearest(rules: Iterable[GridRule], organisation: Organisation | None) -> GridRule | None:
    """Of rules of one code the one for a unit: its own or of the nearest above, else the base."""
    path = organisation.path if organisation else ""
    fitting = [
        one for one in rules if one.organisation is None or path.startswith(one.organisation.path)
    ]
    return max(
        fitting,
        key=lambda one: (len(one.organisation.path) if one.organisation else 0, one.valid_from),
        default=None,
    )


class GridRule(models.Model):
    """A limit from a day on: of the standard, or tighter of one enterprise.

    ``most``: the value is the most allowed (a lower one is tighter), otherwise the least.
    """

    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("适用单位"),
    )
    value = models.PositiveIntegerField(_("限值"))
    unit = models.CharField(_("单位"), max_length=20)
    most = models.BooleanField(_("不得高于"), default=True)
    basis = models.CharField(_("依据"), max_length=300)
    valid_from = models.DateField(_("启用日期"))

    objects = GridRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格规则")
        ordering = ["code", "valid_from", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="grid_rule_once_per_unit", fields=["code", "organisation", "valid_from"]
            ),
            models.UniqueConstraint(
                name="grid_rule_base_once",
                fields=["code", "valid_from"],
                condition=Q(organisation__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return self.title
