"""The page of one duty and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.permissions import Permission
from campaign import queries, services, workflow
from campaign.forms import AssignForm, CorrectExtensionForm, ExemptForm, ExtendForm, WithdrawForm
from campaign.models import Duty, DutyExtension, SupervisionNote
from campaign.presenting import countdown, shown
from campaign.scope import works_for
from campaign.services.livelihood import duty_refusal
from campaign.views.common import VIEW, tabs
from campaign.views.safeguards import of_duty
from campaign.views.steering import may_urge
from core import clock, pages, policy, sla, workdays
from core.components import Event
from core.models import AuditEvent

# The acts by the names of their forms.
_MOVES = {
    "assign": workflow.ASSIGN,
    "extend": workflow.EXTEND,
    "correct": workflow.CORRECT_EXTENSION,
    "exempt": workflow.EXEMPT,
    "withdraw": workflow.WITHDRAW,
}


def find_duty(request: HttpRequest, pk: int) -> Duty:
    seen = Duty.objects.visible_to(request.user).select_related(
        "definition__campaign__issuing_organisation",
        "definition__phase",
        "organisation",
        "recipient",
        "copy_to",
        "responsible_person",
    )
    return get_object_or_404(seen, pk=pk)


@policy.needs(VIEW)
def duty(request: HttpRequest, pk: int) -> HttpResponse:
    """State, clock, people, forms, history of a duty."""
    return _page(request, find_duty(request, pk))


def _page(request: HttpRequest, found: Duty, **bound: Form) -> HttpResponse:
    now, calendar = clock.now(), workdays.calendar()
    definition = found.definition
    forms: dict[str, Form] = {
        "assign_form": AssignForm(
            duty=found,
            now=now,
            initial={
                "department": found.responsible_department,
                "person": found.responsible_person_id,
            },
        ),
        "extend_form": ExtendForm(auto_id="extend_%s"),
        "correct_form": CorrectExtensionForm(auto_id="correct_%s"),
        "exempt_form": ExemptForm(auto_id="exempt_%s"),
        "withdraw_form": WithdrawForm(auto_id="withdraw_%s"),
    }
    forms.update(bound)
    extensions = list(found.extensions.select_related("approver", "corrects", "corrected_by"))
    running = found.state in (workflow.DutyState.OPEN, workflow.DutyState.RETURNED)
    context: dict[str, Any] = {
        "campaign": definition.campaign,
        "tabs": tabs(definition.campaign, "board"),
        "duty": found,
        "shown": shown(found, now=now, calendar=calendar),
        "late": found.is_late_at(now),
        "countdown": countdown(found.due_at, now=now, calendar=calendar) if running else "",
        "explanation": list(sla.shown(found.due_explanation)),
        "now": now,
        "objectives": definition.objectives.all(),
        "extensions": extensions,
        # Only the last one that still gives the deadline can be put right.
        "correctable": extensions[-1]
        if extensions and extensions[-1].new_due_at == found.due_at
        else None,
        "note_rows": [
            (note, *note.lamp(now))
            for note in SupervisionNote.objects.visible_to(request.user)
            .filter(duty=found)
            .select_related("organisation", "duty__definition")
        ],
        "may_urge": may_urge(request, found),
        **of_duty(request, found),
        "exemption": getattr(found, "exemption", None),
        "may_tag": not duty_refusal(found, by=request.user),
        "reminders": found.reminders.select_related("step", "person"),
        "events": _events(queries.history(found)),
        "refusals": {
            move.name: workflow.refusal(move, found, by=request.user) for move in _MOVES.values()
        },
        "filing": _filing_link(request, found),
        **forms,
    }
    status = pages.status_of(*bound.values())
    return pages.render(request, "campaign/duty.html", context=context, status=status)


def _act(
    request: HttpRequest,
    found: Duty,
    name: str,
    form: Form,
    service: Callable[..., Any],
    **about: Any,
) -> HttpResponse | None:
    """The page again, with what was typed, where the form is wrong or refused; None when done.

    An act that may not be made at all is refused by the service on a page of its own.
    """
    if form.is_valid():
        told = {"by": request.user, "now": clock.now(), **about, **form.cleaned_data}
        if workflow.refusal(_MOVES[name], found, by=request.user):
            service(**told)
        else:
            pages.attempt(form, service, **told)
    if not form.errors:
        return None
    return _page(request, find_duty(request, found.pk), **{f"{name}_form": form})


def _filing_link(request: HttpRequest, found: Duty) -> dict[str, str]:
    """Where the duty's filing is, by the URL names of the app above; nothing without that app."""
    filing = getattr(found, "filing", None)
    try:
        # A draft is its organisation's own: nobody else learns from here that there is one.
        inside = works_for(request.user, Permission.FILING_VIEW, found.organisation)
        if filing is not None and (filing.filed_version_id or inside):
            return {"url": reverse("reporting:filing", args=[filing.pk]), "label": _("查看报送")}
        if works_for(request.user, Permission.FILING_DRAFT, found.organisation):
            return {"url": reverse("reporting:filing_list"), "label": _("去报送")}
    except NoReverseMatch:
        pass
    return {}


def _events(history: list[AuditEvent]) -> list[Event]:
    """The trail of a duty as a timeline."""
    actors = User.objects.in_bulk([event.actor_id for event in history if event.actor_id])
    return [_event(event, actors.get(event.actor_id)) for event in history]


def _event(event: AuditEvent, actor: User | None) -> Event:
    names = {
        "open": (_("任务启动"), ""),
        "submit": (_("报送"), "ok"),
        "return": (_("退回补正"), "late"),
        "accept": (_("审核通过"), "done"),
        "assign": (_("落实责任部门、责任人"), ""),
        "extend": (_("批准延期"), "near"),
        "correct_extension": (_("更正延期"), "near"),
        "exempt": (_("批准免报"), ""),
        "withdraw": (_("撤销任务"), ""),
        "recompute": (_("期限按新工作日历重算"), ""),
        "tag": (_("更改民生标签"), ""),
    }
    verb = event.kind.partition(".")[2]
    title, tone = names.get(verb, (event.kind, ""))
    return Event(event.at, title, event.reason, str(actor) if actor else _("系统"), tone=tone)


@require_POST
@policy.needs(Permission.FILING_CERTIFY, Permission.CAMPAIGN_MANAGE)
def assign(request: HttpRequest, pk: int) -> HttpResponse:
    """Name the responsible department and person."""
    found = find_duty(request, pk)
    form = AssignForm(request.POST, duty=found, now=clock.now())
    again = _act(request, found, "assign", form, services.assign, duty=found)
    return again or pages.go(request, "campaign:duty", found.pk)


@require_POST
@policy.needs(Permission.DUTY_APPROVE)
def extend(request: HttpRequest, pk: int) -> HttpResponse:
    """Give a later deadline."""
    found = find_duty(request, pk)
    form = ExtendForm(request.POST, auto_id="extend_%s")
    again = _act(request, found, "extend", form, services.extend, duty=found)
    return again or pages.go(request, "campaign:duty", found.pk)


@require_POST
@policy.needs(Permission.DUTY_APPROVE)
def correct_extension(request: HttpRequest, pk: int) -> HttpResponse:
    """Put an extension right, or undo it."""
    seen = DutyExtension.objects.filter(duty__in=Duty.objects.visible_to(request.user))
    extension = get_object_or_404(seen, pk=pk)
    found = find_duty(request, extension.duty_id)
    form = CorrectExtensionForm(request.POST, auto_id="correct_%s")
    service = services.correct_extension
    again = _act(request, found, "correct", form, service, extension=extension)
    return again or pages.go(request, "campaign:duty", found.pk)


@require_POST
@policy.needs(Permission.DUTY_APPROVE)
def exempt(request: HttpRequest, pk: int) -> HttpResponse:
    """Free the organisation from the duty."""
    found = find_duty(request, pk)
    form = ExemptForm(request.POST, auto_id="exempt_%s")
    again = _act(request, found, "exempt", form, services.exempt, duty=found)
    return again or pages.go(request, "campaign:duty", found.pk)


@require_POST
@policy.needs(Permission.CAMPAIGN_MANAGE)
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the duty back."""
    found = find_duty(request, pk)
    form = WithdrawForm(request.POST, auto_id="withdraw_%s")
    again = _act(request, found, "withdraw", form, services.withdraw, duty=found)
    return again or pages.go(request, "campaign:home", found.definition.campaign_id)
