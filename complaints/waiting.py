"""What open cases wait for, by their procedures: the stages of the dispatch board."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Q, TextChoices
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Case, CaseClock, Procedure
from complaints.procedure_definition import Definition
from complaints.procedures import definition_of
from complaints.scope import units_below
from complaints.workflow import DONE, Act, Side
from core import clock


class Stage(TextChoices):
    """Each open case stands in exactly one."""

    ACCEPT = "accept", _("待受理")
    DISPATCH = "dispatch", _("待派发")
    TAKE = "take", _("待接单")
    WORK = "work", _("办理中")
    CHECK = "check", _("待审核办结")


HAND_OUT = (Act.DISPATCH, Act.TRANSFER)
# What a handler may do beside going on.
BESIDE = (Act.TAKE, Act.RETURN_SLIP)


def stage_of(rules: Definition, state: str) -> Stage:
    """What a case in a state waits for first."""
    leading = {act for act, move in rules.moves.items() if state in move.sources}
    if Act.ACCEPT in leading:
        return Stage.ACCEPT
    if leading & set(HAND_OUT):
        return Stage.DISPATCH
    if Act.TAKE in leading:
        return Stage.TAKE
    onward = (rules.moves[act] for act in leading if act not in BESIDE)
    if any(move.side == Side.HOLDER and move.target for move in onward):
        return Stage.WORK
    return Stage.CHECK


def conditions() -> dict[Stage, Q]:
    """Stage → condition on Case, over all procedures."""
    groups: dict[Stage, dict[tuple[str, ...], list[int]]] = {
        one: defaultdict(list) for one in Stage
    }
    for procedure in Procedure.objects.order_by("pk"):
        for stage, states in _states(definition_of(procedure)).items():
            groups[stage][states].append(procedure.pk)
    found = {}
    for stage, by_states in groups.items():
        condition = Q(pk__in=())
        for states, pks in by_states.items():
            condition |= Q(procedure__in=pks, state__in=states)
        found[stage] = condition
    return found


def _states(definition: Definition) -> dict[Stage, tuple[str, ...]]:
    found: dict[Stage, list[str]] = defaultdict(list)
    for state in definition.states:
        if state not in DONE:
            found[stage_of(definition, state)].append(state)
    return {stage: tuple(states) for stage, states in found.items()}


def mine(user: User) -> Any:
    """Open cases that the person's units and those below received or handle."""
    condition = Q(pk__in=())
    for place in workplaces(user, Permission.CASE_DECIDE):
        condition |= Q(owner__in=_reach(place))
    for place in workplaces(user, Permission.CASE_HANDLE):
        condition |= Q(holder__in=_reach(place))
    return Case.objects.visible_to(user).open().filter(condition)


def _reach(place: Organisation) -> Any:
    return units_below(place) if place.is_company else [place.pk]


def receivers_for(user: User) -> Any:
    """Units to which the person may hand cases out."""
    units = Organisation.objects.in_force().companies()
    places = workplaces(user, Permission.CASE_DECIDE)
    if any(place.is_regulator for place in places):
        return units.filter(pk__in=Organisation.objects.visible_to(user).order_by().values("pk"))
    condition = Q(pk__in=())
    for place in places:
        condition |= Q(path__startswith=place.path)
    return units.filter(condition)


# --- Counts ---------------------------------------------------------------------------------------

LAMPS: dict[str, Any] = {
    "late": _("已逾期"),
    "today": _("今日到期"),
    "urgent": _("紧急"),
}


def lamp_condition(lamp: str, *, now: datetime) -> Q:
    """Condition of one of the counts of the board."""
    match lamp:
        case "late":
            return Q(due_at__lt=now)
        case "today":
            tomorrow = clock.day_of(now) + timedelta(days=1)
            return Q(due_at__gte=now, due_at__lt=clock.at(tomorrow))
        case "urgent":
            return Q(urgency="urgent")
    return Q()


def counts(cases: Any, *, now: datetime) -> dict[str, int]:
    """How many in all and by lamp."""
    sums = {
        lamp: Count("pk", filter=lamp_condition(lamp, now=now), distinct=True) for lamp in LAMPS
    }
    return dict(cases.order_by().aggregate(all=Count("pk", distinct=True), **sums))


@dataclass(frozen=True)
class UnitCount:
    """One unit of the board: how many cases, how many late."""

    code: str
    name: str
    all: int
    late: int


def by_unit(cases: Any, field: str, *, now: datetime) -> list[UnitCount]:
    """Cases by the unit in a field (holder or organisation), the most late first."""
    rows = (
        cases.order_by()
        .values(f"{field}__code", f"{field}__name")
        .annotate(all=Count("pk"), late=Count("pk", filter=lamp_condition("late", now=now)))
    )
    found = [
        UnitCount(
            row[f"{field}__code"] or "-", row[f"{field}__name"] or "", row["all"], row["late"]
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.late, -one.all, one.code))


# --- One row --------------------------------------------------------------------------------------


def nearest(case: Case) -> CaseClock | None:
    """The running clock that ends first; the clocks are there already (prefetched)."""
    return min(case.clocks.all(), key=lambda one: one.due_at, default=None)


def left(due_at: datetime, *, now: datetime) -> str:
    """How long is left or over, as people at a desk say it."""
    late = due_at < now
    minutes = int(abs(due_at - now).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        words = _t("%(days)d天%(hours)d小时") % {"days": days, "hours": hours}
    elif hours:
        words = _t("%(hours)d小时%(minutes)d分") % {"hours": hours, "minutes": minutes % 60}
    else:
        words = _t("%(minutes)d分钟") % {"minutes": minutes}
    text = _t("已超 %(time)s") if late else _t("剩余 %(time)s")
    return text % {"time": words}
