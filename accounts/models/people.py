"""People and their memberships."""

from __future__ import annotations

from datetime import date

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation, TerritoryRule
from accounts.permissions import ROLES, Permission
from core import clock


class User(AbstractUser):
    """A person. Rights come from memberships; ``is_superuser`` stays false for everybody."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    # A counter, raised to end every session of the person at their next request.
    session_epoch = models.PositiveIntegerField(default=0)
    calendar_token = models.CharField(max_length=64, blank=True, db_index=True)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)

    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        verbose_name = verbose_name_plural = _("人员")

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """Memberships in force today, read once per request."""
        today = clock.today()
        return list(self.memberships.in_force(on=today).select_related("organisation"))

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that any current role of the person allows somewhere."""
        granted: set[Permission] = set()
        for membership in self.current_memberships:
            granted |= membership.role_definition.permissions
        return frozenset(granted)

    @property
    def home(self) -> Organisation | None:
        """The organisation that the person works in first."""
        return self.current_memberships[0].organisation if self.current_memberships else None

    def can(self, permission: Permission) -> bool:
        """Whether any current role carries the permission (for menus and doors)."""
        return permission in self.permissions

    def may(self, permission: Permission, organisation: Organisation) -> bool:
        """Whether a role carries the permission *and* its organisation covers the given one."""
        holders = [
            m for m in self.current_memberships if permission in m.role_definition.permissions
        ]
        return any(covers(m.organisation, organisation) for m in holders)

    def sight(self) -> Q:
        """Condition on Organisation: everything that the person's organisations cover."""
        condition = Q(pk__in=())
        for membership in self.current_memberships:
            if membership.role_definition.permissions:
                condition |= sight_of(membership.organisation)
        return condition


def territory_codes(regulator: Organisation, *, on: date) -> set[str]:
    """Province codes that a regulator is in charge of or gets copies from on a day."""
    rules = TerritoryRule.objects.in_force(on=on)
    mine = Q(regulator__path__startswith=regulator.path) | Q(copy_to=regulator)
    return set(rules.filter(mine).values_list("region_id", flat=True))


def sight_of(organisation: Organisation) -> Q:
    """Condition on Organisation: what the members of one organisation may see.

    A company unit sees itself and below. A regulator sees itself and below, and every company unit
    whose province is its territory or is copied to it. The national regulator sees all.
    """
    if organisation.kind == Organisation.Kind.NATIONAL_REGULATOR:
        return Q(pk__gt=0)
    condition = Q(path__startswith=organisation.path)
    if organisation.is_regulator:
        for code in territory_codes(organisation, on=clock.today()):
            condition |= Q(region_id__startswith=code[:2]) & ~Q(
                kind__in=[Organisation.Kind.NATIONAL_REGULATOR, Organisation.Kind.REGIONAL_OFFICE]
            )
    return condition


def covers(holder: Organisation, other: Organisation) -> bool:
    """Whether members of ``holder`` see ``other`` (same rule as ``sight_of``, on two objects)."""
    if holder.kind == Organisation.Kind.NATIONAL_REGULATOR or other.path.startswith(holder.path):
        return True
    if not holder.is_regulator or other.region_id is None:
        return False
    if other.kind in (Organisation.Kind.NATIONAL_REGULATOR, Organisation.Kind.REGIONAL_OFFICE):
        return False
    codes = territory_codes(holder, on=clock.today())
    return other.region_id[:2] + "0000" in codes


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, *, on: date) -> MembershipQuerySet:
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class Membership(models.Model):
    """A person works in an organisation with a role, from a day to a day."""

    user = models.ForeignKey(User, models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(
        _("角色"), max_length=32, choices=[(c, r.name) for c, r in ROLES.items()]
    )
    department = models.CharField(_("部门"), max_length=60, blank=True)
    starts_on = models.DateField(_("起始日期"))
    ends_on = models.DateField(_("终止日期"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = _("任职")
        ordering = ["starts_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="membership_one_open_per_person_organisation_role",
                fields=["user", "organisation", "role"],
                condition=Q(ends_on__isnull=True),
            ),
            models.CheckConstraint(
                name="membership_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.role_definition.name}"

    @property
    def role_definition(self):  # type: ignore[no-untyped-def]
        return ROLES[self.role]
