"""Emergency plans as lists show them: what is missing, what is overdue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Organisation
from accounts.permissions import Permission
from core import clock, sla
from reporting import shortage
from reporting.models import EmergencyPlan, EmergencyPlanVersion
from reporting.ordered.emergency import drill_due, missing
from reporting.workflow.emergency import FILED_STATES, State

if TYPE_CHECKING:
    from accounts.models import User

LAMPS = {
    State.DRAFT: "ok",
    State.FILED: "near",
    State.RECEIVED: "near",
    State.RETURNED: "late",
    State.ACCEPTED: "done",
}


@dataclass(frozen=True)
class Row:
    """A plan as a person sees it: the version in their sight and what is amiss with it."""

    plan: EmergencyPlan
    version: EmergencyPlanVersion
    lacking: list[str]
    last_drill: date | None
    drill_due: date
    drill_late: bool
    late: str

    @property
    def lamp(self) -> str:
        return "late" if self.late else LAMPS[State(self.version.state)]


def inside(user: User, plan: EmergencyPlan) -> bool:
    """Whether the person belongs to the company (and sees its drafts)."""
    return any(
        place.is_company and plan.organisation.path.startswith(place.path)
        for place, role in user.stands
        if Permission.FILING_VIEW in role.permissions
    )


def seen(user: User) -> QuerySet[EmergencyPlan]:
    """Plans in sight with what a row shows."""
    related = ("organisation", "recipient", "current_version", "filed_version")
    plans = EmergencyPlan.objects.visible_to(user).select_related(*related)
    return plans.annotate(drilled_on=Max("drills__held_on"))


def version_for(user: User, plan: EmergencyPlan) -> EmergencyPlanVersion:
    """The version in hand for the company, the filed one for everybody else."""
    found = plan.current_version if inside(user, plan) else plan.filed_version
    assert found is not None
    return found


def rows(plans: Iterable[Any], user: User, *, now: datetime) -> Iterator[Row]:
    """Each plan with what is amiss by the rules in force."""
    on = clock.day_of(now)
    sections = shortage.sections(on=on)
    months = shortage.rule("drill_interval", on=on).content["months"]
    for plan in plans:
        version = version_for(user, plan)
        begun = version.approved_on or clock.day_of(plan.created_at)
        due = drill_due(plan.drilled_on, begun, months)
        yield Row(
            plan,
            version,
            missing(sections, version.sections),
            plan.drilled_on,
            due,
            due < on,
            _late(version, now=now),
        )


def _late(version: EmergencyPlanVersion, *, now: datetime) -> str:
    """What is overdue about a version, in words."""
    if version.state == State.DRAFT and version.due_at is not None:
        return _("逾期未报备") if sla.lamp(now, version.due_at) == "late" else ""
    if version.state in (State.FILED, State.RECEIVED) and version.review_due_at is not None:
        return _("逾期未办理") if sla.lamp(now, version.review_due_at) == "late" else ""
    if version.state == State.RETURNED and version.new_due_at is not None:
        return _("逾期未补正") if sla.lamp(now, version.new_due_at) == "late" else ""
    return ""


def without_plan(user: User) -> QuerySet[Organisation]:
    """Provincial and prefecture companies in sight of which no plan was ever filed."""
    kinds = (Organisation.Kind.PROVINCIAL_COMPANY, Organisation.Kind.PREFECTURE_ENTERPRISE)
    units = Organisation.objects.visible_to(user, Permission.FILING_VIEW).in_force()
    filed = EmergencyPlanVersion.objects.filter(state__in=FILED_STATES)
    return units.filter(kind__in=kinds).exclude(pk__in=filed.values("plan__organisation"))
