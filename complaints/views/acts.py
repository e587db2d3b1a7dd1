"""What people do on the page of a case."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.permissions import Permission
from complaints import refusals, services
from complaints.forms import ActForm, MergeForm, NoteForm, RevealForm
from complaints.models import Case, CaseLink
from complaints.procedures import definition_of
from complaints.views.cases import find, page
from complaints.workflow import Act
from core import clock, pages, policy
from core.errors import Refused

UNPROCESSABLE = 422
ACTING = (
    Permission.CASE_DECIDE,
    Permission.CASE_HANDLE,
    Permission.CASE_SUPERVISE,
    Permission.CASE_APPROVE,
)


@require_POST
@policy.needs(*ACTING)
@sensitive_post_parameters()
def act(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Do one act of the procedure."""
    found = find(request, pk)
    if what not in Act.values or what not in definition_of(found.procedure).moves:
        raise Http404
    chosen = Act(what)
    # First whether at all: a refused act does not ask for its form.
    if why_not := refusals.refusal(found, chosen, refusals.Actor(request.user)):
        raise Refused(why_not)
    form = ActForm(
        request.POST, case=found, act=chosen, clocks=refusals.ticking(found), now=clock.now()
    )
    if not form.is_valid():
        return page(request, found, UNPROCESSABLE, bound=form)
    services.act(
        found,
        chosen,
        by=request.user,
        now=clock.now(),
        seen_state=form.cleaned_data["seen_state"],
        seen_event=form.cleaned_data["seen_event"],
        **form.answers(),
    )
    if Case.objects.visible_to(request.user).filter(pk=pk).exists():
        return pages.go(request, "complaints:case", pk)
    return pages.go(request, "complaints:list")


@require_POST
@policy.needs(*ACTING)
@sensitive_post_parameters()
def note(request: HttpRequest, pk: int) -> HttpResponse:
    """Write a note for some of the three audiences."""
    found = find(request, pk)
    form = NoteForm(request.POST, auto_id="note_%s")
    if not form.is_valid():
        return page(request, found, UNPROCESSABLE, note_form=form)
    services.note(found, by=request.user, now=clock.now(), **form.cleaned_data)
    return pages.go(request, "complaints:case", pk)


@require_POST
@policy.needs(Permission.CASE_REVEAL)
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the complainant in full for a stated purpose; the page is not kept anywhere."""
    found = find(request, pk)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return page(request, found, UNPROCESSABLE, reveal_form=form)
    revealed = services.reveal(
        found, purpose=form.cleaned_data["purpose"], by=request.user, now=clock.now()
    )
    response = page(request, found, revealed=revealed)
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
@policy.needs(Permission.CASE_DECIDE)
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the case be handled with another one."""
    found = find(request, pk)
    form = MergeForm(request.POST, auto_id="merge_%s")
    if form.is_valid():
        seen = Case.objects.visible_to(request.user).filter(owner=found.owner)
        into = seen.filter(number=form.cleaned_data["number"]).first()
        if into is not None:
            services.merge(found, into=into, by=request.user, now=clock.now())
            return pages.go(request, "complaints:case", into.pk)
        form.add_error("number", _("首接单位没有该编号的诉求。"))
    return page(request, found, UNPROCESSABLE, merge_form=form)


@require_POST
@policy.needs(Permission.CASE_DECIDE)
def undo(request: HttpRequest, pk: int, link_pk: int) -> HttpResponse:
    """Take a link or a merge apart."""
    found = find(request, pk)
    made = get_object_or_404(
        CaseLink.objects.filter(a=found) | CaseLink.objects.filter(b=found), pk=link_pk
    )
    services.undo(made, by=request.user, now=clock.now())
    return pages.go(request, "complaints:case", pk)
