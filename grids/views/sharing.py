"""Sharing with government platforms: agreements, jobs, exchanges, records that came in.

Source: grid standard 4.3.1, 5.5.1 (S2-4.3.1a to S2-4.3.1c, S2-5.5.1a).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Tab
from core.paging import keyset
from core.sheets.writer import Out
from grids import sharing_presenting as presenting
from grids.models import Exchange, ExchangeJob, SharedRecord, SharingAgreement
from grids.queries import sharing as queries
from grids.queries.sharing import Filters
from grids.services import exchanging, providing, settling
from grids.services import sharing as services
from grids.sharing import fields as catalogue
from grids.sharing.moves import AgreementMove, AgreementState, Match
from grids.sharing_forms import AgreementForm, DecisionForm, JobForm, SettleForm, UploadForm
from grids.views import workbooks

VIEW, MANAGE = Permission.SHARING_VIEW, Permission.SHARING_MANAGE
APPROVE = Permission.SHARING_APPROVE
MOST_SHOWN = 1000


def find(request: HttpRequest, pk: int) -> SharingAgreement:
    """The agreement, if it is in sight; otherwise there is none (404)."""
    seen = SharingAgreement.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related(*services.RELATED), pk=pk)


def find_job(request: HttpRequest, pk: int) -> ExchangeJob:
    seen = ExchangeJob.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("agreement__company"), pk=pk)


@policy.needs(VIEW)
@require_safe
def agreements(request: HttpRequest) -> HttpResponse:
    """Agreements in sight, the latest first."""
    now = clock.now()
    rows = SharingAgreement.objects.visible_to(request.user).select_related(*services.RELATED)
    page = keyset(rows, request.GET, order=("-drafted_at", "-pk"))
    context = {
        "sections": presenting.sections(request.user, "agreements"),
        "page": page,
        "rows": [presenting.agreement(one, now=now) for one in page],
        "may_propose": request.user.can(MANAGE),
    }
    return pages.render(request, "grids/sharing/agreements.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def agreement_new(request: HttpRequest) -> HttpResponse:
    """Draft an agreement."""
    given = (request.POST,) if request.method == "POST" else ()
    form = AgreementForm(*given, user=request.user)
    if form.is_bound and form.is_valid():
        made = pages.attempt(
            form, services.propose, terms=form.terms(), by=request.user, now=clock.now()
        )
        if made is not None:
            messages.success(request, _("已登记，编号%(number)s。") % {"number": made.number})
            return pages.go(request, "grids:agreement", made.pk)
    return pages.render(request, "grids/sharing/agreement_new.html", context={"form": form})


@policy.needs(VIEW)
@require_safe
def agreement(request: HttpRequest, pk: int) -> HttpResponse:
    """One agreement: what is shared, its jobs, its last exchanges, what matched."""
    return _agreement(request, find(request, pk))


def _agreement(request: HttpRequest, found: SharingAgreement, bound: Any = None) -> HttpResponse:
    user, now = request.user, clock.now()
    moves = []
    for move in AgreementMove:
        if not services.refusal(move, found, by=user):
            mine = isinstance(bound, DecisionForm) and bound.move is move
            form = bound if mine else DecisionForm(move=move)
            url = reverse(f"grids:agreement_{move.value}", args=[found.pk])
            moves.append({"move": move, "form": form, "url": url, "open": mine})
    may_set_up = services.works_for(user, MANAGE, found.company)
    receives = found.decided_by is not None and found.direction != services.Direction.OUT
    kept = services.kept_until(found) if receives else None
    context = {
        "agreement": found,
        "row": presenting.agreement(found, now=now),
        "kept_until": kept,
        "forgotten": kept is not None and kept < clock.day_of(now),
        "moves": moves,
        "why_not": services.refusal(AgreementMove.APPROVE, found, by=user)
        if found.state == AgreementState.ASKED
        else "",
        "jobs": [(job, queries.due_on(job)) for job in found.jobs.order_by("pk")],
        "job_form": (bound if isinstance(bound, JobForm) else JobForm()) if may_set_up else None,
        "exchanges": found.exchanges.select_related("by").order_by("-at", "-pk")[:10],
        "counts": _counted(user, Filters(agreement=str(found.pk))),
        "form": bound,
    }
    return pages.render(request, "grids/sharing/agreement.html", context=context)


def _counted(user: Any, filters: Filters) -> list[tuple[Any, int, str]]:
    found = queries.counts(user, filters)
    labels = {"": _("接收"), **dict(Match.choices)}
    base = reverse("grids:shared_records")
    return [
        (label, found[state], f"{base}?{filters.query(state=state)}")
        for state, label in labels.items()
    ]


@policy.needs(APPROVE)
@require_POST
def decide(request: HttpRequest, pk: int, move: AgreementMove) -> HttpResponse:
    """Approve, refuse or end an agreement."""
    found, form = find(request, pk), DecisionForm(request.POST, move=move)
    if form.is_valid():
        note = form.cleaned_data["note"]
        given = {"move": move, "note": note, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.decide, agreement=found, **given) is not None:
            messages.success(request, _("已办理“%(move)s”。") % {"move": move.label})
            return pages.go(request, "grids:agreement", found.pk)
    return _agreement(request, found, form)


@policy.needs(MANAGE)
@require_POST
def job_new(request: HttpRequest, pk: int) -> HttpResponse:
    """Set up a job under an agreement."""
    found, form = find(request, pk), JobForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        made = pages.attempt(form, services.set_up, agreement=found, **given)
        if made is not None:
            return pages.go(request, "grids:exchange_job", made.pk)
    return _agreement(request, found, form)


@policy.needs(VIEW)
@require_safe
def job(request: HttpRequest, pk: int) -> HttpResponse:
    """One job: which column is which field, and what was exchanged by it."""
    return _job(request, find_job(request, pk))


def _job(
    request: HttpRequest, found: ExchangeJob, form: Any = None, problems: Any = ()
) -> HttpResponse:
    today, known = clock.today(), catalogue.known()
    names = {"number": _("编号"), "as_of": _("数据日期")}
    context = {
        "job": found,
        "pairs": [
            (pair["theirs"], known.get(pair["ours"]), label)
            for pair in found.pairs
            for label in [names.get(pair["ours"], catalogue.titles([pair["ours"]]))]
        ],
        "due": queries.due_on(found),
        "why_not": exchanging.job_refusal(found, by=request.user, on=today),
        "form": form or UploadForm(),
        "problems": list(problems)[:MOST_SHOWN],
        "exchanges": found.exchanges.select_related("by").order_by("-at", "-pk")[:20],
    }
    status = pages.UNPROCESSABLE if problems else None
    return pages.render(request, "grids/sharing/job.html", context=context, status=status)


@policy.needs(MANAGE)
@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file in: all of it or nothing, every error at its cell."""
    found = find_job(request, pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _job(request, found, form)
    upload = form.cleaned_data["upload"]
    given = {"name": upload.name, "by": request.user, "now": clock.now()}
    outcome = pages.attempt(form, exchanging.take_file, job=found, upload=upload, **given)
    if outcome is None or not outcome.ok:
        return _job(request, found, form, outcome.problems if outcome else ())
    made = outcome.exchange
    text = _("已接收%(rows)d条：新增%(created)d，更新%(changed)d，未变%(unchanged)d。")
    names = ("rows", "created", "changed", "unchanged")
    messages.success(request, text % {name: getattr(made, name) for name in names})
    return pages.go(request, "grids:exchange_job", found.pk)


@policy.needs(MANAGE)
@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Hand out the file of a job; who took it, and its hash, stand in the log before."""
    found = find_job(request, pk)
    target, made = providing.give_file(found, by=request.user, now=clock.now())
    response = FileResponse(
        target, as_attachment=True, filename=made.name, content_type="text/csv; charset=utf-8"
    )
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(VIEW)
@require_safe
def exchanges(request: HttpRequest) -> HttpResponse:
    """The log: who exchanged what, when, under which agreement."""
    filters = Filters.of(request.GET)
    rows = filters.exchanges(request.user)
    related = rows.select_related("agreement__company", "agreement__government", "by")
    page = keyset(related, request.GET, order=("-at", "-pk"))
    context = {
        "sections": presenting.sections(request.user, "exchanges"),
        "filters": filters,
        "directions": ExchangeJob.Direction.choices,
        "ways": Exchange.Way.choices,
        "page": page,
        "rows": [(one, catalogue.titles(one.fields)) for one in page],
        "total": rows.count(),
        "export_url": f"{reverse('grids:exchanges_export')}?{filters.query()}",
    }
    return pages.render(request, "grids/sharing/exchanges.html", context=context)


@policy.needs(VIEW)
@require_safe
def exchanges_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook."""
    rows = Filters.of(request.GET).exchanges(request.user)
    columns = [
        *(Out("at", _("时间"), 20), Out("agreement", _("协议编号"), 22)),
        *(Out("company", _("供电企业"), 20), Out("government", _("政府部门"), 24)),
        *(Out("direction", _("方向")), Out("way", _("方式")), Out("rows", _("条数"))),
        *(Out("fields", _("字段"), 30), Out("who", _("经办"), 18), Out("name", _("文件名"), 24)),
        Out("digest", _("内容摘要（SHA-256）"), 40),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        related = rows.select_related("agreement__company", "agreement__government", "by")
        for one in related.order_by("-at", "-pk").iterator(chunk_size=1000):
            yield {
                "at": one.at,
                "agreement": one.agreement.number,
                "company": one.agreement.company.name,
                "government": one.agreement.government.name,
                "direction": one.get_direction_display(),
                "way": one.get_way_display(),
                "rows": one.rows,
                "fields": catalogue.titles(one.fields),
                "who": one.by.name if one.by else one.client,
                "name": one.name,
                "digest": one.digest,
            }

    return workbooks.export(request, columns, lines(), title=_("交换记录"), count=rows.count())


@policy.needs(VIEW)
@require_safe
def records(request: HttpRequest) -> HttpResponse:
    """Records that came in: the same, different, or of nobody we know."""
    filters = Filters.of(request.GET)
    rows = filters.records(request.user)
    related = rows.select_related("agreement__government", "archive")
    page = keyset(related, request.GET, order=("-received_at", "-pk"))
    context = {
        "sections": presenting.sections(request.user, "records"),
        "filters": filters,
        "views": [
            Tab(label, url, filters.state == state, n)
            for (label, n, url), state in zip(
                _counted(request.user, filters), ("", *Match.values), strict=True
            )
        ],
        "page": page,
        "rows": [presenting.record(one) for one in page],
        "both": presenting.inside(request.user),
        "total": rows.count(),
        "export_url": f"{reverse('grids:shared_export')}?{filters.query()}",
    }
    return pages.render(request, "grids/sharing/records.html", context=context)


@policy.needs(VIEW)
@require_safe
def records_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook: numbers and fields, nothing of customers."""
    rows, both = Filters.of(request.GET).records(request.user), presenting.inside(request.user)
    columns = [
        *(Out("number", _("政府平台编号"), 22), Out("agreement", _("协议编号"), 22)),
        *(Out("as_of", _("数据日期"), 12), Out("state", _("匹配结果"))),
        *(Out("archive", _("档案编号"), 18), Out("differences", _("差异字段"), 30)),
        Out("note", _("核实说明"), 30),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        related = rows.select_related("agreement", "archive").defer("values")
        for one in related.order_by("-received_at", "-pk").iterator(chunk_size=1000):
            yield {
                "number": one.number,
                "agreement": one.agreement.number,
                "as_of": one.as_of,
                "state": one.get_state_display(),
                "archive": one.archive.number if one.archive and both else "",
                "differences": catalogue.titles(one.differences),
                "note": one.note if both else "",
            }

    return workbooks.export(request, columns, lines(), title=_("匹配结果"), count=rows.count())


def find_record(request: HttpRequest, pk: int) -> SharedRecord:
    seen = SharedRecord.objects.visible_to(request.user)
    related = ("agreement__company", "agreement__government", "settled_by", "archive__area")
    more = ("archive__grid", "archive__government_grid")
    return get_object_or_404(seen.select_related(*related, *more), pk=pk)


@policy.needs(VIEW)
@require_safe
def record(request: HttpRequest, pk: int) -> HttpResponse:
    """One record: both sides field by field, masked."""
    return _record(request, find_record(request, pk))


def _record(request: HttpRequest, found: SharedRecord, form: Any = None) -> HttpResponse:
    may = services.works_for(request.user, MANAGE, found.agreement.company)
    conflict = may and found.state == Match.CONFLICT and found.archive is not None
    over = settling.over_refusal(found, on=clock.today()) if conflict else ""
    open_ = conflict and not over
    context = {
        "record": found,
        "row": presenting.record(found),
        "compared": presenting.compared(found),
        "both": presenting.inside(request.user),
        "over": over,
        "kept_until": services.kept_until(found.agreement),
        "form": form or (SettleForm(record=found) if open_ else None),
    }
    return pages.render(request, "grids/sharing/record.html", context=context)


@policy.needs(MANAGE)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of each difference who is right."""
    found = find_record(request, pk)
    form = SettleForm(request.POST, record=found)
    if form.is_valid():
        given = {"take": form.taken(), "note": form.cleaned_data["note"], "by": request.user}
        if pages.attempt(form, settling.settle, record=found, **given, now=clock.now()):
            messages.success(request, _("已核实。"))
            return pages.go(request, "grids:shared_record", found.pk)
    return _record(request, found, form)
