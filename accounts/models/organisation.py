"""The organisation tree, the names an organisation had, and who supervises which territory."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager, MP_NodeQuerySet

from core import spans

if TYPE_CHECKING:
    from accounts.models.people import User


class OrganisationQuerySet(MP_NodeQuerySet):
    def visible_to(self, user: User, permission: str | None = None) -> OrganisationQuerySet:
        """Organisations in a person's sight: their own and below; for regulators the territory.

        Several memberships and delegations add up; a person with none sees none. With a
        permission: only where a role of the person carries it.
        """
        return self.filter(user.sight(permission)) if user.is_authenticated else self.none()

    def in_force(self) -> OrganisationQuerySet:
        """Without those that were merged into another or closed."""
        return self.filter(closed_on__isnull=True)

    def companies(self) -> OrganisationQuerySet:
        return self.filter(kind__in=Organisation.COMPANY_KINDS)

    def regulators(self) -> OrganisationQuerySet:
        return self.filter(kind__in=Organisation.REGULATOR_KINDS)


class OrganisationManager(MP_NodeManager.from_queryset(OrganisationQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> OrganisationQuerySet:
        """In the order of the tree (treebeard's own manager would forget our queryset)."""
        return OrganisationQuerySet(self.model, using=self._db).order_by("path")


class Organisation(MP_Node):
    """A regulator, a grid company unit or a government grid department (clauses S1-2.2, S1-4)."""

    class Kind(models.TextChoices):
        NATIONAL_REGULATOR = "national_regulator", _("国家监管机构")
        REGIONAL_OFFICE = "regional_office", _("区域派出机构")
        PROVINCIAL_OFFICE = "provincial_office", _("省级派出机构")
        GRID_GROUP = "grid_group", _("电网集团")
        PROVINCIAL_COMPANY = "provincial_company", _("省级电网企业")
        PREFECTURE_ENTERPRISE = "prefecture_enterprise", _("地市供电企业")
        COUNTY_ENTERPRISE = "county_enterprise", _("县级供电企业")
        SUPPLY_STATION = "supply_station", _("供电所")
        DISTRIBUTION_OPERATOR = "distribution_operator", _("配电运营商")
        POWER_ENTERPRISE = "power_enterprise", _("其他电力企业（开展网格化管理）")
        GOVERNMENT_DEPARTMENT = "government_department", _("政府网格主管部门")

    REGULATOR_KINDS = (Kind.NATIONAL_REGULATOR, Kind.REGIONAL_OFFICE, Kind.PROVINCIAL_OFFICE)
    COMPANY_KINDS = (
        Kind.GRID_GROUP,
        Kind.PROVINCIAL_COMPANY,
        Kind.PREFECTURE_ENTERPRISE,
        Kind.COUNTY_ENTERPRISE,
        Kind.SUPPLY_STATION,
        Kind.DISTRIBUTION_OPERATOR,
        Kind.POWER_ENTERPRISE,
    )
    # Who needs a licence to supply (S2-1b); a station works under that of its enterprise.
    LICENSED_KINDS = (
        Kind.PROVINCIAL_COMPANY,
        Kind.PREFECTURE_ENTERPRISE,
        Kind.COUNTY_ENTERPRISE,
        Kind.DISTRIBUTION_OPERATOR,
    )

    code = models.CharField(_("单位代码"), max_length=32, unique=True)
    name = models.CharField(_("单位名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=30)
    kind = models.CharField(_("单位类型"), max_length=24, choices=Kind)
    region = models.ForeignKey(
        "accounts.Region", models.PROTECT, null=True, blank=True, verbose_name=_("所在区划")
    )
    licence_number = models.CharField(_("供电业务许可证编号"), max_length=40, blank=True)
    document_prefix = models.CharField(_("机关代字"), max_length=20, blank=True)
    email = models.EmailField(_("收文邮箱"), blank=True)
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="absorbed",
        verbose_name=_("并入"),
    )
    closed_on = models.DateField(_("撤销日期"), null=True, blank=True)

    node_order_by = ["code"]
    objects = OrganisationManager()

    class Meta:
        verbose_name = verbose_name_plural = _("组织机构")
        # The object permission that a Delegation carries.
        permissions = [("deputise", "代行职责")]
        constraints = [
            models.CheckConstraint(
                name="organisation_merged_only_when_closed",
                condition=Q(merged_into__isnull=True) | Q(closed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.short_name or self.name

    def name_on(self, day: date) -> str:
        """The full name that the organisation bore on a day (its present one if none is known)."""
        names = self.names.filter(spans.in_force(day, until="valid_to"))
        found = names.order_by("-valid_from").first()
        return found.name if found else self.name

    @property
    def is_regulator(self) -> bool:
        return self.kind in self.REGULATOR_KINDS

    @property
    def is_company(self) -> bool:
        return self.kind in self.COMPANY_KINDS


class OrganisationName(models.Model):
    """A name that an organisation bore from one day to another; rename keeps the old one."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="names")
    name = models.CharField(_("名称"), max_length=80)
    short_name = models.CharField(_("简称"), max_length=30)
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    class Meta:
        verbose_name = verbose_name_plural = _("曾用名称")
        ordering = ["valid_from"]

    def __str__(self) -> str:
        return self.name


class TerritoryRuleQuerySet(models.QuerySet["TerritoryRule"]):
    def in_force(self, *, on: date) -> TerritoryRuleQuerySet:
        return self.filter(spans.in_force(on, until="valid_to"))


class TerritoryRule(models.Model):
    """Which regulator is in charge of a province, and which other gets copies.

    Source: campaign plan 二(二): Guangdong, Guangxi and Hainan directly under the South bureau;
    Yunnan and Guizhou under their own offices with a copy to the South bureau (S1-2.2a, S1-2.2b).
    """

    region = models.ForeignKey("accounts.Region", models.PROTECT, related_name="+")
    regulator = models.ForeignKey(Organisation, models.PROTECT, related_name="territory")
    copy_to = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="copied_territory"
    )
    valid_from = models.DateField(_("启用日期"))
    valid_to = models.DateField(_("停用日期"), null=True, blank=True)

    objects = TerritoryRuleQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("辖区规则")
        ordering = ["region", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="territory_rule_one_per_region_and_start", fields=["region", "valid_from"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} → {self.regulator}"
