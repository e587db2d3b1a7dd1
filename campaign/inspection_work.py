"""The desk's lines of inspections: facts to confirm, objections to settle, places to go to."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign.inspection_workflow import OPEN_FINDINGS, FindingState, InspectionState
from campaign.models import Finding, Inspection
from campaign.scope import with_absorbed
from core import clock, sla
from core.workitems import WorkItem

SITE = (InspectionState.ANNOUNCED, InspectionState.ON_SITE)


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """What waits for the company, for the inspector, and for the office that organises."""
    if not user.can(Permission.INSPECTION_VIEW):
        return []
    return [*_to_answer(user, now=now), *_to_visit(user), *_to_settle(user, now=now)]


def _to_answer(user: User, *, now: datetime) -> list[WorkItem]:
    places = [place.pk for place in with_absorbed(user, Permission.INSPECTION_ANSWER)]
    sent = Finding.objects.filter(state=FindingState.SENT, inspection__organisation__in=places)
    today = clock.day_of(now)
    found = []
    for one in sent.select_related("inspection__round"):
        due = one.inspection.answer_due_at or now
        group = "due_today" if clock.day_of(due) == today else "mine"
        found.append(
            WorkItem(
                "overdue" if now > due else group,
                _("请确认检查事实：%(problem)s") % {"problem": one.problem},
                one.inspection.round.title,
                reverse("campaign:finding", args=[one.pk]),
                due,
                sla.lamp(now, due),
            )
        )
    return found


def _to_visit(user: User) -> list[WorkItem]:
    mine = Inspection.objects.filter(state__in=SITE, team__inspector__person=user.pk)
    return [
        WorkItem(
            "mine",
            _("现场检查：%(unit)s") % {"unit": one.organisation},
            one.round.title,
            reverse("campaign:inspection", args=[one.pk]),
        )
        for one in mine.select_related("organisation", "round")
    ]


def _to_settle(user: User, *, now: datetime) -> list[WorkItem]:
    offices = [p.pk for p in with_absorbed(user, Permission.INSPECTION_MANAGE) if p.is_regulator]
    led = Finding.objects.filter(inspection__round__lead__in=offices).exclude(created_by=user.pk)
    late = led.filter(state=FindingState.SENT, inspection__answer_due_at__lt=now)
    waiting = (led.filter(state=FindingState.OBJECTED) | late).select_related(
        "inspection__organisation"
    )
    found = [
        WorkItem(
            "new",
            _("检查事实待认定：%(problem)s") % {"problem": one.problem},
            f"{one.inspection.organisation} · {one.get_state_display()}",
            reverse("campaign:finding", args=[one.pk]),
        )
        for one in waiting
    ]
    settled = Inspection.objects.filter(round__lead__in=offices, state=InspectionState.FACTS)
    open_ = Finding.objects.filter(state__in=OPEN_FINDINGS).values("inspection")
    found += [
        WorkItem(
            "new",
            _("待作检查结论：%(unit)s") % {"unit": one.organisation},
            one.round.title,
            reverse("campaign:inspection", args=[one.pk]),
        )
        for one in settled.exclude(pk__in=open_).select_related("organisation", "round")
    ]
    return found
