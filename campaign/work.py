"""The app's work items for the desk. Filing a duty's report is reporting's; this is the rest."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.permissions import Permission
from campaign import (
    demonstration_work,
    enforcement_work,
    inspection_work,
    queries,
    rectification_work,
    steering_work,
    template_work,
)
from campaign.models import Campaign, DocumentIssue, Duty, Meeting, Phase
from campaign.scope import with_absorbed, workplaces
from campaign.workflow import UNFINISHED, CampaignState, DutyState, PhaseState
from core import clock, sla
from core.workitems import Panel, PanelRow, WorkItem

# Meetings and checklists are shown so long ahead.
AHEAD = timedelta(days=7)


def items(user: User, *, now: datetime) -> list[WorkItem]:
    """Drafts, responsibility to be named, checklists, documents to sign for, meetings, arrears."""
    if not user.can(Permission.CAMPAIGN_VIEW):
        return []
    return [
        *_drafts(user),
        *_unassigned(user),
        *_checklists(user, now=now),
        *_documents(user),
        *_meetings(user, now=now),
        *_arrears(user, now=now),
        *inspection_work.items(user, now=now),
        *steering_work.items(user, now=now),
        *demonstration_work.items(user, now=now),
        *rectification_work.items(user, now=now),
        *enforcement_work.items(user, now=now),
        *template_work.items(user, now=now),
    ]


def panels(user: User, *, now: datetime) -> list[Panel]:
    """For each open phase: how far every organisation in sight is with its duties."""
    if not user.can(Permission.CAMPAIGN_VIEW):
        return []
    open_phases = Phase.objects.filter(
        campaign__in=Campaign.objects.visible_to(user),
        campaign__state=CampaignState.LAUNCHED,
        state=PhaseState.OPEN,
    ).select_related("campaign")
    return [_phase_panel(phase, user, now=now) for phase in open_phases]


def _phase_panel(phase: Phase, user: User, *, now: datetime) -> Panel:
    board = reverse("campaign:board", args=[phase.campaign_id])
    listed = queries.duties_of(phase.campaign, user).filter(definition__phase=phase).order_by()
    counts = listed.values("organisation_id", "organisation__short_name").annotate(
        total=Count("pk"),
        finished=Count("pk", filter=queries.DONE),
        late=Count("pk", filter=queries.in_state("overdue", now=now)),
    )
    rows = [
        PanelRow(
            row["organisation__short_name"],
            note=_("逾期%(count)d项") % {"count": row["late"]} if row["late"] else "",
            done=row["finished"],
            total=row["total"],
            tone="late" if row["late"] else "",
        )
        for row in counts.order_by("organisation__region_id", "organisation__code")
    ]
    left = (phase.ends_on - clock.today()).days
    note = _("剩%(days)d天") % {"days": left} if left >= 0 else _("已过结束日期")
    return Panel(str(phase), tuple(rows), f"{board}?phase={phase.number}", _("打开看板"), note)


def _places(user: User, permission: Permission) -> list[int]:
    return [place.pk for place in with_absorbed(user, permission)]


def _drafts(user: User) -> list[WorkItem]:
    drafts = Campaign.objects.filter(
        state=CampaignState.DRAFT,
        # A draft is its maker's alone: of an absorbed office nobody opens it any more.
        issuing_organisation__in=workplaces(user, Permission.CAMPAIGN_MANAGE),
    )
    return [
        WorkItem(
            "mine",
            _("待启动：%(name)s") % {"name": campaign.name},
            _("核对实施单位和时间安排后启动"),
            reverse("campaign:preview", args=[campaign.pk]),
        )
        for campaign in drafts
    ]


def _unassigned(user: User) -> list[WorkItem]:
    """Open duties of one's own organisation without a responsible person (S1-4.1e)."""
    duties = Duty.objects.filter(
        organisation__in=_places(user, Permission.FILING_CERTIFY),
        state__in=(DutyState.OPEN, DutyState.RETURNED),
        responsible_person__isnull=True,
        definition__campaign__state=CampaignState.LAUNCHED,
    ).select_related("definition", "organisation")
    return [
        WorkItem(
            "mine",
            _("落实责任人：%(title)s") % {"title": duty.definition.title},
            str(duty.organisation),
            f"{reverse('campaign:duty', args=[duty.pk])}#people",
        )
        for duty in duties.order_by("due_at", "pk")
    ]


def _checklists(user: User, *, now: datetime) -> list[WorkItem]:
    """Phases that end soon with lines of their checklist still open."""
    today = clock.day_of(now)
    phases = Phase.objects.filter(
        state=PhaseState.OPEN,
        ends_on__lte=today + AHEAD,
    ).select_related("campaign")
    managed = Q(campaign__issuing_organisation__in=_places(user, Permission.CAMPAIGN_MANAGE))
    phases = phases.filter(managed | Q(campaign__in=steering_work.offices(user).values("campaign")))
    found = []
    for phase in phases:
        left = phase.checks.filter(done_at__isnull=True).count()
        if left:
            due_at = sla.day_end(phase.ends_on)
            found.append(
                WorkItem(
                    "due_today" if phase.ends_on == today else "mine",
                    _("%(phase)s：检查清单还有%(count)d项") % {"phase": phase, "count": left},
                    phase.campaign.name,
                    reverse("campaign:phase", args=[phase.campaign_id, phase.number]),
                    due_at,
                    sla.lamp(now, due_at),
                )
            )
    return found


def _documents(user: User) -> list[WorkItem]:
    return [
        WorkItem(
            "new",
            _("待签收：%(number)s") % {"number": one.issue.document_number},
            one.issue.title,
            reverse("campaign:document", args=[one.issue_id]),
        )
        for one in DocumentIssue.objects.to_sign(user)
    ]


def _meetings(user: User, *, now: datetime) -> list[WorkItem]:
    places = _places(user, Permission.CAMPAIGN_VIEW)
    coming = Meeting.objects.of(places).filter(starts_at__gte=now, starts_at__lte=now + AHEAD)
    return [
        WorkItem(
            "others",
            _("会议：%(title)s") % {"title": meeting.title},
            meeting.place,
            reverse("campaign:meeting", args=[meeting.pk]),
            meeting.starts_at,
        )
        for meeting in coming
    ]


def _arrears(user: User, *, now: datetime) -> list[WorkItem]:
    """For regulators: what others owe them and is overdue, one line for each campaign."""
    owed = Duty.objects.filter(
        recipient__in=_places(user, Permission.FILING_REVIEW),
        state__in=UNFINISHED,
        due_at__lt=now,
    ).exclude(organisation__in=_places(user, Permission.FILING_REVIEW))
    counts: dict[int, int] = {}
    for campaign in owed.values_list("definition__campaign", flat=True):
        counts[campaign] = counts.get(campaign, 0) + 1
    names = Campaign.objects.in_bulk(counts)
    return [
        WorkItem(
            "others",
            _("%(count)d项任务逾期未报") % {"count": count},
            names[pk].name,
            f"{reverse('campaign:board', args=[pk])}?phase=&state=overdue",
            lamp="late",
        )
        for pk, count in counts.items()
    ]
