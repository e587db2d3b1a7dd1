"""Licences under which a unit supplies power, from a day to a day (S2-1b)."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.service_body import OfUnitQuerySet


class LicenceQuerySet(OfUnitQuerySet):
    def in_force(self, *, on: date) -> LicenceQuerySet:
        return self.filter(valid_from__lte=on, valid_to__gte=on)


class Licence(models.Model):
    """One licence (电力业务许可证，供电类) of a unit; what was entered stays in the history."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="licences", verbose_name=_("单位")
    )
    number = models.CharField(_("许可证编号"), max_length=40, db_index=True)
    issuer = models.CharField(_("发证机关"), max_length=60)
    issued_on = models.DateField(_("发证日期"))
    valid_from = models.DateField(_("有效期自"))
    valid_to = models.DateField(_("有效期至"))
    area = models.CharField(_("许可供电区域"), max_length=200, blank=True)
    entered_at = models.DateTimeField(_("登记时间"))
    entered_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("供电业务许可证")
        ordering = ["organisation", "-valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="licence_once_per_unit_and_start", fields=["organisation", "valid_from"]
            ),
            models.CheckConstraint(
                name="licence_ends_after_it_starts", condition=Q(valid_to__gte=F("valid_from"))
            ),
        ]

    def __str__(self) -> str:
        return self.number
