"""The line to companies' systems: the ledger of messages, and sending again what nobody took."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages as flash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from complaints import sync
from complaints.models import HotlineMessage
from complaints.services import ledger
from core import clock, pages, policy
from core.errors import Refused
from core.paging import keyset

VIEW, DECIDE = Permission.CASE_VIEW, Permission.CASE_DECIDE
ROWS = 50


class ReplayForm(forms.Form):
    """Why a message is sent again."""

    reason = forms.CharField(label=gettext_lazy("补发原因"), max_length=200)


@policy.needs(VIEW)
@require_safe
def ledger_page(request: HttpRequest) -> HttpResponse:
    """How well the line runs, and every message in sight."""
    now, filters = clock.now(), sync.Filters.of(request.GET)
    found = filters.on(sync.messages(request.user))
    page = keyset(found, request.GET, order=("-last_at", "-pk"), size=ROWS)
    cases = sync.cases_of(page.items, request.user)
    may_replay = request.user.can(DECIDE)
    context = {
        "tabs": sync.tabs("messages"),
        "stats": sync.health(request.user, now=now),
        "filters": filters,
        "choices": {
            "direction": sync.Direction.choices,
            "state": sync.State.choices,
            "kind": sync.KINDS.items(),
        },
        "rows": [sync.row(message, cases) for message in page],
        "page": page,
        "may_replay": may_replay and filters.state == sync.State.DEAD and len(page) > 0,
        "query": request.GET.urlencode(),
        "empty": not HotlineMessage.objects.visible_to(request.user).exists(),
    }
    return pages.render(request, "complaints/sync.html", context=context)


def _message(request: HttpRequest, pk: int) -> HotlineMessage:
    return get_object_or_404(sync.messages(request.user), pk=pk)


@policy.needs(VIEW)
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message: when, how often, what the other side answered."""
    return _message_page(request, _message(request, pk))


def _message_page(
    request: HttpRequest, found: HotlineMessage, form: forms.Form | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        **sync.row(found, sync.cases_of([found], request.user)),
        "dead": getattr(found, "state", "") == sync.State.DEAD,
        "refusal": ledger.replay_refusal(found, request.user),
        "form": form or ReplayForm(),
    }
    return pages.render(request, "complaints/sync_message.html", context=context)


@require_POST
@policy.needs(DECIDE)
def replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Send one dead call again, with a reason."""
    found = _message(request, pk)
    if why_not := ledger.replay_refusal(found, request.user):
        raise Refused(why_not)
    form = ReplayForm(request.POST)
    if not form.is_valid():
        return _message_page(request, found, form)
    ledger.replay(found, reason=form.cleaned_data["reason"], by=request.user, now=clock.now())
    flash.success(request, _("已安排补发，消息编号不变。"))
    return pages.go(request, "complaints:sync_message", pk)


@require_POST
@policy.needs(DECIDE)
def replay_all(request: HttpRequest) -> HttpResponse:
    """Send again all dead calls of a filter that the person may send again."""
    form = ReplayForm(request.POST)
    if not form.is_valid():
        raise Refused(_("请填写补发原因。"))
    filters = sync.Filters.of(request.GET)
    dead = filters.on(sync.messages(request.user)).filter(state=sync.State.DEAD)
    count = ledger.replay_all(
        dead.order_by("sequence", "pk"),
        reason=form.cleaned_data["reason"],
        by=request.user,
        now=clock.now(),
    )
    flash.success(request, _("已安排补发 %(count)d 条消息。") % {"count": count})
    return pages.go(request, "complaints:sync")
