"""Ground: power grids with lines and transformer areas, government grids, and how they pair.

Source: the standard on grid integration, 3.1, 3.2, 3.6, 4.1.2 (S2-3.1, S2-3.2, S2-3.6, S2-4.1.2e).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core.spans import Dated, ends_after_it_starts

if TYPE_CHECKING:
    from accounts.models import User


def units_of(user: User) -> models.QuerySet[Organisation]:
    """Numbers of the organisations whose grids a person sees."""
    seen = Organisation.objects.visible_to(user, Permission.GRID_VIEW)
    return seen.order_by().values("pk")


class Bounded(models.Model):
    """Ground with a border: GeoJSON, and the box around it (degrees, WGS 84)."""

    boundary = models.JSONField(_("边界"), null=True, blank=True)
    west = models.FloatField(null=True, blank=True)
    south = models.FloatField(null=True, blank=True)
    east = models.FloatField(null=True, blank=True)
    north = models.FloatField(null=True, blank=True)

    class Meta:
        abstract = True


class PowerGridQuerySet(Dated["PowerGrid"]):
    def visible_to(self, user: User) -> PowerGridQuerySet:
        """Companies: their own; regulators: of their territory; a government grid department: the
        ones that pair with its grids, so that its officers know whom to call."""
        if not user.is_authenticated:
            return self.none()
        units = units_of(user)
        paired = GridPairing.objects.filter(government_grid__department__in=units)
        return self.filter(
            Q(enterprise__in=units)
            | Q(station__in=units)
            | Q(pk__in=paired.order_by().values("power_grid"))
        )


class PowerGrid(Bounded):
    """A cell of a power enterprise (电力网格), split by lines, transformer areas, business area.

    ``places``: words of addresses that lie in it and in no other grid of the region: communities,
    villages, roads. ``duty_phone`` is a service number of the enterprise, never a person's own.
    """

    code = models.CharField(_("网格编号"), max_length=40)
    name = models.CharField(_("网格名称"), max_length=60)
    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    station = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("供电所"),
    )
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, related_name="+", verbose_name=_("所在区划")
    )
    business_area = models.CharField(_("营业区域"), max_length=200, blank=True)
    places = models.JSONField(_("地名"), default=list, blank=True)
    # Code, name and places in one text, to be searched.
    words = models.TextField(blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    duty_phone = models.CharField(_("服务电话"), max_length=30, blank=True)
    # What whoever goes there should know: local custom, gate rules (S2-6.3.1d).
    note = models.CharField(_("备注"), max_length=300, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    created_by = models.ForeignKey(
        "accounts.User", models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = PowerGridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("电力网格")
        ordering = ["code", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="power_grid_code_once_per_enterprise", fields=["enterprise", "code"]
            ),
            ends_after_it_starts("power_grid_ends_after_it_starts"),
        ]
        indexes = [models.Index(fields=["region", "code"], name="power_grid_by_region")]

    def __str__(self) -> str:
        return self.name

    @property
    def organisation(self) -> Organisation:
        """Who runs it: the supply station, or the enterprise where it has none."""
        return self.station or self.enterprise

    def stands_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class OfEnterprise(models.QuerySet):  # type: ignore[type-arg]
    def visible_to(self, user: User) -> OfEnterprise:
        """With the enterprise, or with a grid in sight that it lies in."""
        if not user.is_authenticated:
            return self.none()
        grids = PowerGrid.objects.visible_to(user).order_by().values("pk")
        return self.filter(
            Q(enterprise__in=units_of(user))
            | Q(pk__in=self.model.objects.filter(in_grids__grid__in=grids).order_by().values("pk"))
        )


class Feeder(models.Model):
    """A line (线路) of an enterprise."""

    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    code = models.CharField(_("线路编号"), max_length=40)
    name = models.CharField(_("线路名称"), max_length=60)
    substation = models.CharField(_("变电站"), max_length=60, blank=True)
    voltage = models.CharField(_("电压等级"), max_length=20, blank=True)

    objects = OfEnterprise.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("线路")
        ordering = ["enterprise", "code"]
        constraints = [
            models.UniqueConstraint(name="feeder_code_once", fields=["enterprise", "code"]),
        ]
        indexes = [models.Index(fields=["name"], name="feeder_by_name")]

    def __str__(self) -> str:
        return self.name


class TransformerArea(models.Model):
    """A transformer area (台区) of an enterprise."""

    class Kind(models.TextChoices):
        PUBLIC = "public", _("公变")
        DEDICATED = "dedicated", _("专变")

    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    feeder = models.ForeignKey(
        Feeder,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="areas",
        verbose_name=_("所属线路"),
    )
    code = models.CharField(_("台区编号"), max_length=40)
    name = models.CharField(_("台区名称"), max_length=60)
    kind = models.CharField(_("公变、专变"), max_length=10, choices=Kind, default=Kind.PUBLIC)
    capacity_kva = models.PositiveIntegerField(_("容量（千伏安）"), null=True, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)

    objects = OfEnterprise.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("台区")
        ordering = ["enterprise", "code"]
        constraints = [
            models.UniqueConstraint(name="transformer_area_once", fields=["enterprise", "code"]),
        ]
        indexes = [models.Index(fields=["name"], name="transformer_area_by_name")]

    def __str__(self) -> str:
        return self.name


class OfGrid(Dated[models.Model]):
    def visible_to(self, user: User) -> OfGrid:
        """With their power grids."""
        return self.filter(grid__in=PowerGrid.objects.visible_to(user).order_by().values("pk"))


class GridArea(models.Model):
    """A transformer area lies in a power grid from a day to a day; in one at a time, which the
    database sees to (``grids.guards``)."""

    grid = models.ForeignKey(PowerGrid, models.PROTECT, related_name="areas")
    area = models.ForeignKey(TransformerArea, models.PROTECT, related_name="in_grids")
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = OfGrid.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格台区")
        ordering = ["grid", "area", "valid_from"]
        constraints = [ends_after_it_starts("grid_area_ends_after_it_starts")]
        indexes = [models.Index(fields=["area", "valid_from"], name="grid_area_by_area")]

    def __str__(self) -> str:
        return f"{self.area} → {self.grid}"


class GridFeeder(models.Model):
    """A line runs through a power grid; a line may run through several."""

    grid = models.ForeignKey(PowerGrid, models.PROTECT, related_name="feeders")
    feeder = models.ForeignKey(Feeder, models.PROTECT, related_name="in_grids")
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = OfGrid.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格线路")
        ordering = ["grid", "feeder", "valid_from"]
        constraints = [ends_after_it_starts("grid_feeder_ends_after_it_starts")]
        indexes = [models.Index(fields=["feeder", "valid_from"], name="grid_feeder_by_feeder")]

    def __str__(self) -> str:
        return f"{self.feeder} → {self.grid}"


class AccountPlace(models.Model):
    """On which transformer area an account lies. Its number is kept as a keyed hash only."""

    enterprise = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("供电企业")
    )
    account_index = models.CharField(max_length=64, db_index=True)
    area = models.ForeignKey(TransformerArea, models.PROTECT, related_name="accounts")
    updated_at = models.DateTimeField(_("更新时间"))

    objects = OfEnterprise.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("户号所在台区")
        constraints = [
            models.UniqueConstraint(
                name="account_place_once", fields=["enterprise", "account_index"]
            ),
        ]

    def __str__(self) -> str:
        return str(self.area)


class GovernmentGridQuerySet(Dated["GovernmentGrid"]):
    def visible_to(self, user: User) -> GovernmentGridQuerySet:
        """With whoever keeps it or is its department, or with a power grid in sight."""
        if not user.is_authenticated:
            return self.none()
        units = units_of(user)
        mine = Q(power_grid__enterprise__in=units) | Q(power_grid__station__in=units)
        paired = GridPairing.objects.filter(mine).order_by().values("government_grid")
        return self.filter(Q(keeper__in=units) | Q(department__in=units) | Q(pk__in=paired))


class GovernmentGrid(Bounded):
    """A cell of the government's grid management (政府网格), S2-3.1."""

    class Level(models.TextChoices):
        COUNTY = "county", _("县（市、区）")
        TOWN = "town", _("乡镇（街道）")
        COMMUNITY = "community", _("社区（村）")
        GRID = "grid", _("基础网格")

    class Type(models.TextChoices):
        URBAN = "urban", _("城市社区")
        VILLAGE = "village", _("行政村")
        SPECIAL = "special", _("专属网格")

    code = models.CharField(_("网格编码"), max_length=30, unique=True)
    name = models.CharField(_("网格名称"), max_length=60)
    level = models.CharField(_("层级"), max_length=10, choices=Level)
    type = models.CharField(_("类型"), max_length=10, choices=Type)
    parent = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("上级网格"),
    )
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, related_name="+", verbose_name=_("所在区划")
    )
    # The government grid department; empty where it has no account in the portal.
    department = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("主管部门"),
    )
    # The enterprise that entered it and keeps it up to date.
    keeper = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, related_name="+", verbose_name=_("登记企业")
    )
    address = models.CharField(_("范围"), max_length=200, blank=True)
    households = models.PositiveIntegerField(_("户数"), default=0)
    phone = models.CharField(_("值班电话"), max_length=30, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)
    created_at = models.DateTimeField(_("登记时间"))
    updated_at = models.DateTimeField(_("更新时间"))

    objects = GovernmentGridQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("政府网格")
        ordering = ["code"]
        constraints = [ends_after_it_starts("government_grid_ends_after_it_starts")]

    def __str__(self) -> str:
        return self.name


class GridPairingQuerySet(Dated["GridPairing"]):
    def visible_to(self, user: User) -> GridPairingQuerySet:
        """With the power grid."""
        seen = PowerGrid.objects.visible_to(user).order_by().values("pk")
        return self.filter(power_grid__in=seen)


class GridPairing(models.Model):
    """A power grid and a government grid work together (网格融合), S2-3.6.

    ``share``: how much of the power grid's households live in the government grid, in per cent.
    """

    power_grid = models.ForeignKey(PowerGrid, models.PROTECT, related_name="pairings")
    government_grid = models.ForeignKey(GovernmentGrid, models.PROTECT, related_name="pairings")
    share = models.DecimalField(_("占比（%）"), max_digits=5, decimal_places=2)
    agreement = models.CharField(_("共建协议"), max_length=120, blank=True)
    government_contact = models.CharField(_("政府方联系岗位"), max_length=80, blank=True)
    power_contact = models.CharField(_("企业方联系岗位"), max_length=80, blank=True)
    valid_from = models.DateField(_("启用日期"))
    valid_until = models.DateField(_("停用日期"), null=True, blank=True)

    objects = GridPairingQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("网格对接")
        ordering = ["power_grid", "government_grid", "valid_from"]
        constraints = [
            ends_after_it_starts("grid_pairing_ends_after_it_starts"),
            models.CheckConstraint(
                name="grid_pairing_share_of_hundred",
                condition=Q(share__gt=Decimal(0), share__lte=Decimal(100)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.power_grid} ↔ {self.government_grid}"
