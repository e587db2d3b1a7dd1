"""Joint meetings of the hotlines: list, preparing, minutes, decisions and what came of them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints.meeting_forms import MeetingForm, MinutesForm, TaskForm
from complaints.models import JointMeeting, JointTask
from complaints.services import meetings
from core import clock, offline, pages, policy
from core.components import Stat
from core.errors import Refused
from core.paging import keyset

VIEW, HOST = Permission.CASE_VIEW, Permission.CASE_SUPERVISE
ROWS = 30
FIGURES = {
    "offices": _("12398及来信来访"),
    "h95598": _("95598工单"),
    "joint": _("两线同一事件"),
    "repeat": _("重复诉求"),
    "incidents": _("停电事件"),
    "open": _("尚在办理"),
}


@policy.needs(VIEW)
@require_safe
def meeting_list(request: HttpRequest) -> HttpResponse:
    """Joint meetings in sight, the latest first."""
    seen = JointMeeting.objects.visible_to(request.user).select_related("host")
    page = keyset(seen.prefetch_related("tasks"), request.GET, order=("-held_on", "-pk"), size=ROWS)
    rows = [
        (one, len(tasks), sum(task.done_at is not None for task in tasks))
        for one in page
        for tasks in [list(one.tasks.all())]
    ]
    context = {"page": page, "rows": rows, "may_host": request.user.can(HOST)}
    return pages.render(request, "complaints/meetings.html", context=context)


@policy.needs(HOST)
def new(request: HttpRequest) -> HttpResponse:
    """Prepare a meeting; the figures of its period are taken at once."""
    today = clock.today()
    if request.method != "POST":
        form = MeetingForm(user=request.user, today=today)
        return pages.render(request, "complaints/meeting_new.html", context={"form": form})
    form = MeetingForm(request.POST, user=request.user, today=today)
    if form.is_valid():
        url = pages.attempt(form, _prepared, request=request, form=form)
        if url is not None:
            return pages.go(request, url)
    return pages.render(request, "complaints/meeting_new.html", context={"form": form})


def _prepared(*, request: HttpRequest, form: MeetingForm) -> str:
    now, values = clock.now(), dict(form.cleaned_data)
    values["period"] = values.pop("period_from"), values.pop("period_to")
    values["parties"] = list(values["parties"])

    def work() -> str:
        made = meetings.prepare(**values, by=request.user, now=now)
        return reverse("complaints:meeting", args=[made.pk])

    return offline.led(request, work, again=reverse("complaints:meetings"), now=now)


def find(request: HttpRequest, meeting_pk: int) -> JointMeeting:
    """The meeting, if it is in sight; else 404."""
    seen = JointMeeting.objects.visible_to(request.user).select_related("host", "created_by")
    return get_object_or_404(seen.prefetch_related("parties"), pk=meeting_pk)


@policy.needs(VIEW)
@require_safe
def meeting(request: HttpRequest, meeting_pk: int) -> HttpResponse:
    """Figures, agenda, minutes, decisions."""
    return page(request, find(request, meeting_pk))


def page(request: HttpRequest, found: JointMeeting, **more: Any) -> HttpResponse:
    """The page of a meeting; ``more`` are bound forms."""
    today, user = clock.today(), request.user
    tasks = found.tasks.select_related("organisation", "done_by", "meeting")
    hosting = found.issued_at is None and meetings.may_host(found.host, user)
    context: dict[str, Any] = {
        "meeting": found,
        "stats": _stats(found),
        "tasks": [
            {
                "task": task,
                "lamp": task.lamp(today),
                "may_finish": task.done_at is None and not meetings.finish_refusal(task, user),
            }
            for task in tasks
        ],
        "hosting": hosting,
        "task_form": TaskForm(places=_places(found)) if hosting else None,
        "minutes_form": MinutesForm() if hosting else None,
        **more,
    }
    bound = more.get("task_form") or more.get("minutes_form")
    status = pages.status_of(bound) if bound is not None else 200
    return pages.render(request, "complaints/meeting.html", context=context, status=status)


def _stats(found: JointMeeting) -> list[Stat]:
    """The figures as they stood. They open no list: lists go on, and everybody's is another."""
    return [Stat(FIGURES[code], value) for code, value in found.figures.items() if code in FIGURES]


def _places(found: JointMeeting) -> list[int]:
    """Who can be given a task: the host, those at the table, and their city units."""
    places = [found.host_id]
    for party in found.parties.all():
        units = Organisation.objects.filter(path__startswith=party.path)
        city = units.filter(kind=Organisation.Kind.PREFECTURE_ENTERPRISE).order_by()
        places += [party.pk, *city.values_list("pk", flat=True)]
    return places


@require_POST
@policy.needs(HOST)
def decide(request: HttpRequest, meeting_pk: int) -> HttpResponse:
    """Put down a decision."""
    found = find(request, meeting_pk)
    form = TaskForm(request.POST, places=_places(found))
    if form.is_valid():
        url = pages.attempt(form, _decided, request=request, found=found, form=form)
        if url is not None:
            return pages.go(request, url)
    return page(request, found, task_form=form)


def _decided(*, request: HttpRequest, found: JointMeeting, form: TaskForm) -> str:
    now, url = clock.now(), reverse("complaints:meeting", args=[found.pk])

    def work() -> str:
        meetings.decide(found, **form.cleaned_data, by=request.user, now=now)
        return url

    return offline.led(request, work, again=url, now=now)


@require_POST
@policy.needs(HOST)
def withdraw(request: HttpRequest, meeting_pk: int, task_pk: int) -> HttpResponse:
    """Strike out a decision that was not issued yet."""
    found = find(request, meeting_pk)
    task = get_object_or_404(JointTask.objects.select_related("meeting"), meeting=found, pk=task_pk)
    meetings.withdraw(task, by=request.user, now=clock.now())
    return pages.go(request, "complaints:meeting", found.pk)


@require_POST
@policy.needs(HOST)
def discard(request: HttpRequest, meeting_pk: int) -> HttpResponse:
    """Give up a meeting that was not issued."""
    found = find(request, meeting_pk)
    reason = request.POST.get("reason", "")
    meetings.discard(found, reason=reason, by=request.user, now=clock.now())
    return pages.go(request, "complaints:meetings")


@require_POST
@policy.needs(HOST)
def issue(request: HttpRequest, meeting_pk: int) -> HttpResponse:
    """Issue the minutes."""
    found = find(request, meeting_pk)
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return page(request, found, minutes_form=form)
    minutes = form.cleaned_data["minutes"]
    try:
        meetings.issue(found, minutes=minutes, by=request.user, now=clock.now())
    except Refused as reason:
        if found.issued_at is not None:
            raise
        # What was written is not lost to a name in it.
        pages.refuse(form, reason)
        return page(request, found, minutes_form=form)
    return pages.go(request, "complaints:meeting", found.pk)


@require_POST
@policy.needs(Permission.CASE_DECIDE)
def finish(request: HttpRequest, meeting_pk: int, task_pk: int) -> HttpResponse:
    """Say what came of a decision."""
    found = find(request, meeting_pk)
    task = get_object_or_404(
        JointTask.objects.select_related("meeting", "organisation"), meeting=found, pk=task_pk
    )
    result = request.POST.get("result", "")
    meetings.finish(task, result=result, by=request.user, now=clock.now())
    return pages.go(request, "complaints:meeting", found.pk)
