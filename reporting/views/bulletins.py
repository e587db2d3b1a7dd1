"""The bulletin workshop, and the public page of published bulletins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.rectification_sources import entries
from core import arithmetic, clock, files, pages, policy
from core.components import Tab
from core.crypto import Unreadable
from core.download import SANDBOX
from core.paging import keyset
from reporting import ledger_sources
from reporting.bulletin_forms import BALANCES, BulletinForm
from reporting.bulletins import showing, styles
from reporting.models import Bulletin
from reporting.queries.reports import office_of
from reporting.services import bulletin_corrections as corrections
from reporting.services import bulletins as services
from reporting.views.common import seen as seen_version
from reporting.workflow import bulletin as workflow
from reporting.workflow.bulletin import OUT, State

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
    "corrects",
    "current_version__edited_by",
    "current_version__approved_by",
    "current_version__docx",
    "current_version__pdf",
    "current_version__xlsx",
)


def find(request: HttpRequest, pk: int) -> Bulletin:
    """The bulletin, if it is in the person's sight; otherwise there is none (404)."""
    seen = Bulletin.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def bulletin_list(request: HttpRequest) -> HttpResponse:
    """Bulletins in sight, newest first, and the form that has one counted."""
    return _list(request, BulletinForm(initial=_last_month()))


def _last_month() -> dict[str, Any]:
    """What is asked for most: the month that is over, in the style of its time."""
    last = clock.today().replace(day=1) - timedelta(days=1)
    first = last.replace(day=1)
    style = styles.style_in_force(first)
    return {"first_day": first, "last_day": last, "style": style, "occasion": uuid4().hex}


def _list(request: HttpRequest, form: BulletinForm) -> HttpResponse:
    state = request.GET.get("state", "")
    seen = Bulletin.objects.visible_to(request.user)
    listed = seen.filter(state=state) if state in State.values else seen
    page = keyset(
        listed.select_related("organisation", "current_version"),
        request.GET,
        order=("-created_at", "-pk"),
    )
    counts = {value: seen.filter(state=value).count() for value in State.values}
    tabs = [Tab(_("全部"), "?", current=state not in State.values, count=seen.count())]
    tabs += [
        Tab(State(value).label, f"?state={value}", current=state == value, count=count)
        for value, count in counts.items()
        if count or state == value
    ]
    context = {
        "page": page,
        "total": listed.count(),
        "tabs": tabs,
        "lamps": LAMPS,
        "office": office_of(request.user),
        "form": form,
    }
    return pages.render(request, "reporting/bulletin_list.html", context=context)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Count a bulletin for the person's office; pressed twice, it is the same bulletin."""
    form = BulletinForm(request.POST)
    office = office_of(request.user)
    if office is None:
        raise Http404
    if not form.is_valid():
        return _list(request, form)
    made = services.draft(
        organisation=office,
        period=form.period,
        style=form.cleaned_data["style"],
        balance=form.cleaned_data["balance"],
        occasion=form.cleaned_data["occasion"],
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:bulletin", made.pk)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """The bulletin as it will be printed, what deviates from plain arithmetic, and the acts."""
    found = find(request, pk)
    made, version = services.made_of(found), found.current_version
    context = {
        "bulletin": found,
        "version": version,
        "shown": showing.page_of(made, services.heads_of(found), version.remarks),
        "conflicts": made.bulletin.conflicts,
        "lamp": LAMPS[State(found.state)],
        "entries": entries(ledger_sources.of_bulletin(found), request.user, now=clock.now()),
        "acts": {m.name: workflow.refusal(m, found, by=request.user) for m in workflow.MOVES},
        "balances": BALANCES.items(),
        "style_name": styles.styles()[found.style].name,
        "corrections": found.corrections.visible_to(request.user),
        "occasion": uuid4().hex,
    }
    return pages.render(request, "reporting/bulletin.html", context=context)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def as_json(request: HttpRequest, pk: int) -> HttpResponse:
    """The figures of the current version, in the shape of the contract."""
    value = find(request, pk).current_version.value
    return JsonResponse(value.json(), json_dumps_params={"ensure_ascii": False, "indent": 1})


def _move(
    request: HttpRequest, pk: int, service: Callable[..., Any], told: str, **more: Any
) -> HttpResponse:
    """Make a move and return to the bulletin; a refused one answers 409 with its reason."""
    found = find(request, pk)
    service(bulletin=found, by=request.user, now=clock.now(), **more)
    messages.success(request, told)
    return pages.go(request, "reporting:bulletin", found.pk)


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep other words, and if asked new figures, as the next version."""
    seen, balance = request.POST.get("seen", ""), request.POST.get("balance", "")
    return _move(
        request,
        pk,
        services.edit,
        _("已保存为新版本。"),
        seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0,
        remarks=request.POST.get("remarks", ""),
        recount=request.POST.get("recount") == "1",
        balance=balance if balance in arithmetic.BALANCES else "",
    )


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.submit, _("已提交审批。"))


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def recall(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.recall, _("已撤回，可以继续修改。"))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def send_back(request: HttpRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    return _move(request, pk, services.send_back, _("已退回修改。"), reason=reason)


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    told = _("已审批通过。")
    return _move(request, pk, services.approve, told, seen=seen_version(request))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.issue, _("已编号印发。"))


@policy.needs(Permission.REPORT_APPROVE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    return _move(request, pk, services.publish, _("已向社会公开。"))


@policy.needs(Permission.REPORT_EDIT)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a correction of an issued bulletin and go to it."""
    made = corrections.correct(
        bulletin=find(request, pk),
        note=request.POST.get("note", ""),
        occasion=request.POST.get("occasion", "")[:60] or uuid4().hex,
        recount=request.POST.get("recount") == "1",
        by=request.user,
        now=clock.now(),
    )
    return pages.go(request, "reporting:bulletin", made.pk)


# -- public ----------------------------------------------------------------------------------------


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Published bulletins, newest first."""
    found = Bulletin.objects.published().select_related("organisation")
    page = keyset(found, request.GET, order=("-published_at", "-pk"))
    return pages.render(request, "reporting/public_bulletins.html", context={"page": page})


def _published(pk: int) -> Bulletin:
    return get_object_or_404(Bulletin.objects.published().select_related(*RELATED), pk=pk)


@policy.public
@require_GET
def public_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A published bulletin as it was printed. No names, no single case, no inner remarks."""
    found = _published(pk)
    version = found.current_version
    made, heads = services.made_of(found), services.heads_of(found)
    context = {
        "bulletin": found,
        "shown": showing.page_of(made, heads, version.remarks),
        # That there is one is no secret, though what it says may not be public yet.
        "corrections": found.corrections.filter(state__in=OUT),
    }
    return pages.render(request, "reporting/public_bulletin.html", context=context)


@policy.public
@require_GET
def public_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The printed PDF of a published bulletin."""
    stored = _published(pk).current_version.pdf
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
