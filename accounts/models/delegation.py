"""Deputies: a person stands in with a role over an organisation from one day to another."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.managers import UserObjectPermissionManager
from guardian.models import UserObjectPermissionBase

from accounts.models.organisation import Organisation
from accounts.permissions import ROLES, Role


class DelegationQuerySet(models.QuerySet["Delegation"]):
    def in_force(self, *, on: date) -> DelegationQuerySet:
        return self.in_force_from(on=on).filter(starts_on__lte=on)

    def in_force_from(self, *, on: date) -> DelegationQuerySet:
        """In force on the day or starting later."""
        return self.filter(ends_on__gte=on, revoked_at__isnull=True)

    def roles(self) -> list[str]:
        """Codes of the roles."""
        return list(self.order_by().values_list("role", flat=True).distinct())

    def visible_to(self, user) -> DelegationQuerySet:  # type: ignore[no-untyped-def]
        """One's own, given or held, and those of organisations whose people one looks after."""
        if not user.is_authenticated:
            return self.none()
        managed = Organisation.objects.visible_to(user, "people.manage")
        mine = Q(user=user) | Q(given_by=user)
        return self.filter(mine | Q(content_object__in=managed))


class DelegationManager(UserObjectPermissionManager.from_queryset(DelegationQuerySet)):  # type: ignore[misc]
    pass


class Delegation(UserObjectPermissionBase):
    """A deputy's exception to the rule that rights come from memberships; always has an end.

    An object permission of django-guardian kept in a table of its own with a direct foreign key.
    The row stays when it has ended: it is the record of who acted for whom.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="delegations_held",
        verbose_name=_("代理人"),
    )
    content_object = models.ForeignKey(
        Organisation, models.PROTECT, related_name="delegations", verbose_name=_("单位")
    )
    role = models.CharField(
        _("代行角色"), max_length=32, choices=[(c, r.name) for c, r in ROLES.items()]
    )
    starts_on = models.DateField(_("起始日期"))
    ends_on = models.DateField(_("终止日期"))
    reason = models.CharField(_("事由"), max_length=200)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        related_name="delegations_given",
        verbose_name=_("委托人"),
    )
    revoked_at = models.DateTimeField(_("撤回时间"), null=True, blank=True)

    objects = DelegationManager()

    class Meta:
        verbose_name = verbose_name_plural = _("委托代理")
        ordering = ["-starts_on", "-pk"]
        unique_together = ["user", "permission", "content_object", "role", "starts_on"]
        constraints = [
            models.CheckConstraint(
                name="delegation_ends_after_it_starts",
                condition=Q(ends_on__gte=models.F("starts_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.organisation} · {self.role_definition.name}"

    @property
    def organisation(self) -> Organisation:
        return self.content_object

    @property
    def role_definition(self) -> Role:
        return ROLES[self.role]

    def state(self, *, on: date) -> str:
        """``revoked``, ``ended``, ``coming`` or ``in_force`` on a day."""
        if self.revoked_at:
            return "revoked"
        if self.ends_on < on:
            return "ended"
        return "coming" if self.starts_on > on else "in_force"
