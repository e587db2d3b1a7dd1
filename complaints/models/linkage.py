"""How cases are compared, what they are looked up by, and incidents that many of them tell of."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models.case import Case
from complaints.scope import units_below

if TYPE_CHECKING:
    from accounts.models import User


class LinkageRulesQuerySet(models.QuerySet["LinkageRules"]):
    def on(self, day: date) -> LinkageRulesQuerySet:
        """Versions that had begun on a day, the one in force first."""
        return self.filter(valid_from__lte=day).order_by("-valid_from", "-version")


class LinkageRules(models.Model):
    """One version of weights, windows and thresholds; in force until the next one begins."""

    version = models.PositiveSmallIntegerField(_("版本"), unique=True)
    valid_from = models.DateField(_("启用日期"))
    basis = models.CharField(_("依据"), max_length=500)
    definition = models.JSONField(_("定义"))

    objects = LinkageRulesQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("关联规则")
        ordering = ["-valid_from", "-version"]

    def __str__(self) -> str:
        return f"{self.version} ({self.valid_from})"


class CaseMark(models.Model):
    """Something that a case is looked up by when others are compared with it.

    Written after the receipt, so that taking in a case costs nothing. Places are keyed hashes.
    """

    class Kind(models.TextChoices):
        NUMBER = "number", _("编号")
        PLACE = "place", _("门牌")

    case = models.ForeignKey(Case, models.CASCADE, related_name="marks")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    value = models.CharField(_("值"), max_length=64)
    received_at = models.DateTimeField(_("受理时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("诉求检索标记")
        constraints = [
            models.UniqueConstraint(name="mark_once_per_case", fields=["case", "kind", "value"]),
        ]
        indexes = [models.Index(fields=["value", "received_at"], name="mark_by_value")]

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind}"


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, user: User) -> IncidentQuerySet:
        """Incidents of which the person sees at least one case, and those that are their unit's to
        handle: also the one out of which every case was taken."""
        seen = Case.objects.visible_to(user).filter(memberships__state__in=IncidentMember.STANDING)
        found = Q(pk__in=seen.order_by().values("memberships__incident"))
        for place in workplaces(user, Permission.CASE_VIEW):
            units = units_below(place) if place.is_company else [place.pk]
            found |= Q(organisation__in=units) | Q(leading__in=units)
        return self.filter(found)

    def open(self) -> IncidentQuerySet:
        return self.filter(closed_at__isnull=True)


class Incident(models.Model):
    """One outage or other event that many cases of several hotlines tell of."""

    number = models.CharField(_("事件编号"), max_length=40, unique=True)
    title = models.CharField(_("事件名称"), max_length=120)
    matter = models.CharField(_("事项"), max_length=20)
    feeder = models.CharField(_("线路"), max_length=60, blank=True, db_index=True)
    transformer_area = models.CharField(_("台区"), max_length=60, blank=True, db_index=True)
    # From the first to the last case.
    started_at = models.DateTimeField(_("首件受理时间"))
    last_at = models.DateTimeField(_("末件受理时间"))
    opened_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+")
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("建立单位")
    )
    opened_at = models.DateTimeField(_("建立时间"))
    leading = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="led_incidents",
        verbose_name=_("牵头单位"),
    )
    closed_at = models.DateTimeField(_("结束时间"), null=True, blank=True)
    closed_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    conclusion = models.CharField(_("处理情况"), max_length=500, blank=True)

    objects = IncidentQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("停电事件")
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="incident_closed_by_somebody",
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class IncidentMember(models.Model):
    """A case that tells of an incident: proposed by rule or put in by a person, and taken out."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("待确认")
        CONFIRMED = "confirmed", _("已确认")
        REMOVED = "removed", _("已移出")

    STANDING = ("proposed", "confirmed")

    incident = models.ForeignKey(Incident, models.CASCADE, related_name="members")
    case = models.ForeignKey(Case, models.CASCADE, related_name="memberships")
    state = models.CharField(_("状态"), max_length=10, choices=State)
    by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name = verbose_name_plural = _("事件诉求")
        ordering = ["incident", "at", "pk"]
        constraints = [
            models.UniqueConstraint(name="member_once_per_incident", fields=["incident", "case"]),
            models.UniqueConstraint(
                name="member_of_one_incident",
                fields=["case"],
                condition=Q(state="confirmed"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} – {self.case_id}"
