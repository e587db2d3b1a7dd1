"""How a power enterprise organises grid services: bodies with their people, who does what.

Source: grid standard 7.1 (S2-7.1a, S2-7.1b, S2-7.1c).
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation

if TYPE_CHECKING:
    from accounts.models.people import User


class OfUnitQuerySet(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfUnitQuerySet:
        """Those of organisations in sight."""
        if not user.is_authenticated:
            return self.none()
        seen = Organisation.objects.visible_to(user).order_by()
        return self.filter(organisation__in=seen.values("pk"))


class ServiceBodyQuerySet(OfUnitQuerySet):
    def standing(self) -> ServiceBodyQuerySet:
        return self.filter(dissolved_on__isnull=True)


class ServiceBody(models.Model):
    """A body that carries out grid services in one unit, from its founding to its end."""

    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        related_name="service_bodies",
        verbose_name=_("所属单位"),
    )
    name = models.CharField(_("名称"), max_length=60)
    duties = models.TextField(_("主要职能"))
    founded_on = models.DateField(_("成立日期"))
    document = models.CharField(_("成立文号"), max_length=80)
    dissolved_on = models.DateField(_("撤销日期"), null=True, blank=True)
    dissolved_by_document = models.CharField(_("撤销文号"), max_length=80, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ServiceBodyQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格融合服务组织")
        ordering = ["organisation", "founded_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="service_body_name_once_per_unit",
                fields=["organisation", "name"],
                condition=Q(dissolved_on__isnull=True),
            ),
            models.CheckConstraint(
                name="service_body_ends_with_a_document",
                condition=Q(dissolved_on__isnull=True, dissolved_by_document="")
                | Q(dissolved_on__gte=models.F("founded_on")) & ~Q(dissolved_by_document=""),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ServiceSeatQuerySet(models.QuerySet["ServiceSeat"]):
    def visible_to(self, user: User) -> ServiceSeatQuerySet:
        """With their bodies."""
        seen = ServiceBody.objects.visible_to(user).order_by()
        return self.filter(body__in=seen.values("pk"))

    def held(self) -> ServiceSeatQuerySet:
        return self.filter(left_on__isnull=True)


class ServiceSeat(models.Model):
    """A person in a body, from a day to a day; who left stays in the history."""

    class Role(models.TextChoices):
        HEAD = "head", _("负责人")
        DEPUTY = "deputy", _("副职")
        MEMBER = "member", _("成员")
        OFFICE = "office", _("办公室人员")

    body = models.ForeignKey(ServiceBody, models.PROTECT, related_name="seats")
    person = models.ForeignKey(
        "accounts.User", models.PROTECT, related_name="service_seats", verbose_name=_("人员")
    )
    role = models.CharField(_("组内职务"), max_length=10, choices=Role)
    post = models.CharField(_("行政职务"), max_length=60, blank=True)
    joined_on = models.DateField(_("任职日期"))
    document = models.CharField(_("任职文号"), max_length=80)
    left_on = models.DateField(_("离任日期"), null=True, blank=True)
    left_by_document = models.CharField(_("离任文号"), max_length=80, blank=True)

    objects = ServiceSeatQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("服务组织成员")
        ordering = ["body", "joined_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="service_body_has_one_head",
                fields=["body"],
                condition=Q(role="head", left_on__isnull=True),
            ),
            models.UniqueConstraint(
                name="service_body_seats_a_person_once",
                fields=["body", "person"],
                condition=Q(left_on__isnull=True),
            ),
            models.CheckConstraint(
                name="service_seat_ends_after_it_starts",
                condition=Q(left_on__isnull=True) | Q(left_on__gte=models.F("joined_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.get_role_display()}"


class ResponsibilityMatrixQuerySet(OfUnitQuerySet):
    def of(self, organisation: Organisation) -> ResponsibilityMatrixQuerySet:
        return self.filter(organisation=organisation)

    def in_force(self, *, on: date) -> ResponsibilityMatrix | None:
        """The version that began last."""
        return self.filter(valid_from__lte=on).order_by("-valid_from").first()


class ResponsibilityMatrix(models.Model):
    """One version of who does what in a unit: functions × bodies and posts. Never changed."""

    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("单位")
    )
    number = models.PositiveSmallIntegerField(_("版本"))
    valid_from = models.DateField(_("启用日期"))
    document = models.CharField(_("依据文件"), max_length=120)
    # {"functions": […], "posts": […], "marks": [[…]]}, see ``accounts.responsibilities``.
    content: Any = models.JSONField(_("内容"))
    made_at = models.DateTimeField(_("编制时间"))
    made_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = ResponsibilityMatrixQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("职责分工表")
        ordering = ["organisation", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="responsibilities_version_once", fields=["organisation", "number"]
            ),
            models.UniqueConstraint(
                name="responsibilities_one_per_day", fields=["organisation", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} v{self.number}"
