"""People and their memberships."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractUser
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models.organisation import Organisation, TerritoryRule
from accounts.permissions import READING, ROLES, WITHIN, Permission, Role
from core import clock

if TYPE_CHECKING:
    from accounts.models.delegation import Delegation


# Regulators that stand above the provinces: no territory brings them into sight.
ABOVE_TERRITORY = (Organisation.Kind.NATIONAL_REGULATOR, Organisation.Kind.REGIONAL_OFFICE)


# What ``in_force`` of the two query sets says of one person, as finished SQL: it is asked at every
# request, and putting it together takes ten times as long as the database takes to answer.
MEMBERSHIPS_IN_FORCE = """
    SELECT * FROM accounts_membership
    WHERE user_id = %s AND withdrawn_at IS NULL
      AND starts_on <= %s AND (ends_on IS NULL OR ends_on >= %s)
    ORDER BY starts_on, id
"""
DELEGATIONS_IN_FORCE = """
    SELECT * FROM accounts_delegation
    WHERE user_id = %s AND revoked_at IS NULL AND starts_on <= %s AND ends_on >= %s
    ORDER BY starts_on DESC, id DESC
"""
# These organisations, and all that was merged into them.
PLACES_WITH_ABSORBED = """
    WITH RECURSIVE mine (id) AS (
        SELECT id FROM accounts_organisation WHERE id IN ({marks})
        UNION
        SELECT one.id FROM accounts_organisation one JOIN mine ON one.merged_into_id = mine.id
    )
    SELECT * FROM accounts_organisation WHERE id IN (SELECT id FROM mine)
"""


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, user: User) -> UserQuerySet:
        """Oneself, and people of organisations whose people one looks after.

        Also those who have no membership any more, for the security administrator at the top.
        """
        if not user.is_authenticated:
            return self.none()
        managed = Organisation.objects.visible_to(user, Permission.PEOPLE_MANAGE)
        theirs = Membership.objects.filter(organisation__in=managed).values("user")
        condition = Q(pk=user.pk) | Q(pk__in=theirs)
        if any(
            o.kind == Organisation.Kind.NATIONAL_REGULATOR
            for o, role in user.stands
            if Permission.PEOPLE_MANAGE in role.permissions
        ):
            condition |= Q(memberships__isnull=True)
        return self.filter(condition)


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    pass


class Standing:
    """What follows from where somebody stands: a person by their roles, a machine by its scopes."""

    # (organisation, role): each role reaches from its organisation.
    stands: list[tuple[Organisation, Role]]

    @cached_property
    def permissions(self) -> frozenset[Permission]:
        """Everything that any current role allows somewhere."""
        return frozenset().union(*(role.permissions for _organisation, role in self.stands))

    def can(self, permission: Permission | str) -> bool:
        """Whether any current role carries the permission (for menus and doors)."""
        return permission in self.permissions

    def may(self, permission: Permission | str, organisation: Organisation) -> bool:
        """Whether a role carries the permission *and* reaches the organisation from its own.

        Reading reaches further than acting; see ``permissions.READING`` and ``WITHIN``.
        """
        holders = [o for o, role in self.stands if permission in role.permissions]
        if permission in WITHIN:
            return any(organisation.path.startswith(holder.path) for holder in holders)
        copies = permission in READING
        return any(covers(holder, organisation, copies=copies) for holder in holders)

    def sight(self, permission: Permission | str | None = None) -> Q:
        """Condition on Organisation: everything that the person's organisations cover.

        With a permission only the organisations count where a role carries it; what is merely
        copied to an office is in sight for reading, never for acting (the rule of ``may``).
        """
        copies = permission is None or permission in READING
        condition = Q(pk__in=())
        for organisation, role in self.stands:
            if role.permissions and (permission is None or permission in role.permissions):
                condition |= sight_of(organisation, copies=copies, known=self.territories)
        return condition

    @cached_property
    def territories(self) -> dict[tuple[int, bool], set[str]]:
        """Provinces of the person's offices as far as they were asked for, once per request."""
        return {}


class User(Standing, AbstractUser):
    """A person. Rights come from memberships; ``is_superuser`` stays false for everybody."""

    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    name = models.CharField(_("姓名"), max_length=40)
    post = models.CharField(_("职务"), max_length=60, blank=True)
    # A counter, raised to end every session of the person at their next request.
    session_epoch = models.PositiveIntegerField(default=0)
    calendar_token = models.CharField(max_length=64, blank=True, db_index=True)
    language = models.CharField(_("界面语言"), max_length=10, blank=True)

    # When the present password was set; empty while the person never had one.
    password_set_at = models.DateTimeField(_("口令设置时间"), null=True, blank=True)

    # From when days without use are counted anew: the account was opened again.
    counted_from = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    REQUIRED_FIELDS = ["email", "name"]

    class Meta:
        verbose_name = verbose_name_plural = _("人员")
        constraints = [
            # Nobody stands above the rules (等保 访问控制 d).
            models.CheckConstraint(
                name="user_is_never_superuser", condition=Q(is_superuser=False, is_staff=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def current_memberships(self) -> list[Membership]:
        """Memberships in force today, read once per request."""
        return self._held(Membership, MEMBERSHIPS_IN_FORCE, at="organisation")

    @cached_property
    def current_delegations(self) -> list[Delegation]:
        """Delegations that the person holds and that are in force today, read once per request."""
        return self._held(self.delegations_held.model, DELEGATIONS_IN_FORCE, at="content_object")

    def _held(self, model: type[models.Model], sql: str, *, at: str) -> list[Any]:
        """Rows of the person that are in force today, each with its organisation (``at``)."""
        today = clock.today()
        rows = list(model._base_manager.raw(sql, [self.pk, today, today]))
        if not rows:
            return []
        wanted = sorted({getattr(row, f"{at}_id") for row in rows})
        marks = ", ".join(["%s"] * len(wanted))
        sql = PLACES_WITH_ABSORBED.format(marks=marks)
        organisations = {one.pk: one for one in Organisation._base_manager.raw(sql, wanted)}
        self._places_read |= organisations
        for row in rows:
            setattr(row, at, organisations[getattr(row, f"{at}_id")])
            row.user = self  # type: ignore[attr-defined]
        return rows

    @cached_property
    def stands(self) -> list[tuple[Organisation, Role]]:
        """Where the person stands today: (organisation, role), own offices and deputised ones."""
        own = [(m.organisation, m.role_definition) for m in self.current_memberships]
        deputised = [(d.organisation, d.role_definition) for d in self.current_delegations]
        return own + deputised

    @cached_property
    def _places_read(self) -> dict[int, Organisation]:
        """Places of the person and what they absorbed, as far as they were read."""
        return {}

    @cached_property
    def absorbed(self) -> dict[Organisation, int]:
        """Organisations that were merged into one where the person stands, each with the number of
        the one that goes on with its work in the end. They were read with its places."""
        read = self._places_read if self.stands else {}
        merged = [one for one in read.values() if one.merged_into_id]
        known = {one.pk: one for one in merged}
        return {one: _heir(one, known) for one in merged}

    @property
    def home(self) -> Organisation | None:
        """The organisation that the person works in first."""
        return self.current_memberships[0].organisation if self.current_memberships else None

    @property
    def needs_second_factor(self) -> bool:
        """Whether any current role may sign in with a second factor only."""
        return any(role.staff for _organisation, role in self.stands)


def _heir(organisation: Organisation, merged: dict[int, Organisation]) -> int:
    """The number of what an organisation was merged into in the end."""
    pk = organisation.pk
    while pk in merged:
        assert (into := merged[pk].merged_into_id) is not None
        pk = into
    return pk


def territory_codes(regulator: Organisation, *, on: date, copies: bool = True) -> set[str]:
    """Province codes that a regulator is in charge of on a day, and those it gets copies from."""
    mine = Q(regulator__path__startswith=regulator.path)
    if copies:
        mine |= Q(copy_to__path__startswith=regulator.path)
    rules = TerritoryRule.objects.in_force(on=on).filter(mine)
    return set(rules.values_list("region_id", flat=True))


def sight_of(
    organisation: Organisation,
    *,
    copies: bool = True,
    known: dict[tuple[int, bool], set[str]] | None = None,
) -> Q:
    """Condition on Organisation: what the members of one organisation may see.

    ``known`` remembers the provinces of offices, where the same is asked many times for a page.

    A company unit sees itself and below. A regulator sees itself and below, and every company unit
    whose province is its territory or (with ``copies``) is copied to it. The national regulator
    sees all.
    """
    if organisation.kind == Organisation.Kind.NATIONAL_REGULATOR:
        return Q(pk__gt=0)
    condition = Q(path__startswith=organisation.path)
    if organisation.is_regulator:
        known, key = {} if known is None else known, (organisation.pk, copies)
        if key not in known:
            known[key] = territory_codes(organisation, on=clock.today(), copies=copies)
        for code in known[key]:
            condition |= Q(region__code__startswith=code[:2]) & ~Q(kind__in=ABOVE_TERRITORY)
    return condition


def covers(holder: Organisation, other: Organisation, *, copies: bool = True) -> bool:
    """Whether members of ``holder`` reach ``other``: the rule of ``sight_of``, on two objects.

    Without ``copies``: only where the holder is in charge, which acting needs.
    """
    if holder.kind == Organisation.Kind.NATIONAL_REGULATOR or other.path.startswith(holder.path):
        return True
    if not holder.is_regulator or other.region_id is None or other.kind in ABOVE_TERRITORY:
        return False
    codes = territory_codes(holder, on=clock.today(), copies=copies)
    return other.region_id[:2] + "0000" in codes


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self, *, on: date) -> MembershipQuerySet:
        return self.in_force_from(on=on).filter(starts_on__lte=on)

    def in_force_from(self, *, on: date) -> MembershipQuerySet:
        """In force on the day or starting later."""
        open_ended = Q(ends_on__isnull=True) | Q(ends_on__gte=on)
        return self.filter(open_ended, withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> MembershipQuerySet:
        """One's own, and those of organisations whose people one looks after."""
        if not user.is_authenticated:
            return self.none()
        managed = Organisation.objects.visible_to(user, Permission.PEOPLE_MANAGE)
        return self.filter(Q(user=user) | Q(organisation__in=managed))

    def roles(self) -> list[str]:
        """Codes of the roles."""
        return list(self.order_by().values_list("role", flat=True).distinct())


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
    # Set when a membership was taken back on or before its first day.
    withdrawn_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

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
    def role_definition(self) -> Role:
        return ROLES[self.role]
