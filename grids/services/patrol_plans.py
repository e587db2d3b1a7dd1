"""Plans of joint checks and patrols, agreed where both sides take part.

Source: grid standard 5.1.3, 5.6.1 (S2-5.1.3c, S2-5.6.1a, S2-5.6.1b).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import works_for
from core import audit, clock, workdays
from core.errors import Conflict, Refused
from core.locking import held
from core.periods import Period
from grids import hazard_letters as letters
from grids.hazards.moves import Side
from grids.hazards.occasions import Every, occasions
from grids.models import (
    GovernmentGrid,
    Patrol,
    PatrolKind,
    PatrolList,
    PatrolPlan,
    PowerGrid,
)
from grids.services.business_acts import plain

if TYPE_CHECKING:
    from datetime import date

PLAN_RELATED = ("organisation", "department", "checklist", "proposed_by")
RELATED = ("plan__organisation", "plan__department", "plan__checklist", "grid__enterprise")
RELATED += ("grid__station", "government_grid", "filed_by")
LIVING = (PatrolPlan.State.PROPOSED, PatrolPlan.State.STANDING)
# More rows than that are no plan that somebody carries out.
MOST_PATROLS = 1200
OK, FOUND, NONE = "ok", "found", "none"


@dataclass(frozen=True)
class Asked:
    """A plan as somebody draws it up."""

    kind: str
    title: str
    checklist: PatrolList
    every: str
    period: Period
    power_grids: Sequence[PowerGrid] = ()
    government_grids: Sequence[GovernmentGrid] = ()
    note: str = ""


def planning_side(
    kind: str, organisation: Organisation, department: Organisation | None, by: User
) -> Side | None:
    """For which side somebody draws up a plan of a kind; None where they may not."""
    if kind != PatrolKind.DAILY and works_for(by, Permission.HAZARD_MANAGE, organisation):
        return Side.COMPANY
    if (
        kind != PatrolKind.ACTIVE
        and department is not None
        and works_for(by, Permission.HAZARD_HANDLE, department)
    ):
        return Side.GOVERNMENT
    return None


@transaction.atomic
def propose(
    asked: Asked,
    *,
    organisation: Organisation,
    department: Organisation | None,
    by: User,
    now: datetime,
) -> PatrolPlan:
    """Draw up a plan. A joint one waits for the other side; any other one holds at once. Raises
    ``Refused``."""
    side = planning_side(asked.kind, organisation, department, by)
    if side is None:
        raise Refused(_("您不能编制这类排查、巡视计划。"))
    _check(asked, organisation, department, now=now)
    # Held so that a form sent twice makes one plan.
    Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    title = plain(asked.title)[:80]
    same = {"kind": asked.kind, "title": title, "starts_on": asked.period.first}
    standing = PatrolPlan.objects.filter(organisation=organisation, state__in=LIVING, **same)
    if standing.exists():
        raise Conflict(_("同名同期的计划已经建立。"))
    joint = asked.kind == PatrolKind.JOINT
    plan = PatrolPlan.objects.create(
        kind=asked.kind,
        title=title,
        organisation=organisation,
        department=department,
        checklist=asked.checklist,
        every=asked.every,
        starts_on=asked.period.first,
        ends_on=asked.period.last,
        note=plain(asked.note),
        state=PatrolPlan.State.PROPOSED if joint else PatrolPlan.State.STANDING,
        proposed_side=side,
        proposed_by=by,
        proposed_at=now,
    )
    plan.power_grids.set(asked.power_grids)
    plan.government_grids.set(asked.government_grids)
    recorded("propose", plan, by=by, side=side, now=now)
    if joint:
        side_name = organisation if side is Side.COMPANY else department
        tell_other(plan, "propose", side, by=by, now=now, side=side_name)
    else:
        _unfold(plan, now=now)
    return plan


def _check(
    asked: Asked, organisation: Organisation, department: Organisation | None, *, now: datetime
) -> None:
    today = clock.day_of(now)
    if not asked.title.strip():
        raise Refused(_("请填写计划名称。"))
    if asked.kind != PatrolKind.ACTIVE and department is None:
        raise Refused(_("请选择政府网格主管部门。"))
    if asked.checklist.kind != asked.kind or asked.every not in Every.values:
        raise Refused(_("项目表或者频次与计划类型不符。"))
    if asked.period.last < today:
        raise Refused(_("计划期已经过去。"))
    daily = asked.kind == PatrolKind.DAILY
    if not (asked.government_grids if daily else asked.power_grids):
        raise Refused(_("请选择网格。"))
    _check_grids(asked, organisation, department)
    times = len(list(_times(asked.every, asked.period, today)))
    count = times * (len(asked.government_grids) if daily else len(asked.power_grids))
    if not count:
        raise Refused(_("计划期内没有应开展的日期。"))
    if count > MOST_PATROLS:
        words = {"count": count, "limit": MOST_PATROLS}
        raise Refused(
            _("共%(count)d次，超过一个计划%(limit)d次的上限，请缩短期限或者减少网格。") % words
        )


def _check_grids(asked: Asked, organisation: Organisation, department: Organisation | None) -> None:
    for grid in asked.power_grids:
        if not grid.organisation.path.startswith(organisation.path):
            raise Refused(
                _("“%(grid)s”不是%(unit)s的网格。") % {"grid": grid, "unit": organisation}
            )
    for cell in asked.government_grids:
        if department is None or cell.department_id != department.pk:
            raise Refused(_("“%(grid)s”不是%(unit)s的网格。") % {"grid": cell, "unit": department})


def _times(every: str, period: Period, today: date) -> list[tuple[date, date]]:
    """What of a period is still to come."""
    found = occasions(every, period.first, period.last, calendar=workdays.calendar())
    return [(first, last) for first, last in found if last >= today]


def _unfold(plan: PatrolPlan, *, now: datetime) -> int:
    """Each grid of a plan at each of its times."""
    today = clock.day_of(now)
    times = _times(plan.every, Period(plan.starts_on, plan.ends_on), today)
    daily = plan.kind == PatrolKind.DAILY
    name = "government_grid" if daily else "grid"
    places = list((plan.government_grids if daily else plan.power_grids).order_by("pk"))
    Patrol.objects.bulk_create(
        Patrol(plan=plan, starts_on=first, due_on=last, **{name: place})
        for first, last in times
        for place in places
    )
    return len(times) * len(places)


def deciding(plan: PatrolPlan, by: User) -> Side | None:
    """The other side of a joint plan, where somebody works for it."""
    if plan.proposed_side == Side.GOVERNMENT:
        may = works_for(by, Permission.HAZARD_MANAGE, plan.organisation)
        return Side.COMPANY if may else None
    place = plan.department
    may = place is not None and works_for(by, Permission.HAZARD_HANDLE, place)
    return Side.GOVERNMENT if may else None


@transaction.atomic
def decide(
    plan: PatrolPlan, *, agreed: bool, remark: str = "", by: User, now: datetime
) -> PatrolPlan:
    """The other side agrees to a joint plan, or not, with the reason. Raises ``Refused``."""
    plan = held(PatrolPlan.objects, plan.pk, *PLAN_RELATED)
    if plan.state != PatrolPlan.State.PROPOSED:
        raise Refused(_("该计划已经答复。"))
    side = deciding(plan, by)
    if side is None:
        raise Refused(_("由对方确认联合排查计划。"))
    if by.pk == plan.proposed_by_id:
        raise Refused(_("不能确认自己编制的计划，请由对方另一人确认。"))
    if not agreed and not remark.strip():
        raise Refused(_("请写明不同意的原因。"))
    plan.state = PatrolPlan.State.STANDING if agreed else PatrolPlan.State.DECLINED
    plan.decided_by, plan.decided_at, plan.remark = by, now, plain(remark)
    plan.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    what = "agree" if agreed else "decline"
    recorded(what, plan, by=by, side=side, now=now)
    count = _unfold(plan, now=now) if agreed else 0
    tell_other(plan, what, side, by=by, now=now, count=count, text=plan.remark)
    return plan


@transaction.atomic
def cancel(plan: PatrolPlan, *, remark: str, by: User, now: datetime) -> PatrolPlan:
    """End a plan early, with the reason; what was done of it stays. Raises ``Refused``."""
    plan = held(PatrolPlan.objects, plan.pk, *PLAN_RELATED)
    side = planning_side(plan.kind, plan.organisation, plan.department, by)
    if side is None or side != plan.proposed_side:
        raise Refused(_("由编制方终止计划。"))
    if plan.state not in LIVING:
        raise Refused(_("该计划已经结束。"))
    if not remark.strip():
        raise Refused(_("请写明原因。"))
    plan.state, plan.decided_by, plan.decided_at = PatrolPlan.State.CANCELLED, by, now
    plan.remark = plain(remark)
    plan.save(update_fields=["state", "decided_by", "decided_at", "remark"])
    recorded("cancel", plan, by=by, side=side, now=now)
    return plan


# --- Common ---------------------------------------------------------------------------------------


def recorded(
    verb: str, plan: PatrolPlan, *, by: User, side: Side | None, now: datetime, **details: object
) -> None:
    place = plan.department if side is Side.GOVERNMENT else plan.organisation
    given = {"kind_of_plan": plan.kind, **details}
    audit.record(f"patrol.{verb}", plan, by=by, now=now, organisation=place, **given)


def tell_other(
    plan: PatrolPlan,
    what: str,
    own: Side,
    *,
    by: User,
    now: datetime,
    patrol: Patrol | None = None,
    **words: object,
) -> None:
    """Write to the side that somebody does not work for."""
    if own is Side.COMPANY:
        to = plan.department or plan.organisation
        people = letters.officers(plan.department, on=clock.day_of(now))
    else:
        unit = patrol.grid.organisation if patrol and patrol.grid else plan.organisation
        to, people = unit, letters.managers(unit, now=now)
    page = ("grids:patrol", patrol.pk) if patrol else ("grids:patrol_plan", plan.pk)
    letters.tell_of_plan(
        plan,
        what,
        [one for one in people if one.pk != by.pk],
        occasion=patrol.pk if patrol else 0,
        url=reverse(page[0], args=[page[1]]),
        to=to,
        now=now,
        **words,
    )
