"""What registers want people to do: look at stale entries again, approve."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import with_absorbed
from core import clock
from core.workitems import WorkItem
from grids.models import RegisterEntry
from grids.queries import registers as queries
from grids.registers.moves import State

MOST = 20
# More registers than these stand on the desk in one line.
MOST_REGISTERS = 3


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Entries of the person's units that wait for them."""
    if not user.can(Permission.REGISTER_WRITE):
        return []
    return [*_stale(user, now), *_asked(user)]


def _of_units(user: User, permission: Permission) -> Q:
    below = Q(pk__in=())
    for place in with_absorbed(user, permission):
        if place.is_company:
            below |= Q(organisation__path__startswith=place.path)
        else:
            below |= Q(organisation=place)
    return below


def _stale(user: User, now: datetime) -> list[WorkItem]:
    today = clock.day_of(now)
    rows = RegisterEntry.objects.visible_to(user).stale(on=today)
    mine = rows.filter(_of_units(user, Permission.REGISTER_WRITE) | Q(member__user=user))
    counted = list(
        mine.order_by().values("code", "register__title").annotate(n=Count("pk")).order_by("code")
    )
    if len(counted) > MOST_REGISTERS:
        words = {"registers": len(counted), "count": sum(row["n"] for row in counted)}
        title = _("%(registers)d本台账共%(count)d条超过复核期限") % words
        return [_overdue(title, reverse("grids:registers"))]
    return [
        _overdue(
            _("%(register)s：%(count)d条超过复核期限")
            % {"register": row["register__title"], "count": row["n"]},
            queries.url(row["code"], view="stale"),
        )
        for row in counted
    ]


def _overdue(title: str, url: str) -> WorkItem:
    return WorkItem(
        group="overdue",
        title=title,
        detail=_("请复核、更新或者办结"),
        url=url,
        lamp="late",
        lamp_text=_("超过期限"),
    )


def _asked(user: User) -> list[WorkItem]:
    if not user.can(Permission.REGISTER_APPROVE):
        return []
    mine = _of_units(user, Permission.REGISTER_APPROVE)
    rows = RegisterEntry.objects.visible_to(user).filter(mine, state=State.ASKED)
    waiting = rows.exclude(written_by=user).select_related("register", "organisation")
    return [
        WorkItem(
            group="mine",
            title=_("批准%(register)s：%(title)s")
            % {"register": one.register.title, "title": one.title},
            detail=str(one.organisation),
            url=reverse("grids:register_entry", args=[one.pk]),
            due_at=one.starts_at,
            lamp="near",
            lamp_text=_("待批准"),
        )
        for one in waiting.order_by("starts_at", "pk")[:MOST]
    ]
