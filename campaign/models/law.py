"""Articles of laws, rules and documents that supervision rests on, each with its days of force."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from core import spans

if TYPE_CHECKING:
    from accounts.models import User


class LegalArticleQuerySet(models.QuerySet["LegalArticle"]):
    def visible_to(self, user: User) -> LegalArticleQuerySet:
        """Law is no secret: who takes part in campaigns or keeps the articles reads it."""
        may = user.is_authenticated and (
            user.can(Permission.CAMPAIGN_VIEW) or user.can(Permission.ARTICLE_MANAGE)
        )
        return self if may else self.none()

    def in_force(self, *, on: date) -> LegalArticleQuerySet:
        """Those that counted on a day: at most one version of each code."""
        return self.filter(spans.in_force(on, until="valid_to"))


class LegalArticle(models.Model):
    """One version of an article: what it says, and what it obliges whom to (S1-1.1.2a).

    Versions of the same article share the code; their days do not overlap.
    """

    class Kind(models.TextChoices):
        DUTY = "duty", _("义务")
        POWER = "power", _("监管措施")
        PENALTY = "penalty", _("法律责任")

    code = models.SlugField(_("代码"), max_length=40)
    law = models.CharField(_("法律法规名称"), max_length=80)
    document_number = models.CharField(_("文号"), max_length=80, blank=True)
    article = models.CharField(_("条款"), max_length=40)
    kind = models.CharField(_("性质"), max_length=10, choices=Kind)
    subject = models.CharField(_("主题"), max_length=60)
    text = models.TextField(_("内容"))
    obligation = models.CharField(_("要求"), max_length=300, blank=True)
    valid_from = models.DateField(_("施行日期"))
    valid_to = models.DateField(_("失效日期"), null=True, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    entered_at = models.DateTimeField(_("录入时间"))

    objects = LegalArticleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("法律条款")
        ordering = ["law", "code", "valid_from"]
        constraints = [
            models.UniqueConstraint(name="article_once_per_start", fields=["code", "valid_from"]),
            spans.ends_after_it_starts("article_ends_after_it_begins", until="valid_to"),
        ]

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}"

    def counts_on(self, day: date) -> bool:
        """Whether the article was in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
