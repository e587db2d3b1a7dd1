"""Changes of what values, notices and returns are made by: drafted by one person, adopted by
another.

Source: campaign plan 二(二)4 (S1-2.2.4a): whoever is measured relies on what it is measured by.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from reporting.workflow.definition import RIGHTS, State, Subject

if TYPE_CHECKING:
    from accounts.models import User


class DefinitionChangeQuerySet(models.QuerySet["DefinitionChange"]):
    def visible_to(self, user: User) -> DefinitionChangeQuerySet:
        """Those who maintain a kind of definition see what is to become of it."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(subject__in=[one for one, right in RIGHTS.items() if user.can(right)])

    def waiting(self) -> DefinitionChangeQuerySet:
        return self.filter(state=State.WAITING)


class DefinitionChange(models.Model):
    """A further version that somebody drafted. Nothing holds before another person adopts it."""

    Subject, State = Subject, State

    subject = models.CharField(_("类别"), max_length=12, choices=Subject)
    code = models.CharField(_("代码"), max_length=40)
    title = models.CharField(_("名称"), max_length=80)
    # The version that it follows; of a form the draft that it publishes.
    base = models.PositiveBigIntegerField()
    values = models.JSONField(_("新内容"), default=dict)
    # {field: [before, after]} in plain text, as it was drafted.
    changes = models.JSONField(_("改动"), default=dict)
    valid_from = models.DateField(_("启用日期"))
    reason = models.CharField(_("改动理由"), max_length=200)
    state = models.CharField(_("状态"), max_length=10, choices=State, default=State.WAITING)
    drafted_by = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="+", verbose_name=_("拟稿人")
    )
    drafted_at = models.DateTimeField(_("提交时间"))
    decided_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, related_name="+", verbose_name=_("核准人")
    )
    decided_at = models.DateTimeField(_("办理时间"), null=True)
    comment = models.CharField(_("意见"), max_length=200, blank=True)

    objects = DefinitionChangeQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("定义改动")
        ordering = ["-drafted_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="definition_change_one_waiting",
                fields=["subject", "code"],
                condition=Q(state="waiting"),
            ),
            models.CheckConstraint(
                name="definition_change_decided_or_waiting",
                condition=Q(state="waiting", decided_at__isnull=True)
                | Q(~Q(state="waiting"), decided_at__isnull=False, decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="definition_change_adopted_by_another",
                condition=~Q(state="adopted") | ~Q(decided_by=models.F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}（{self.valid_from}）"

    @property
    def right(self) -> Permission:
        """Whom it concerns."""
        return RIGHTS[Subject(self.subject)]
