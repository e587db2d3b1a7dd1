"""The desk's lines of demonstration units, good practice, systems and measures."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import safeguards
from campaign.demonstration_workflow import (
    APPROVE,
    EvaluationState,
    PracticeState,
    UnitState,
    deciding_refusal,
    judging_refusal,
    recalling_refusal,
)
from campaign.models import Campaign, Evaluation, GoodPractice, MonthlyCheck, PracticeRecall
from campaign.scope import with_absorbed
from core import sla
from core.workitems import WorkItem

# Checks are shown so long ahead.
AHEAD = timedelta(days=7)


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Checks to make, results and articles to approve, documents to upload."""
    return [
        *_checks(user, now=now),
        *_evaluations(user),
        *_practices(user),
        *_recalls(user),
        *_documents(user, now=now),
    ]


def _checks(user: User, *, now: datetime) -> list[WorkItem]:
    offices = [p.pk for p in with_absorbed(user, Permission.CAMPAIGN_MANAGE) if p.is_regulator]
    companies = [p.pk for p in with_absorbed(user, Permission.FILING_DRAFT) if p.is_company]
    due = MonthlyCheck.objects.filter(
        unit__founder__in=[*offices, *companies],
        unit__state=UnitState.BUILDING,
        done_at__isnull=True,
        due_at__lte=now + AHEAD,
    ).select_related("unit")
    return [
        WorkItem(
            "overdue" if now > check.due_at else "mine",
            _("%(name)s第%(number)d次检查") % {"name": check.unit.name, "number": check.number},
            check.unit.get_kind_display(),
            reverse("campaign:monthly_check", args=[check.pk]),
            check.due_at,
            sla.lamp(now, check.due_at),
        )
        for check in due.order_by("due_at", "pk")
    ]


def _evaluations(user: User) -> list[WorkItem]:
    places = [place.pk for place in with_absorbed(user, APPROVE)]
    waiting = Evaluation.objects.filter(
        state=EvaluationState.PROPOSED, unit__office__in=places
    ).select_related("unit__office")
    return [
        WorkItem(
            "mine",
            _("请审定：%(name)s评价结果") % {"name": one.unit.name},
            one.get_result_display(),
            f"{reverse('campaign:demonstration', args=[one.unit_id])}#evaluation",
        )
        for one in waiting
        if not deciding_refusal(one, by=user)
    ]


def _practices(user: User) -> list[WorkItem]:
    places = [place.pk for place in with_absorbed(user, APPROVE)]
    waiting = GoodPractice.objects.filter(
        state=PracticeState.SUBMITTED, office__in=places
    ).select_related("office", "author")
    return [
        WorkItem(
            "mine",
            _("请审定经验材料：%(title)s") % {"title": one.title},
            str(one.author),
            reverse("campaign:practice", args=[one.pk]),
        )
        for one in waiting
        if not judging_refusal(one, by=user)
    ]


def _recalls(user: User) -> list[WorkItem]:
    places = [place.pk for place in with_absorbed(user, APPROVE)]
    asked = PracticeRecall.objects.filter(granted__isnull=True, practice__office__in=places)
    return [
        WorkItem(
            "mine",
            _("经验材料待撤回：%(title)s") % {"title": one.practice.title},
            str(one.practice.author),
            reverse("campaign:practice", args=[one.practice_id]),
        )
        for one in asked.select_related("practice__office", "practice__author")
        if not recalling_refusal(one, by=user)
    ]


def _documents(user: User, *, now: datetime) -> list[WorkItem]:
    """What one's own enterprise lacks of the required documents."""
    places = {p.pk: p for p in with_absorbed(user, Permission.FILING_DRAFT) if p.is_company}
    if not places:
        return []
    found = []
    for campaign in (
        Campaign.objects.running().filter(participants__organisation__in=places).distinct()
    ):
        due = safeguards.due_day(campaign)
        own = safeguards.enterprises(campaign).filter(pk__in=places)
        for line in safeguards.lines(campaign, own):
            if due is None or not line.missing:
                continue
            due_at = sla.day_end(due)
            found.append(
                WorkItem(
                    "overdue" if now > due_at else "mine",
                    _("上传制度和措施：缺%(count)d项") % {"count": len(line.missing)},
                    campaign.name,
                    reverse("campaign:safeguards", args=[campaign.pk]),
                    due_at,
                    sla.lamp(now, due_at),
                )
            )
    return found
