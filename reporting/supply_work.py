"""What shortage wants of a person: large gaps to report, events to end or report, plans to act on.

Every item stands in one list only, so the menu's number is the length of the desk's part.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from accounts.reach import with_absorbed
from core import clock, sla
from core.workitems import WorkItem
from reporting.models import Activation, EmergencyPlan, GapForecast, MixedLine
from reporting.workflow.activation import State
from reporting.workflow.emergency import State as PlanState

if TYPE_CHECKING:
    from accounts.models import User

MINE = ("overdue", "due_today", "mine", "new")


def waiting(user: User, *, now: datetime) -> list[WorkItem]:
    """Those that wait for the person, not for somebody else."""
    return [one for one in items(user, now=now) if one.group in MINE]


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Everything about shortage that waits. A fixed number of questions."""
    own = _own(user)
    found: list[WorkItem] = []
    if own is not None:
        found += _forecasts(own, now=now) + _events(user, own, now=now) + _lines(own, now=now)
        found += _plans_of_companies(own, now=now)
    offices = [p for p in with_absorbed(user, Permission.FILING_REVIEW) if p.is_regulator]
    return found + (_plans_of_office(offices, now=now) if offices else [])


def _own(user: User) -> Q | None:
    """Condition: of the units for which the person files."""
    places = [
        place
        for right in (Permission.FILING_DRAFT, Permission.FILING_CERTIFY)
        for place in with_absorbed(user, right)
        if place.is_company
    ]
    if not places:
        return None
    condition = Q(pk__in=())
    for place in places:
        condition |= Q(organisation__path__startswith=place.path)
    return condition


def group(due_at: datetime | None, *, now: datetime, default: str = "mine") -> str:
    if due_at is None:
        return default
    if sla.lamp(now, due_at) == "late":
        return "overdue"
    same = clock.day_of(due_at) == clock.day_of(now)
    return "due_today" if same else default


def _item(title: str, detail: str, url: str, due_at: datetime | None, now: datetime) -> WorkItem:
    lamp = sla.lamp(now, due_at) if due_at else "ok"
    return WorkItem(group(due_at, now=now), title, detail, url, due_at=due_at, lamp=lamp)


def _forecasts(own: Q, *, now: datetime) -> list[WorkItem]:
    found = GapForecast.objects.to_report().filter(own).select_related("organisation")
    return [
        _item(
            _("缺口待报告：%(organisation)s") % {"organisation": one.organisation},
            f"{one.day:%Y-%m-%d} {one.band}",
            reverse("reporting:forecast", args=[one.pk]),
            one.report_due_at,
            now,
        )
        for one in found
    ]


def _events(user: User, own: Q, *, now: datetime) -> list[WorkItem]:
    states = (State.ACTIVE, State.RELEASED)
    found = Activation.objects.filter(own, state__in=states).select_related("organisation")
    listed = []
    for one in found:
        if one.state == State.RELEASED and one.started_at is None:
            continue
        title = (
            _("有序用电执行中：%(organisation)s")
            if one.state == State.ACTIVE
            else _("待报送执行情况：%(organisation)s")
        )
        due_at = one.until if one.state == State.ACTIVE else one.report_due_at
        detail = _("%(grade)s级，缺口%(gap)s兆瓦") % {"grade": one.grade, "gap": f"{one.gap_mw:f}"}
        url = reverse("reporting:activation", args=[one.pk])
        words = {"organisation": one.organisation}
        listed.append(_item(title % words, detail, url, due_at, now))
    return listed


def _lines(own: Q, *, now: datetime) -> list[WorkItem]:
    """One item for all lines whose device is overdue."""
    count = MixedLine.objects.filter(own).overdue(on=clock.day_of(now)).count()
    if not count:
        return []
    return [
        WorkItem(
            "overdue",
            _("共线线路逾期未加装断电设施"),
            _("%(n)d条") % {"n": count},
            f"{reverse('reporting:mixed_lines')}?view=overdue",
            lamp="late",
        )
    ]


def _plans_of_companies(own: Q, *, now: datetime) -> list[WorkItem]:
    states = (PlanState.DRAFT, PlanState.RETURNED)
    found = EmergencyPlan.objects.filter(own, current_version__state__in=states)
    return [
        _item(
            one.title,
            str(PlanState(one.current_version.state).label),
            reverse("reporting:emergency_plan", args=[one.pk]),
            one.current_version.new_due_at or one.current_version.due_at,
            now,
        )
        for one in found.select_related("current_version")
        if one.current_version is not None
    ]


def _plans_of_office(offices: list, *, now: datetime) -> list[WorkItem]:  # type: ignore[type-arg]
    states = (PlanState.FILED, PlanState.RECEIVED)
    found = EmergencyPlan.objects.filter(recipient__in=offices, filed_version__state__in=states)
    return [
        _item(
            _("应急预案待办理：%(organisation)s") % {"organisation": one.organisation},
            one.title,
            reverse("reporting:emergency_plan", args=[one.pk]),
            one.filed_version.review_due_at,
            now,
        )
        for one in found.select_related("filed_version", "organisation")
        if one.filed_version is not None
    ]
