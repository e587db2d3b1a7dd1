"""Ways in which people of a grid reach the enterprise.

Source: the standard on grid integration, 4.1.2 (S2-4.1.2e).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from grids.models.ground import OfGrid, PowerGrid


class GridChannel(models.Model):
    """A way in which people of a grid reach the enterprise: its owner and its state (S2-4.1.2e)."""

    class Kind(models.TextChoices):
        GROUP = "group", _("网络服务群")
        ACCOUNT = "account", _("公众号、小程序")
        STATION = "station", _("便民服务点")
        COUNTER = "counter", _("政务服务窗口")
        HOTLINE = "hotline", _("服务电话")
        OTHER = "other", _("其他")

    grid = models.ForeignKey(PowerGrid, models.PROTECT, related_name="channels")
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=80)
    place = models.CharField(_("地址、号码"), max_length=120, blank=True)
    hours = models.CharField(_("服务时间"), max_length=60, blank=True)
    owner = models.CharField(_("责任部门"), max_length=60)
    opened_on = models.DateField(_("开通日期"))
    closed_on = models.DateField(_("停用日期"), null=True, blank=True)

    objects = OfGrid.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务渠道")
        ordering = ["grid", "kind", "name"]
        constraints = [
            models.CheckConstraint(
                name="grid_channel_closed_after_opened",
                condition=Q(closed_on__isnull=True) | Q(closed_on__gte=F("opened_on")),
            ),
        ]

    def __str__(self) -> str:
        return self.name
