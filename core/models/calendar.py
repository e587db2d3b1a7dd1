"""The working calendar: one version per announcement, with the days that differ from the week."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class CalendarVersionQuerySet(models.QuerySet["CalendarVersion"]):
    def visible_to(self, user: Any) -> CalendarVersionQuerySet:
        """Working days are public knowledge: everybody signed in sees every version."""
        return self.all() if user.is_authenticated else self.none()

    def in_use(self, *, on: date | None = None) -> CalendarVersionQuerySet:
        """Versions that count on a day (all of them without one), the newest of a year last."""
        versions = self.order_by("year", "number")
        if on is None:
            return versions
        return versions.filter(models.Q(valid_from__isnull=True) | models.Q(valid_from__lte=on))


class CalendarVersion(models.Model):
    """What was announced for one year. Number 0 is the provisional stand-in before any notice.

    A notice may reach back into the last December (31 December 2011 was made a working day by the
    notice for 2012); such days belong to the version of the later year.
    """

    year = models.PositiveSmallIntegerField(_("年份"))
    number = models.PositiveSmallIntegerField(_("版次"))
    source = models.CharField(_("依据"), max_length=200)
    announced_on = models.DateField(_("公布日期"), null=True, blank=True)
    provisional = models.BooleanField(_("待确认"), default=False)
    # Empty: counts for all time, as every version of the catalogue does.
    valid_from = models.DateField(_("启用日期"), null=True, blank=True)
    reason = models.CharField(_("发布说明"), max_length=200, blank=True)
    from_catalogue = models.BooleanField(_("系统预置"), default=False)
    # Of the days, so that loading twice changes nothing and caches notice every change.
    digest = models.CharField(max_length=64)
    published_at = models.DateTimeField(_("发布时间"))

    objects = CalendarVersionQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("工作日历版本")
        ordering = ["year", "number"]
        constraints = [
            models.UniqueConstraint(
                name="calendar_version_unique_in_year", fields=["year", "number"]
            ),
        ]

    def __str__(self) -> str:
        if not self.number:
            return str(_("%(year)s年暂定版") % {"year": self.year})
        return str(_("%(year)s年第%(number)s版") % {"year": self.year, "number": self.number})

    @property
    def label(self) -> str:
        """The number for people: 第1版, or 暂定版 for the stand-in."""
        if not self.number:
            return str(_("暂定版"))
        return str(_("第%(number)s版") % {"number": self.number})


class CalendarDay(models.Model):
    """One day on which the week does not decide: a day off, or a weekend day that is worked."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", _("放假")
        MAKEUP = "makeup", _("调休上班")

    version = models.ForeignKey(CalendarVersion, models.CASCADE, related_name="days")
    day = models.DateField(_("日期"))
    kind = models.CharField(_("类别"), max_length=8, choices=Kind.choices)
    name = models.CharField(_("节假日"), max_length=40)

    class Meta:
        verbose_name = verbose_name_plural = _("工作日历日期")
        ordering = ["day"]
        constraints = [
            models.UniqueConstraint(name="calendar_day_once_in_version", fields=["version", "day"]),
            models.CheckConstraint(
                name="calendar_day_kind_known", condition=models.Q(kind__in=["holiday", "makeup"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d} {self.name}"
