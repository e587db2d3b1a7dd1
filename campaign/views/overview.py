"""Campaign list, home, plan, duty tree, phases, reminders."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from campaign import queries, services, template
from campaign.forms import CheckForm
from campaign.models import Campaign, Participant, Phase, PhaseCheck, Reminder
from campaign.presenting import countdown, sections, shown
from campaign.rehearsal import Line, rehearse, rule_text
from campaign.scope import workplaces
from campaign.views.common import (
    MANAGE,
    VIEW,
    find,
    livelihood_choice,
    manage_refusal,
    manages,
    page_context,
)
from campaign.views.safeguards import beside, chosen_unit
from campaign.views.seasons import of_phase
from campaign.workflow import CampaignState, PhaseState
from core import clock, pages, policy, workdays
from core.components import RailPhase, Stat
from core.paging import Page, keyset

# Lines of a rehearsal on one page.
LINES = 40
NUMERALS = "一二三四五六七八九十"


@policy.needs(VIEW)
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Every campaign in sight with how far it is."""
    campaigns = list(
        Campaign.objects.visible_to(request.user).select_related("issuing_organisation")
    )
    counts = queries.progress_by_campaign(request.user, now=clock.now())
    opened = Phase.objects.filter(state=PhaseState.OPEN, campaign__in=campaigns)
    phases = {phase.campaign_id: phase for phase in opened.order_by("number")}
    rows = [
        (campaign, counts.get(campaign.pk, queries.Progress()), phases.get(campaign.pk))
        for campaign in campaigns
    ]
    context = {"rows": rows, "may_create": request.user.can(MANAGE)}
    return pages.render(request, "campaign/list.html", context=context)


def rail(campaign: Campaign, done_by_phase: dict[int, tuple[int, int]]) -> list[RailPhase]:
    """The phases as the rail shows them."""
    found = []
    for phase in campaign.phases.all():
        done, total = done_by_phase.get(phase.number, (0, 0))
        url = reverse("campaign:phase", args=[campaign.pk, phase.number])
        numeral = NUMERALS[phase.number - 1] if phase.number <= len(NUMERALS) else phase.number
        found.append(
            RailPhase(numeral, phase.name, phase.starts_on, phase.ends_on, url, "", done, total)
        )
    return found


@policy.needs(VIEW)
def home(request: HttpRequest, pk: int) -> HttpResponse:
    """Where the campaign stands: phases, counts, the next deadlines."""
    campaign = find(request, pk)
    now, calendar = clock.now(), workdays.calendar()
    duties = queries.duties_of(campaign, request.user)
    upcoming = [
        (duty, shown(duty, now=now, calendar=calendar))
        for duty in queries.next_deadlines(duties, now=now, limit=8)
    ]
    executors = campaign.participants.filter(part=Participant.Part.EXECUTOR)
    context = page_context(
        campaign,
        "home",
        rail=rail(campaign, queries.progress_by_phase(duties)),
        today=clock.today(),
        stats=_stats(campaign, queries.progress(duties, now=now)),
        upcoming=upcoming,
        next_countdown=countdown(upcoming[0][0].due_at, now=now, calendar=calendar)
        if upcoming
        else "",
        executors=executors.select_related("organisation", "supervisor", "copy_to"),
        regions=queries.regions_of(campaign),
        attachments=queries.attachments_of(campaign, request.user),
        meetings=campaign.meetings.filter(ends_at__gte=now)[:3],
        is_draft=campaign.state == CampaignState.DRAFT,
        refusal=manage_refusal(request, campaign),
        close_refusal=services.close_refusal(campaign),
    )
    return pages.render(request, "campaign/home.html", context=context)


def _stats(campaign: Campaign, counts: queries.Progress) -> list[Stat]:
    board = reverse("campaign:board", args=[campaign.pk])
    return [
        Stat(_("全部任务"), counts.total, f"{board}?phase=", icon="list-check"),
        Stat(_("已完成"), counts.done, f"{board}?phase=&state=done", "", "done", "circle-check"),
        Stat(_("待审核"), counts.submitted, f"{board}?phase=&state=submitted", "", "ok", "eye"),
        Stat(_("在办"), counts.going, f"{board}?phase=&state=going", "", "", "hourglass"),
        Stat(_("未启动"), counts.waiting, f"{board}?phase=&state=waiting", "", "", "clock"),
        Stat(
            _("逾期"),
            counts.overdue,
            f"{board}?phase=&state=overdue",
            "",
            "late" if counts.overdue else "",
            "alert-triangle",
        ),
    ]


@policy.needs(VIEW)
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """Principles, goals and the full text, each with its clause."""
    campaign = find(request, pk)
    content = template.parse(campaign.template.content)
    context = page_context(campaign, "plan", content=content, sections=sections(campaign.full_text))
    return pages.render(request, "campaign/plan.html", context=context)


@policy.needs(VIEW)
def tree(request: HttpRequest, pk: int) -> HttpResponse:
    """一个维护, 四个保障, 六个落实 with the evidence under each."""
    campaign = find(request, pk)
    roots = queries.tree(campaign, queries.duties_of(campaign, request.user))
    groups = [
        (_("一个维护"), [node for node in roots if node.objective.kind == "protection"]),
        (_("四个保障"), [node for node in roots if node.objective.kind == "guarantee"]),
        (_("六个落实"), [node for node in roots if node.objective.kind == "implementation"]),
    ]
    context = page_context(campaign, "tree", groups=groups)
    return pages.render(request, "campaign/tree.html", context=context)


@policy.needs(VIEW)
def objective(request: HttpRequest, pk: int, node: int) -> HttpResponse:
    """The duties that serve one node of the tree: exactly those that its number counts."""
    campaign = find(request, pk)
    found = get_object_or_404(campaign.objectives.select_related("parent"), pk=node)
    now, calendar = clock.now(), workdays.calendar()
    choice = livelihood_choice(request)
    unit = chosen_unit(request, campaign)
    duties = queries.duties_of(campaign, request.user).filter(
        definition__objectives__in=queries.descendants(found)
    )
    if unit is not None:
        duties = duties.filter(organisation=unit)
    if filed := request.GET.get("filed") == "1":
        duties = duties.filter(first_submitted_at__isnull=False)
    rows = [
        (duty, shown(duty, now=now, calendar=calendar))
        for duty in queries.livelihood_first(
            duties.distinct(), choice, "due_at", "organisation__code"
        )
    ]
    context = page_context(
        campaign,
        "tree",
        objective=found,
        rows=rows,
        filed=filed,
        **beside(request, found, unit, now),
        livelihood=choice,
        livelihood_choices=queries.LIVELIHOOD.items(),
    )
    return pages.render(request, "campaign/objective.html", context=context)


@policy.needs(VIEW)
def phase(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """The checklist of a phase, and its duties."""
    campaign = find(request, pk)
    found = get_object_or_404(campaign.phases, number=number)
    now, calendar = clock.now(), workdays.calendar()
    choice = livelihood_choice(request)
    duties = queries.duties_of(campaign, request.user)
    rows = [
        (duty, shown(duty, now=now, calendar=calendar))
        for duty in queries.livelihood_first(
            duties.filter(definition__phase=found), choice, "due_at", "organisation__code"
        )
    ]
    checks = list(found.checks.select_related("done_by"))
    context = page_context(
        campaign,
        "home",
        phase=found,
        rail=rail(campaign, queries.progress_by_phase(duties)),
        today=clock.today(),
        checks=checks,
        ticked=sum(check.done_at is not None for check in checks),
        rows=rows,
        livelihood=choice,
        livelihood_choices=queries.LIVELIHOOD.items(),
        may_tick=manages(request, campaign)
        and campaign.state == CampaignState.LAUNCHED
        and found.state != PhaseState.CLOSED,
        refusal=_phase_refusal(request, campaign, found, checks),
        **of_phase(request, found),
    )
    return pages.render(request, "campaign/phase.html", context=context)


def _phase_refusal(
    request: HttpRequest, campaign: Campaign, phase: Phase, checks: list[PhaseCheck]
) -> str:
    """Why the phase cannot be opened or closed by hand now."""
    if why_not := manage_refusal(request, campaign):
        return why_not
    if campaign.state != CampaignState.LAUNCHED:
        return _("专项行动不在实施中。")
    left = sum(check.done_at is None for check in checks)
    if phase.state == PhaseState.OPEN and left:
        return _("检查清单还有%(count)d项未完成。") % {"count": left}
    return ""


@require_POST
@policy.needs(MANAGE)
def open_phase(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """Begin a phase before its date."""
    campaign = find(request, pk)
    found = get_object_or_404(campaign.phases, number=number)
    services.open_phase(phase=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:phase", campaign.pk, number)


@require_POST
@policy.needs(MANAGE)
def close_phase(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """End a phase before its date."""
    campaign = find(request, pk)
    found = get_object_or_404(campaign.phases, number=number)
    services.close_phase(phase=found, by=request.user, now=clock.now())
    return pages.go(request, "campaign:phase", campaign.pk, number)


@require_POST
@policy.needs(MANAGE)
def tick_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Tick a line of a checklist, or take the tick back."""
    seen = Campaign.objects.visible_to(request.user)
    check = get_object_or_404(
        PhaseCheck.objects.filter(phase__campaign__in=seen).select_related("phase"), pk=pk
    )
    form = CheckForm(request.POST)
    form.is_valid()
    data: dict[str, Any] = form.cleaned_data
    services.tick_check(
        check=check,
        done=data.get("done", False),
        note=data.get("note", ""),
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "campaign:phase", check.phase.campaign_id, check.phase.number)


@policy.needs(VIEW)
def reminders(request: HttpRequest, pk: int) -> HttpResponse:
    """The ladder, what went out, and a rehearsal of what will."""
    campaign = find(request, pk)
    now = clock.now()
    duties = queries.duties_of(campaign, request.user)
    mine = set(duties.values_list("organisation__code", flat=True))
    offices = {place.code for place in workplaces(request.user, Permission.REPORT_VIEW)}
    lines = [
        line for line in rehearse(campaign, now=now) if _in_sight(line, mine, offices, campaign)
    ]
    sent = Reminder.objects.filter(duty__in=duties).select_related(
        "duty__definition", "duty__organisation", "step", "person"
    )
    context = page_context(
        campaign,
        "reminders",
        ladder=[(step, rule_text(step)) for step in campaign.ladder.all()],
        lines=page_of(lines, request.GET.get("from", "")),
        line_count=len(lines),
        sent=keyset(sent, request.GET, order=("-at", "-pk"), size=LINES, name="sent"),
        sent_count=sent.count(),
    )
    return pages.render(request, "campaign/reminders.html", context=context)


def page_of(lines: list[Line], start: str) -> Page:
    """One page of lines that exist nowhere but in memory, beginning with line number ``start``."""
    first = int(start) if start.isascii() and start.isdigit() and len(start) < 6 else 0
    first = first if first < len(lines) else 0
    before = max(first - LINES, 0)
    return Page(
        lines[first : first + LINES],
        next_query=f"?from={first + LINES}" if first + LINES < len(lines) else "",
        previous_query=f"?from={before}" if first else "",
        size=LINES,
    )


def _in_sight(line: Line, codes: set[str], offices: set[str], campaign: Campaign) -> bool:
    """Lines about organisations whose duties the person sees; all of one's own draft.

    Who gets the reports of an office is for those who work in it (as on the page where it is set).
    """
    if line.kind in ("report", "failure"):
        return line.organisation in offices
    return campaign.state == CampaignState.DRAFT or line.organisation in codes
