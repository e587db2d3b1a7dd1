"""Signs of life of the processes that work in the background."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Heartbeat(models.Model):
    """When a dispatcher, a worker or a periodic duty last did its round."""

    name = models.CharField(_("进程"), max_length=120, unique=True)
    at = models.DateTimeField(_("最近一次"))
    error = models.TextField(_("最近错误"), blank=True)
    # While one process holds a turn the others leave the round to it.
    turn_until = models.DateTimeField(null=True, blank=True)
    holder = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("运行心跳")

    def __str__(self) -> str:
        return f"{self.name} {self.at}"
