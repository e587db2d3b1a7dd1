"""Circulars: the workshop of those on grave cases, every circular's page, the public page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.models import Organisation
from accounts.permissions import Permission
from campaign.rectification_sources import Origin, entries
from campaign.scope import works_for
from complaints.models import Case
from core import clock, files, pages, policy
from core.asked import number
from core.crypto import Unreadable
from core.download import SANDBOX
from core.paging import keyset
from reporting import circulars, ledger_sources
from reporting.bulletins import showing
from reporting.circular_forms import CircularForm
from reporting.circular_kinds import said_in
from reporting.models import Circular, CircularReceipt
from reporting.preview import Page
from reporting.queries import circulars as queries
from reporting.queries.reports import office_of
from reporting.services import circular_printing as printing
from reporting.services import circulars as services
from reporting.situation_forms import WordsForm
from reporting.situations import Situation
from reporting.views.common import seen as seen_version
from reporting.workflow import circular as workflow
from reporting.workflow.circular import State

LAMPS = {
    State.DRAFT: "ok",
    State.REVIEW: "near",
    State.APPROVED: "ok",
    State.ISSUED: "done",
    State.PUBLISHED: "done",
}
RELATED = (
    "organisation",
    "issued_by",
    "redress__first__current_version",
    "current_version__edited_by",
    "current_version__approved_by",
    "current_version__docx",
    "current_version__pdf",
)

EDIT, APPROVE = Permission.REPORT_EDIT, Permission.REPORT_APPROVE
GONE = 410
# Companies that a circular names read it where they see their cases.
READ = (Permission.REPORT_VIEW, Permission.CASE_VIEW)


def find(request: HttpRequest, pk: int) -> Circular:
    """The circular, if it is in the person's sight; otherwise there is none (404)."""
    seen = Circular.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(*READ)
@require_GET
def circular_list(request: HttpRequest) -> HttpResponse:
    """Circulars in sight, newest first, and the form that drafts one."""
    given = {"occasion": uuid4().hex, "numbers": request.GET.get("number", "")[:40]}
    return _list(request, CircularForm(initial=given))


def _list(request: HttpRequest, form: CircularForm) -> HttpResponse:
    seen = Circular.objects.visible_to(request.user).select_related("organisation", "redress")
    office = office_of(request.user)
    page = keyset(seen, request.GET, order=("-created_at", "-pk"))
    context = {
        "page": page,
        "marks": queries.marks(page),
        "lamps": LAMPS,
        "office": office if not services.draft_refusal(office, by=request.user) else None,
        "form": form,
    }
    return pages.render(request, "reporting/circular_list.html", context=context)


@policy.needs(EDIT)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Begin a circular; pressed twice, it is the same one."""
    form, office = CircularForm(request.POST), office_of(request.user)
    if office is None:
        raise Http404
    if not form.is_valid():
        return _list(request, form)
    made = pages.attempt(
        form,
        services.draft,
        organisation=office,
        title=form.cleaned_data["title"],
        numbers=form.chosen,
        public=form.cleaned_data["public"],
        occasion=form.cleaned_data["occasion"],
        by=request.user,
        now=clock.now(),
    )
    if made is None:
        return _list(request, form)
    return pages.go(request, "reporting:circular", made.pk)


@policy.needs(*READ)
@require_GET
def circular(request: HttpRequest, pk: int) -> HttpResponse:
    """The circular as it will be printed, its cases, and the acts."""
    return shown(request, find(request, pk))


def shown(
    request: HttpRequest, found: Circular, *, words: WordsForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a circular; ``words`` are those that could not be kept."""
    user, content = request.user, said_in(found)
    context = {
        "circular": found,
        "version": found.current_version,
        "shown": sheet(found),
        "content": content,
        "companies": _companies(found, request),
        # Who has not signed is for the office to know.
        "own_office": found.issued_at is not None
        and works_for(user, Permission.REPORT_VIEW, found.organisation),
        "to_sign": services.to_sign(found, by=user),
        "lamp": LAMPS[State(found.state)],
        "entries": entries(_issued(found), user, now=clock.now()),
        "acts": {m.name: workflow.refusal(m, found, by=user) for m in workflow.MOVES},
        "mark": queries.mark_of(found),
        "running": queries.running(found, user),
        "occasion": uuid4().hex,
    }
    if isinstance(content, Situation):
        context["words"] = words or WordsForm.showing(found, content)
    elif isinstance(content, circulars.Content):
        context["told"] = services.accounts_of(found)
        context["left_out"] = services.to_leave_out(found, content)
        kept = [one.case for one in content.cases]
        seen = Case.objects.visible_to(user).filter(pk__in=kept)
        context["seen_cases"] = set(seen.values_list("pk", flat=True))
    return pages.render(request, "reporting/circular.html", context=context, status=status)


def _issued(found: Circular) -> Iterable[Origin]:
    """What may enter the ledger of rectification: the items of what is out."""
    return ledger_sources.of_circular(found) if found.state in workflow.OUT else ()


def _companies(found: Circular, request: HttpRequest) -> list[tuple[Organisation, Any]]:
    """The addressees, each with its receipt where the person may know of it."""
    receipts = CircularReceipt.objects.visible_to(request.user).filter(circular=found)
    signed = {one.organisation_id: one for one in receipts.select_related("signed_by")}
    return [(one, signed.get(one.pk)) for one in found.addressees.order_by("path")]


def sheet(found: Circular) -> Page:
    """The same sheet that the files print."""
    return showing.sheet_of(said_in(found).document(printing.heads_of(found)))


def _done(
    request: HttpRequest, pk: int, service: Callable[..., Any], told: str, **more: Any
) -> HttpResponse:
    """Make a move and return to the circular; a refused one answers 409 with its reason."""
    found = find(request, pk)
    service(found, by=request.user, now=clock.now(), **more)
    messages.success(request, told)
    return pages.go(request, "reporting:circular", found.pk)


def _move(move: Any) -> Callable[..., Any]:
    """The service that makes a plain move."""

    def service(found: Circular, **given: Any) -> Circular:
        return services.desk.move(found, move, **given)

    return service


@policy.needs(EDIT)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep other words as the next version."""
    told = _by_case(request, "account-")

    def service(found: Circular, **given: Any) -> Any:
        return services.edit(circular=found, **given)

    return _done(
        request,
        pk,
        service,
        _("已保存为新版本。"),
        seen=edited(request),
        note=request.POST.get("note", ""),
        left_out=set(_by_case(request, "out-")),
        intro=request.POST.get("intro", ""),
        demands=request.POST.get("demands", ""),
        accounts=told,
        public=request.POST.get("public") == "1",
    )


def edited(request: HttpRequest) -> int:
    """The version that the editor had before them; 0 where none is named."""
    return number(request.POST.get("seen", "")) or 0


def _by_case(request: HttpRequest, prefix: str) -> dict[int, str]:
    """What was said of each case: account-17, out-17."""
    return {
        case: value
        for name, value in request.POST.items()
        if name.startswith(prefix) and (case := number(name.removeprefix(prefix))) is not None
    }


@policy.needs(EDIT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, _move(workflow.SUBMIT), _("已提交审批。"))


@policy.needs(EDIT)
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, _move(workflow.RECALL), _("已撤回，可以继续修改。"))


@policy.needs(APPROVE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _done(request, pk, services.send_back, _("已退回修改。"), reason=reason)


@policy.needs(APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("已审批通过。")
    return _done(request, pk, services.approve, told, seen=seen_version(request))


@policy.needs(APPROVE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.issue, _("已编号印发，并发送主送单位。"))


@policy.needs(APPROVE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _done(request, pk, services.publish, _("已向社会公开。"))


@policy.needs(Permission.CASE_HANDLE)
@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign for a circular that came to one's unit."""
    return _done(request, pk, services.sign_for, _("已签收。"))


# -- public ----------------------------------------------------------------------------------------


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Published circulars, newest first."""
    found = Circular.objects.published().select_related("organisation", "redress")
    page = keyset(found, request.GET, order=("-published_at", "-pk"))
    context = {"page": page, "marks": queries.marks(page)}
    return pages.render(request, "reporting/public_circulars.html", context=context)


def _published(pk: int) -> Circular:
    return get_object_or_404(Circular.objects.published().select_related(*RELATED), pk=pk)


@policy.public
@require_GET
def public_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A published circular as it was printed: no person, no case number.

    Of a withdrawn one only that it was withdrawn. That is an answer (200), which proxies must not
    put their own page for; the words that are gone are not to be found by searching either.
    """
    found = _published(pk)
    mark = queries.mark_of(found)
    context: dict[str, Any] = {"circular": found, "mark": mark}
    if mark is None or not mark.is_withdrawal:
        context["shown"] = sheet(found)
        return pages.render(request, "reporting/public_circular.html", context=context)
    response = pages.render(request, "reporting/public_circular.html", context=context)
    response["X-Robots-Tag"] = "noindex"
    return response


@policy.public
@require_GET
def public_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The printed PDF of a published circular; 410 once it was withdrawn."""
    found = _published(pk)
    mark = queries.mark_of(found)
    if mark is not None and mark.is_withdrawal:
        context = {"circular": found, "mark": mark}
        page = "reporting/public_circular.html"
        return pages.render(request, page, context=context, status=GONE)
    stored = found.current_version.pdf
    try:
        content = files.open(stored)
    except (FileNotFoundError, Unreadable):
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response
