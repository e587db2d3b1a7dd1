"""The audit trail: one chain of sealed rows per organisation. Written only by ``core.audit``."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _


class AuditQuerySet(models.QuerySet["AuditEvent"]):
    """Reading only: a row of the trail is never changed and never removed."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("audit events are never changed")

    def delete(self) -> NoReturn:
        raise TypeError("audit events are never removed")

    def about(self, target: models.Model) -> AuditQuerySet:
        """Events on one object, newest first."""
        return self.filter(target_model=target._meta.label_lower, target_id=str(target.pk))

    def in_chains(self, codes: Any) -> AuditQuerySet:
        """Events of the organisations with these codes."""
        return self.filter(organisation__in=codes)


class AuditChain(models.Model):
    """Head of one organisation's chain; its row lock puts the writers in order.

    ``organisation`` is the code of an organisation, or empty for what concerns the whole portal:
    a plain string, since core knows no app and the trail outlives what it speaks of.
    """

    organisation = models.CharField(_("单位代码"), max_length=32, unique=True)
    length = models.PositiveBigIntegerField(default=0)
    head = models.CharField(max_length=120, blank=True)
    # How much of the chain stands in the anchor outside the database.
    anchored = models.PositiveBigIntegerField(default=0)

    class Meta:
        verbose_name = verbose_name_plural = _("审计链")

    def __str__(self) -> str:
        return f"{self.organisation or '-'} ({self.length})"


class AuditEvent(models.Model):
    """Who did what, when, on which object, from where and why. No foreign keys: it outlives all."""

    organisation = models.CharField(_("单位代码"), max_length=32, blank=True)
    number = models.PositiveBigIntegerField(_("序号"))
    at = models.DateTimeField(_("时间"), db_index=True)
    kind = models.CharField(_("事项"), max_length=60)
    actor_id = models.BigIntegerField(null=True, db_index=True)
    actor = models.CharField(_("操作人"), max_length=150, blank=True)
    target_model = models.CharField(_("对象类型"), max_length=80, blank=True)
    target_id = models.CharField(_("对象编号"), max_length=64, blank=True)
    reason = models.TextField(_("理由"), blank=True)
    place = models.CharField(_("来源"), max_length=80, blank=True)
    details = models.JSONField(_("内容"), default=dict)
    seal = models.CharField(_("封印"), max_length=120)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("审计记录")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="audit_one_event_per_number", fields=["organisation", "number"]
            ),
        ]
        indexes = [
            models.Index(name="audit_by_target", fields=["target_model", "target_id"]),
            models.Index(name="audit_by_kind", fields=["kind", "at"]),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_model} {self.target_id}".strip()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("audit events are never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("audit events are never removed")
