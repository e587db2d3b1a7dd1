"""Why an act on organisations and people may be refused. Pure questions, no writes."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from accounts.models import Membership, Organisation, User
from accounts.permissions import ROLES, Permission
from core import clock

# The three administrators are kept apart from each other and from all business (等保 访问控制 d).
ADMINISTRATORS = frozenset(code for code, role in ROLES.items() if role.side == "system")


def require(by: User | None, permission: Permission, organisation: Organisation) -> None:
    """Raise PermissionDenied unless the person may do this here; the system (None) may."""
    if by is not None and not by.may(permission, organisation):
        raise PermissionDenied(_("您的角色无权对该单位进行此操作。"))


def require_over_person(by: User, person: User) -> None:
    """Raise PermissionDenied unless the actor looks after all of the person's organisations.

    An account is one for all roles: whoever looks after one of them only, or after one that the
    person has left, must not lock out or unlock the person elsewhere. Nobody manages their own
    account by this way: one's own password and sessions stand in the profile.
    """
    seen = by.pk != person.pk and User.objects.visible_to(by).filter(pk=person.pk).exists()
    held = person.memberships.in_force_from(on=clock.today()).select_related("organisation")
    if not seen or not all(by.may(Permission.PEOPLE_MANAGE, m.organisation) for m in held):
        raise PermissionDenied(_("您的角色无权管理此人的账号。"))


def merge_refusal(organisation: Organisation, into: Organisation, *, on: date, today: date) -> str:
    """Why one organisation cannot be merged into another; empty when it can."""
    if organisation.pk == into.pk:
        return _("单位不能并入自身。")
    if organisation.closed_on or into.closed_on:
        return _("已撤销的单位不能参与合并。")
    if organisation.is_regulator != into.is_regulator or organisation.is_company != into.is_company:
        return _("监管机构、企业、政府部门之间不能相互合并。")
    if into.is_descendant_of(organisation):
        return _("上级单位不能并入其下级单位。")
    return _("合并日期不能晚于今天。") if on > today else ""


def move_refusal(organisation: Organisation, parent: Organisation | None) -> str:
    """Why an organisation cannot be placed under another; empty when it can."""
    if organisation.closed_on or (parent and parent.closed_on):
        return _("已撤销的单位不能调整隶属关系。")
    if parent and (parent.pk == organisation.pk or parent.is_descendant_of(organisation)):
        return _("单位不能隶属于自身或其下级单位。")
    return ""


def side_fits(organisation: Organisation, role: str) -> bool:
    """Whether a role belongs to this side: regulator's roles to regulators, company's elsewhere."""
    side = ROLES[role].side
    return side == "system" or (side == "regulator") == organisation.is_regulator


def separation_refusal(user: User, role: str, *, on: date) -> str:
    """Why a person may not take a role besides those they hold; empty when they may.

    The system, security and audit administrators are three people, and none has business roles.
    """
    held = set(Membership.objects.filter(user=user).in_force_from(on=on).roles())
    held |= set(user.delegations_held.in_force_from(on=on).roles())
    held.discard(role)
    clash = held if role in ADMINISTRATORS else held & ADMINISTRATORS
    if not clash:
        return ""
    return _("系统管理员、安全管理员、审计管理员三权分立，不能与其他角色兼任。")


def appointment_refusal(user: User, organisation: Organisation, role: str, *, on: date) -> str:
    """Why a person cannot be appointed; empty when they can."""
    if role not in ROLES:
        return _("没有这个角色。")
    if organisation.closed_on:
        return _("该单位已撤销，不能任职。")
    if not side_fits(organisation, role):
        return _("该角色不适用于此类单位。")
    open_here = Membership.objects.filter(user=user, organisation=organisation, role=role)
    if open_here.filter(ends_on__isnull=True).exists():
        return _("此人在该单位已担任这一角色。")
    return separation_refusal(user, role, on=on)
