"""Reporting's work items for the desk."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from campaign.scope import works_for
from campaign.workflow import UNFINISHED, DutyState
from core import clock, sla, workdays
from core.workitems import WorkItem
from reporting import outage_work, plan_work, return_work, supply_work
from reporting.models import DefinitionChange, ImprovementTask, IndicatorRelease
from reporting.queries import bulletins, improvement, reports
from reporting.queries import filings as queries
from reporting.workflow import release
from reporting.workflow.filing import State
from reporting.workflow.report import State as ReportState

if TYPE_CHECKING:
    from accounts.models import User
    from campaign.models import Duty
    from core.workdays import WorkCalendar


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Reports to fill in, to certify and to review; filed ones that wait for the other side."""
    calendar = workdays.calendar(now=now)
    found: list[WorkItem] = []
    if user.can(Permission.FILING_DRAFT) or user.can(Permission.FILING_CERTIFY):
        for duty in queries.own(user):
            found += _to_file(user, duty, now=now, calendar=calendar)
    if user.can(Permission.FILING_REVIEW):
        waiting = queries.on_desk(user).filter(state=DutyState.SUBMITTED)
        found += [_to_review(duty, now=now) for duty in waiting]
    found += return_work.items(user, now=now)
    found += _improvement(user, now=now)
    found += outage_work.items(user, now=now)
    found += _definitions(user) + _releases(user)
    return (
        found
        + supply_work.items(user, now=now)
        + _reports(user)
        + _to_sign(user)
        + plan_work.items(user, now=now)
    )


def _improvement(user: User, *, now: datetime) -> list[WorkItem]:
    """Tasks that one's unit has to report on, and those that one's office has to check."""
    if not user.can(Permission.INDICATOR_VIEW):
        return []
    today = clock.day_of(now)
    states = ImprovementTask.State
    found = []
    for task in improvement.waiting_for(user):
        title = _("改进任务：%(problem)s") if task.state == states.SET else _("待核查：%(problem)s")
        late = task.state == states.SET and task.due_on < today
        found.append(
            WorkItem(
                group="overdue" if late else "mine",
                title=title % {"problem": task.problem},
                detail=str(task.organisation),
                url=reverse("reporting:improvement", args=[task.pk]),
                due_at=sla.day_end(task.due_on),
                lamp="late" if late else "ok",
                lamp_text=task.get_state_display(),
            )
        )
    return found


def _releases(user: User) -> list[WorkItem]:
    """Indicator values that are to become public: those of others to look at, one's own wait."""
    if not user.can(Permission.INDICATOR_MANAGE):
        return []
    waiting = IndicatorRelease.objects.visible_to(user).waiting()
    going, coming = _("指标值待公开：%(period)s"), _("指标值待撤回公开：%(period)s")
    return [
        WorkItem(
            group="mine" if not release.refusal(release.PUBLISH, one, by=user) else "others",
            title=(coming if one.is_recall else going) % {"period": one.period.text},
            detail=str(one.office),
            url=reverse("reporting:indicator_release", args=[one.pk]),
            lamp="near",
            lamp_text=one.state_words,
        )
        for one in waiting.select_related("office", "recall")
    ]


def _definitions(user: User) -> list[WorkItem]:
    """Changes of definitions: those of others to decide on, and one's own that wait."""
    waiting = DefinitionChange.objects.visible_to(user).waiting().select_related("drafted_by")
    return [
        WorkItem(
            group="others" if one.drafted_by_id == user.pk else "mine",
            title=_("定义改动待核准：%(title)s") % {"title": one.title},
            detail=one.reason,
            url=reverse("reporting:definition_change", args=[one.pk]),
            lamp="near",
            lamp_text=one.get_state_display(),
        )
        for one in waiting
    ]


def _to_sign(user: User) -> list[WorkItem]:
    """Circulars that came to one's unit."""
    return [
        WorkItem(
            group="new",
            title=_("待签收：%(number)s") % {"number": one.document_number},
            detail=one.title,
            url=reverse("reporting:circular", args=[one.pk]),
        )
        for one in bulletins.circulars_to_sign(user)
    ]


def _reports(user: User) -> list[WorkItem]:
    """Stage reports to approve or issue, to write, and those that wait for somebody else."""
    if not user.can(Permission.REPORT_VIEW):
        return []
    groups = {
        "mine": [*reports.waiting_for(user), *reports.in_hand(user)],
        "others": list(reports.elsewhere(user)),
    }
    return _bulletins(user) + [
        WorkItem(
            group=group,
            title=report.title,
            detail=report.get_state_display(),
            url=reverse("reporting:report", args=[report.pk]),
            lamp=reports.LAMPS[ReportState(report.state)],
            lamp_text=report.get_state_display(),
        )
        for group, listed in groups.items()
        for report in listed
    ]


def _bulletins(user: User) -> list[WorkItem]:
    """Bulletins and circulars to approve or to number."""
    waiting = {
        "bulletin": bulletins.waiting_for(user),
        "circular": bulletins.circulars_waiting_for(user),
    }
    return [
        WorkItem(
            group="mine",
            title=paper.title,
            detail=paper.get_state_display(),
            url=reverse(f"reporting:{page}", args=[paper.pk]),
            lamp="near",
            lamp_text=paper.get_state_display(),
        )
        for page, papers in waiting.items()
        for paper in papers
    ]


def _to_file(user: User, duty: Duty, *, now: datetime, calendar: WorkCalendar) -> list[WorkItem]:
    if duty.state not in (DutyState.OPEN, DutyState.RETURNED, DutyState.SUBMITTED):
        return []
    row = queries.company_row(duty, now=now, calendar=calendar)
    filing = row.filing
    version = filing.current_version if filing is not None else None
    if duty.state == DutyState.SUBMITTED:
        group, url = "others", reverse("reporting:filing", args=[filing.pk])
    elif version is not None and version.state == State.CERTIFYING:
        mine = works_for(user, Permission.FILING_CERTIFY, duty.organisation)
        mine = mine and user.pk not in version.editors
        group = _group(duty, now=now) if mine else "others"
        url = reverse("reporting:filing_certify", args=[filing.pk])
    else:
        mine = works_for(user, Permission.FILING_DRAFT, duty.organisation)
        group = _group(duty, now=now) if mine else "others"
        started = version is not None and version.state == State.DRAFT
        if started:
            url = reverse("reporting:filing_edit", args=[filing.pk])
        elif duty.state == DutyState.RETURNED and filing is not None:
            # The page with the review's remarks, from which mending begins.
            url = reverse("reporting:filing", args=[filing.pk])
        else:
            url = f"{reverse('reporting:filing_list')}?view=todo"
    words = {"organisation": duty.organisation, "title": duty.definition.title}
    return [
        WorkItem(
            group=group,
            title=_("%(organisation)s：%(title)s") % words,
            detail=" · ".join(
                filter(None, (str(row.state), row.countdown, queries.deficient_parts(duty)))
            ),
            url=url,
            due_at=duty.due_at if duty.state in UNFINISHED else None,
            lamp=row.lamp,
        )
    ]


def _group(duty: Duty, *, now: datetime) -> str:
    if now > duty.due_at:
        return "overdue"
    same_day = clock.day_of(duty.due_at) == clock.day_of(now)
    return "due_today" if same_day else "mine"


def _to_review(duty: Duty, *, now: datetime) -> WorkItem:
    version = duty.filing.filed_version
    words = {"organisation": duty.organisation, "title": duty.definition.title}
    late = _("，逾期报送") if version.is_late else ""
    arrived = "new" if version.state == State.SUBMITTED else "mine"
    return WorkItem(
        group="overdue" if now > version.review_due_at else arrived,
        title=_("%(organisation)s：%(title)s") % words,
        detail=_("第%(version)d版%(late)s，回执 %(number)s")
        % {"version": version.number, "late": late, "number": version.receipt.number},
        url=reverse("reporting:filing", args=[duty.filing.pk]),
        due_at=version.review_due_at,
        lamp=sla.lamp(now, version.review_due_at),
    )
