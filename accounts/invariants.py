"""What must always be true of organisations and people; proved by ``manage.py verify``."""

from __future__ import annotations

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from accounts import guards
from accounts.models import Delegation, Membership, Organisation, User
from accounts.workflow import ADMINISTRATORS
from core import clock, overlap
from core.invariants import register


@register("accounts.no-superuser")
def no_superuser() -> list[str]:
    """Nobody stands above the rules."""
    above = User.objects.filter(Q(is_superuser=True) | Q(is_staff=True))
    return [_("账号 {person} 拥有超级权限。").format(person=pk) for pk in _keys(above)]


@register("accounts.administrators-apart")
def administrators_apart() -> list[str]:
    """The three administrators are different people and have no business roles."""
    today = clock.today()
    held: dict[int, set[str]] = {}
    for model in (Membership, Delegation):
        rows = model.objects.in_force(on=today).values_list("user_id", "role")
        for person, role in rows:
            held.setdefault(person, set()).add(role)
    return [
        _("账号 {person} 兼任了应当分立的角色。").format(person=person)
        for person, roles in sorted(held.items())
        if roles & ADMINISTRATORS and len(roles) > 1
    ]


@register("accounts.database-guards")
def database_guards() -> list[str]:
    """The database refuses what may not be twice at one time."""
    return [_("数据库缺少约束 {name}。").format(name=one) for one in overlap.missing(guards.RULES)]


@register("accounts.one-national-regulator")
def one_national_regulator() -> list[str]:
    """Exactly one national regulator is in force."""
    kind = Organisation.Kind.NATIONAL_REGULATOR
    count = Organisation.objects.in_force().filter(kind=kind).count()
    return [] if count == 1 else [_("国家监管机构应为 1 个，现为 {n} 个。").format(n=count)]


@register("accounts.tree-whole")
def tree_whole() -> list[str]:
    """Paths, depths and numbers of children of the organisation tree fit together."""
    problems = Organisation.objects.find_problems()
    found = sorted({pk for group in problems for pk in group})
    return [_("单位 {unit} 在组织树中的位置有误。").format(unit=pk) for pk in found]


@register("accounts.names-in-sequence")
def names_in_sequence() -> list[str]:
    """One name without an end for each organisation in force; none ends before it began."""
    units = Organisation.objects.in_force().annotate(
        present=Count("names", filter=Q(names__valid_to__isnull=True))
    )
    wrong = set(_keys(units.exclude(present=1)))
    wrong |= set(_keys(Organisation.objects.filter(names__valid_to__lt=F("names__valid_from"))))
    return [_("单位 {unit} 的名称沿革不连续。").format(unit=pk) for pk in sorted(wrong)]


def _keys(rows) -> list[int]:  # type: ignore[no-untyped-def]
    return list(rows.order_by("pk").values_list("pk", flat=True))
