"""What grids want people to do: accept a hand-over, fill a vacancy."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from core.workitems import WorkItem
from grids.models import Assignment, HandOver
from grids.queries import lists, standing


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Hand-overs to take or give, leaves to cover, and grids of their units without a manager."""
    if not user.can(Permission.GRID_VIEW):
        return []
    found = [_hand_over(one, now) for one in _waiting(user)]
    found += [_given(one) for one in _offered(user)] + [_covered(one) for one in _covers(user, now)]
    if user.can(Permission.GRID_MANAGE) and (count := standing.vacant(user, at=now).count()):
        found.append(
            WorkItem(
                group="mine",
                title=_("%(count)d个电力网格没有网格经理") % {"count": count},
                detail=_("请安排网格经理"),
                url=lists.url(view="vacant"),
                lamp="late",
                lamp_text=_("空缺"),
            )
        )
    return found


def _waiting(user: User) -> list[HandOver]:
    mine = HandOver.objects.proposed().filter(successor__user=user)
    return list(mine.select_related("grid", "former__user").order_by("effective_at"))


def _offered(user: User) -> list[HandOver]:
    mine = HandOver.objects.proposed().filter(former__user=user)
    return list(mine.select_related("grid", "successor__user").order_by("effective_at"))


def _given(one: HandOver) -> WorkItem:
    return WorkItem(
        group="others",
        title=_("交出%(grid)s") % {"grid": one.grid},
        detail=_("待%(successor)s接收") % {"successor": one.successor},
        url=reverse("grids:hand_over", args=[one.pk]),
        due_at=one.effective_at,
        lamp_text=_("待接收"),
    )


def _covers(user: User, now: datetime) -> list[Assignment]:
    mine = Assignment.objects.managers().at(now).filter(member__user=user)
    covers = mine.exclude(principal=F("member")).select_related("power_grid", "principal__user")
    return list(covers.order_by("ends_at"))


def _covered(one: Assignment) -> WorkItem:
    return WorkItem(
        group="mine",
        title=_("代班：%(grid)s") % {"grid": one.power_grid},
        detail=_("代%(manager)s履行网格经理职责") % {"manager": one.principal},
        url=reverse("grids:grid", args=[one.power_grid_id]),
        due_at=one.ends_at,
        lamp_text=_("代班中"),
    )


def _hand_over(one: HandOver, now: datetime) -> WorkItem:
    late = one.effective_at <= now
    return WorkItem(
        group="overdue" if late else "mine",
        title=_("接收%(grid)s") % {"grid": one.grid},
        detail=_("由%(former)s交接") % {"former": one.former},
        url=reverse("grids:hand_over", args=[one.pk]),
        due_at=one.effective_at,
        lamp="late" if late else "near",
        lamp_text=_("待接收"),
    )
