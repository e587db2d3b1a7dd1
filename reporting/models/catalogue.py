"""Catalogues of filing as tables: parts of a report, and rules of review, each with a first day."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _


class PartDefinitionQuerySet(models.QuerySet["PartDefinition"]):
    def in_force(self, *, on: date) -> PartDefinitionQuerySet:
        """Per code the definition that holds on a day: the latest that had begun by then."""
        latest = (
            self.filter(code=models.OuterRef("code"), valid_from__lte=on)
            .order_by("-valid_from", "-version")
            .values("pk")[:1]
        )
        return self.filter(pk=models.Subquery(latest))


class PartDefinition(models.Model):
    """One required part of a duty's report, as data (see ``reporting.parts``)."""

    code = models.CharField(_("代码"), max_length=40)
    version = models.PositiveIntegerField(_("版本"))
    title = models.CharField(_("名称"), max_length=80)
    valid_from = models.DateField(_("启用日期"))
    content = models.JSONField(_("定义"))

    objects = PartDefinitionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("报送材料定义")
        ordering = ["code", "version"]
        constraints = [
            models.UniqueConstraint(
                name="part_definition_one_per_version", fields=["code", "version"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class ReviewRuleQuerySet(models.QuerySet["ReviewRule"]):
    def current(self, code: str, *, on: date) -> ReviewRule:
        """The rule in force on a day. Raises ``ReviewRule.DoesNotExist``."""
        begun = self.filter(code=code, valid_from__lte=on).order_by("-valid_from")
        if (rule := begun.first()) is None:
            raise ReviewRule.DoesNotExist(code)
        return rule


class ReviewRule(models.Model):
    """How long a step of the review may take; a later rule is a later row."""

    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    value = models.PositiveIntegerField(_("时限"))
    unit = models.CharField(_("单位"), max_length=20)
    valid_from = models.DateField(_("启用日期"))
    source = models.CharField(_("依据"), max_length=200)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("审核时限规则")
        ordering = ["code", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="review_rule_one_per_start", fields=["code", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.valid_from}）"
