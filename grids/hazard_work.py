"""Work items of hazards and patrols: to grade, to accept, overdue, to verify, to go, to sign."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from core import sla
from core.workitems import WorkItem
from grids.hazards.moves import Side, State
from grids.models import Hazard, Patrol, PatrolPlan
from grids.queries.hazards import Filters, PatrolFilters
from grids.services import patrol_plans, patrols

if TYPE_CHECKING:
    from accounts.models import User

MOST = 20


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What waits for the person; nothing for whoever only reads."""
    found: list[WorkItem] = []
    if user.can(Permission.HAZARD_HANDLE):
        found += [*_owned(user, now=now), *_to_go(user, now=now), *_to_sign(user)]
        found += [*_to_check(user, now=now), *_plans(user)]
    if user.can(Permission.HAZARD_MANAGE):
        found += _to_manage(user, now=now)
    return found


def _of_units(user: User, permission: Permission) -> Q:
    below = Q(pk__in=())
    for place in with_absorbed(user, permission):
        below |= (
            Q(organisation__path__startswith=place.path)
            if place.is_company
            else Q(department=place)
        )
    return below


def _owned(user: User, *, now: datetime) -> list[WorkItem]:
    """Hazards that the person owns and that are not put right, the nearest deadline first."""
    mine = Hazard.objects.visible_to(user).owned_by(user)
    rows = mine.filter(state__in=(State.GRADED, State.OWNED)).select_related("kind", "grid")
    return [
        WorkItem(
            group="overdue" if (light := sla.lamp(now, one.due_at)) == "late" else "mine",
            title=_("治理隐患%(number)s（%(kind)s）")
            % {"number": one.number, "kind": one.kind.title},
            detail=str(one.grid),
            url=reverse("grids:hazard", args=[one.pk]),
            due_at=one.due_at,
            lamp=light,
            lamp_text=one.get_state_display(),
        )
        for one in rows.order_by("due_at", "pk")[:MOST]
    ]


def _to_manage(user: User, *, now: datetime) -> list[WorkItem]:
    """Of the person's units: to grade; overdue with others."""
    units = Hazard.objects.visible_to(user).filter(_of_units(user, Permission.HAZARD_MANAGE))
    waiting = units.filter(state=State.REPORTED).count()
    late = units.overdue(now=now).count()
    return [
        *_counted(_("待定级的隐患"), waiting, Filters(state=State.REPORTED.value).url()),
        *_counted(_("逾期未治理的隐患"), late, Filters(view="overdue").url(), "overdue"),
    ]


def _to_check(user: User, *, now: datetime) -> list[WorkItem]:
    """To verify and to close, by those who may and did not put it right themselves."""
    places = with_absorbed(user, Permission.HAZARD_HANDLE)
    if not user.can(Permission.HAZARD_MANAGE) and all(one.is_company for one in places):
        return []
    seen = Hazard.objects.visible_to(user)
    verify = Filters(state=State.RECTIFIED.value, check="1")
    close = Filters(state=State.VERIFIED.value, check="1")
    return [
        item
        for title, asked in ((_("待核验的隐患"), verify), (_("待销号的隐患"), close))
        for item in _counted(title, asked.narrow(seen, user, now=now).count(), asked.url())
    ]


def _to_go(user: User, *, now: datetime) -> list[WorkItem]:
    seen = Patrol.objects.visible_to(user).standing()
    due = PatrolFilters(mine="1", view="due")
    late = PatrolFilters(mine="1", view="overdue")
    behind = late.narrow(seen, user, now=now).count()
    waiting = due.narrow(seen, user, now=now).count()
    return [
        *_counted(_("逾期未完成的排查、巡视"), behind, late.url(), "overdue"),
        *_counted(_("待开展的排查、巡视"), waiting, due.url()),
    ]


def _to_sign(user: User) -> list[WorkItem]:
    """Records of joint checks that the other side filled in."""
    filed = Patrol.objects.visible_to(user).filter(state=Patrol.State.FILED)
    rows = filed.select_related(*patrols.RELATED).order_by("due_on", "pk")[:MOST]
    return [
        WorkItem(
            group="mine",
            title=_("确认联合排查记录：%(grid)s") % {"grid": one.place},
            detail=one.plan.title,
            url=reverse("grids:patrol", args=[one.pk]),
            lamp="near",
            lamp_text=_("待确认"),
        )
        for one in rows
        if patrols.going_side(one, user) not in (None, Side(one.filed_side))
    ]


def _plans(user: User) -> list[WorkItem]:
    """Joint plans that the other side drew up."""
    proposed = PatrolPlan.objects.visible_to(user).filter(state=PatrolPlan.State.PROPOSED)
    rows = proposed.select_related(*patrol_plans.PLAN_RELATED).order_by("starts_on", "pk")[:MOST]
    return [
        WorkItem(
            group="mine",
            title=_("确认联合排查计划：%(title)s") % {"title": one.title},
            detail=f"{one.organisation} · {one.department}",
            url=reverse("grids:patrol_plan", args=[one.pk]),
            lamp="near",
            lamp_text=_("待确认"),
        )
        for one in rows
        if patrol_plans.deciding(one, user) is not None
    ]


def _counted(title: str, count: int, url: str, group: str = "mine") -> list[WorkItem]:
    if not count:
        return []
    lamp = "late" if group == "overdue" else "ok"
    detail = _("%(n)d件") % {"n": count}
    return [WorkItem(group=group, title=title, detail=detail, url=url, lamp=lamp)]
