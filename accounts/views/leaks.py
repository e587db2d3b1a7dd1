"""Pages of suspected leaks: report one, see one's own, handle those of one's units (S2-6.1.3)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import services
from accounts.leak_forms import LeakActForm, LeakForm
from accounts.leak_workflow import MOVES, State
from accounts.models import LeakReport
from accounts.permissions import Permission
from accounts.services.leaks import refusal
from core import clock, masking, pages, policy, sla
from core.paging import keyset

HANDLE = Permission.LEAK_HANDLE


@policy.signed_in
@require_GET
def leaks(request: HttpRequest) -> HttpResponse:
    """One's own reports, and those that one handles."""
    state, now = request.GET.get("state", ""), clock.now()
    found = LeakReport.objects.visible_to(request.user).select_related("organisation")
    if state in State.values:
        found = found.filter(state=state)
    page = keyset(found, request.GET, order=("-reported_at", "-pk"))
    context = {
        "page": page,
        "rows": [(one, one.lamp(now)) for one in page],
        "total": found.count(),
        "states": State.choices,
        "state": state,
    }
    return pages.render(request, "accounts/leaks.html", context=context)


@policy.signed_in
@require_http_methods(["GET", "POST"])
def new_leak(request: HttpRequest) -> HttpResponse:
    """Report a suspected leak in confidence."""
    initial = {"noticed_on": clock.today()}
    form = LeakForm(request.POST or None, user=request.user, initial=initial)
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form, services.report_leak, **form.cleaned_data, by=request.user, now=clock.now()
        )
        if made is not None:
            text = _("报告%(number)s已提交，仅安全管理员可见。")
            messages.success(request, text % {"number": made.number})
            return pages.go(request, "accounts:leak", made.pk)
    return pages.render(request, "accounts/leak_new.html", context={"form": form})


@policy.signed_in
@require_GET
def leak(request: HttpRequest, pk: int) -> HttpResponse:
    """One report; who reported it stands there masked."""
    return _shown(request, _find(request, pk))


def _shown(
    request: HttpRequest,
    found: LeakReport,
    *,
    bound: LeakActForm | None = None,
    reporter: str = "",
) -> HttpResponse:
    handles = request.user.may(HANDLE, found.organisation)
    acts = [
        (move.act, why_not)
        for move in MOVES.values()
        if found.state in move.sources
        for why_not in [refusal(found, move.act, by=request.user)]
    ]
    context: dict[str, Any] = {
        "report": found,
        "lamp": found.lamp(clock.now()),
        "explanation": list(sla.shown(found.due_explanation)),
        "entries": found.entries.select_related("by") if handles else [],
        "handles": handles,
        "acts": acts,
        "reporter": reporter or masking.mask("name", found.reporter.name),
        "own": found.reporter_id == request.user.pk,
        "act_form": bound or LeakActForm(initial={"seen": found.state}),
        "now": clock.now(),
    }
    if bound is not None:
        context["form"] = bound
    response = pages.render(request, "accounts/leak.html", context=context)
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(HANDLE)
@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """One act of the security post; a refusal stands at the form."""
    found = _find(request, pk)
    form = LeakActForm(request.POST)
    if form.is_valid():
        done = pages.attempt(
            form,
            services.handle_leak,
            report=found,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if done is not None:
            messages.success(request, _("已办理。"))
            return pages.go(request, "accounts:leak", found.pk)
    return _shown(request, _find(request, pk), bound=form)


@policy.needs(HANDLE)
@require_POST
def reporter(request: HttpRequest, pk: int) -> HttpResponse:
    """Who reported it, for a stated purpose; the page is not kept anywhere."""
    found = _find(request, pk)
    name = services.reveal_reporter(
        report=found,
        purpose=request.POST.get("purpose", "")[:200],
        by=request.user,
        now=clock.now(),
    )
    return _shown(request, found, reporter=name)


def _find(request: HttpRequest, pk: int) -> LeakReport:
    seen = LeakReport.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "reporter"), pk=pk)
