"""Who has how much on the desk: open, due, late, escalated; by unit and by person.

Each number is a condition, and the list behind it asks by the same condition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints.models import Case, CaseReminder, Supervision
from complaints.scope import units_below
from complaints.workflow import DONE, TICKING
from core import clock

OPEN = ~Q(state__in=DONE)
# Reminders that went to those who lead.
LEADERS = ("holder_lead", "owner_lead")


@dataclass(frozen=True)
class Measure:
    """One column: what it counts, and how loud it is."""

    code: str
    label: Any
    tone: str = ""


MEASURES = (
    Measure("open", _("在办")),
    Measure("today", _("今日到期")),
    Measure("late", _("已逾期"), "late"),
    Measure("escalated", _("已提醒负责人"), "late"),
    Measure("watched", _("督办中")),
    Measure("urged", _("被催办")),
    Measure("returned", _("退过单")),
    Measure("reworked", _("重新办理")),
    Measure("came", _("近30天受理")),
    Measure("closed", _("近30天办结")),
)
BY_CODE = {one.code: one for one in MEASURES}
DAYS = 30


def condition(code: str, *, now: datetime) -> Q:
    """Which cases a column counts."""
    begin = now - timedelta(days=DAYS)
    tomorrow = clock.at(clock.day_of(now) + timedelta(days=1))
    return {
        "open": OPEN,
        "today": OPEN & Q(due_at__gte=now, due_at__lt=tomorrow),
        "late": OPEN & Q(due_at__lt=now),
        "escalated": OPEN & Exists(_told_leaders()),
        "watched": Exists(Supervision.objects.waiting().filter(case=OuterRef("pk"))) & OPEN,
        "urged": OPEN & Q(urge_count__gt=0),
        "returned": OPEN & Q(return_count__gt=0),
        "reworked": OPEN & Q(reopen_count__gt=0),
        "came": Q(received_at__gte=begin, received_at__lte=now),
        "closed": Q(closed_at__gte=begin, closed_at__lte=now),
    }[code]


def _told_leaders() -> Any:
    """Reminders to leaders of a clock that still ticks, for the deadline that stands."""
    steps = Q()
    for step in LEADERS:
        steps |= Q(step__endswith=f"-{step}")
    standing = Q(clock__state__in=TICKING, due_at=F("clock__due_at"))
    return CaseReminder.objects.filter(steps, standing, clock__case=OuterRef("pk"))


@dataclass
class Load:
    """One row: a unit or a person."""

    key: str
    name: str
    counts: dict[str, int] = field(default_factory=dict)


def cases_of(user: User) -> Any:
    """The cases that the board speaks of: in sight, merged ones counted with their target.

    A company sees the work of its own units, not that of others on cases about it.
    """
    seen = Case.objects.visible_to(user).counted()
    places = workplaces(user, Permission.CASE_VIEW)
    if any(place.is_regulator for place in places):
        return seen
    ours = Q(pk__in=())
    for place in places:
        ours |= Q(holder__in=units_below(place))
    return seen.filter(ours)


FIELDS = {
    "unit": ("holder__code", "holder__name"),
    "person": ("responsible", "responsible__name"),
}


def loads(cases: Any, by: str, *, now: datetime) -> list[Load]:
    """Rows by unit or by person, those with most late first; the sum of all on top."""
    key, name = FIELDS[by]
    sums = {one.code: Count("pk", filter=condition(one.code, now=now)) for one in MEASURES}
    busy = cases.filter(OPEN | condition("closed", now=now) | condition("came", now=now))
    if by == "person":
        busy = busy.filter(responsible__isnull=False)
    total = Load("", "", dict.fromkeys(BY_CODE, 0))
    rows = []
    for row in busy.order_by().values(key, name).annotate(**_renamed(sums)):
        counts = {code: row[f"n_{code}"] for code in BY_CODE}
        rows.append(Load(str(row[key]), row[name], counts))
        for code, count in counts.items():
            total.counts[code] += count
    rows.sort(key=lambda one: (-one.counts["late"], -one.counts["open"], one.key))
    return [total, *rows]


def _renamed(sums: dict[str, Any]) -> dict[str, Any]:
    # Some columns bear the names of fields.
    return {f"n_{code}": value for code, value in sums.items()}


def behind(cases: Any, by: str, key: str, code: str, *, now: datetime) -> Any:
    """The cases behind one number."""
    found = cases.filter(condition(code, now=now))
    if by == "person":
        found = found.filter(responsible__isnull=False)
        return found.filter(responsible=int(key)) if key.isdecimal() else found
    return found.filter(holder__code=key) if key else found
