"""Warnings and ordered use: the log, one event with its rows, sums and deviations, its moves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy, sla
from core.arithmetic import grouped
from core.components import Event, Stat, Tab
from core.errors import Refused
from core.paging import keyset
from reporting import deviations, sheets, shortage
from reporting.models import Activation, ExecutionRow, FindingProposal
from reporting.plans.rules import Rules
from reporting.queries import executions as queries
from reporting.queries.executions import RowFilters, Sums
from reporting.services import activations as services
from reporting.services import executions as rows_services
from reporting.supply_forms import (
    AdjustForm,
    AnnounceForm,
    ReasonForm,
    ReleaseForm,
    RowForm,
    StartForm,
    UploadForm,
)
from reporting.templatetags.supply import kilo
from reporting.views import workbooks
from reporting.workflow import activation as workflow

VIEW, DRAFT, CERTIFY = Permission.FILING_VIEW, Permission.FILING_DRAFT, Permission.FILING_CERTIFY
ROWS = 50
S = workflow.State
VIEWS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "all": (gettext_lazy("全部"), tuple(S.values)),
    "announced": (S.ANNOUNCED.label, (S.ANNOUNCED,)),
    "active": (S.ACTIVE.label, (S.ACTIVE,)),
    "released": (gettext_lazy("待报送执行情况"), (S.RELEASED,)),
    "reported": (S.REPORTED.label, (S.REPORTED,)),
}
LAMPS = {S.ANNOUNCED: "near", S.ACTIVE: "late", S.RELEASED: "ok", S.REPORTED: "done"}
MOVES: dict[str, Any] = {move.name: move.label for move in (*workflow.MOVES,)}


@policy.needs(VIEW)
@require_safe
def activations(request: HttpRequest) -> HttpResponse:
    """The log of warnings and activations."""
    return _list(request)


def _list(request: HttpRequest, form: AnnounceForm | None = None) -> HttpResponse:
    now, user = clock.now(), request.user
    filters = RowFilters.of(request.GET)
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "all"
    found = filters.events(user).select_related("organisation", "plan")
    page = keyset(
        found.filter(state__in=VIEWS[view][1]),
        request.GET,
        order=("-announced_at", "-pk"),
        size=ROWS,
    )
    sums = queries.sums(ExecutionRow.objects.filter(activation__in=list(page)), "activation")
    shown = form or AnnounceForm(
        user=user, today=clock.today(), initial={"announced_at": clock.now()}
    )
    kept = filters.query()
    context = {
        "tabs": [
            Tab(label, f"?view={key}&{kept}", key == view, found.filter(state__in=states).count())
            for key, (label, states) in VIEWS.items()
        ],
        "view": view,
        "filters": filters,
        "units": queries.units(user),
        "page": page,
        "rows": [
            {
                "one": one,
                "lamp": LAMPS[S(one.state)],
                "sums": sums.get((one.pk,), Sums()),
                "late": is_late(one, now=now),
                "filters": RowFilters(event=str(one.pk)),
            }
            for one in page
        ],
        "new_form": shown if shown.open else None,
    }
    status = pages.status_of(form) if form else 200
    page_name = "reporting/supply/activations.html"
    return pages.render(request, page_name, context=context, status=status)


def rules_of(one: Activation) -> Rules:
    """The rules of ordered use in force when the warning came."""
    on = clock.day_of(one.announced_at)
    return shortage.plan_rules(one.organisation, on=on)


def is_late(one: Activation, *, now: Any) -> str:
    """What is overdue about an event, in words; empty when nothing is."""
    if one.state == S.ACTIVE and one.until and now > one.until:
        return _("已过批准执行时间")
    if one.state == S.RELEASED and one.report_due_at and now > one.report_due_at:
        return _("逾期未报送")
    return ""


@policy.needs(DRAFT)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Write a warning down."""
    form = AnnounceForm(request.POST, user=request.user, today=clock.today())
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.announce, **given):
            messages.success(request, _("预警已登记。"))
            return pages.go(request, "reporting:activation", made.pk)
    return _list(request, form)


def find(request: HttpRequest, pk: int) -> Activation:
    """The event, if it is in sight; else 404."""
    seen = Activation.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "plan", "reported_by"), pk=pk)


@policy.needs(VIEW)
@require_safe
def activation(request: HttpRequest, pk: int) -> HttpResponse:
    """One event: its log, sums, deviations, rows, and the forms of whoever keeps it."""
    return shown(request, find(request, pk))


def shown(request: HttpRequest, one: Activation, **bound: Any) -> HttpResponse:
    """The page; ``bound`` are forms that came back."""
    now, user = clock.now(), request.user
    filters = RowFilters(event=str(one.pk))
    sums = queries.sums(filters.rows(user))[()]
    told = deviations.of(one, now=now) if one.started_at else []
    context = {
        "one": one,
        "lamp": LAMPS[S(one.state)],
        "by_share": shortage.grade_of(one.gap_mw, one.peak_mw, rules_of(one)),
        "late": is_late(one, now=now),
        "due_lamp": sla.lamp(now, one.report_due_at, done=one.reported_at is not None),
        "stats": stats(sums, filters),
        "sums": sums,
        "filters": filters,
        "told": told,
        "proposals": _proposals(request, one),
        "events": _log(one),
        "page": keyset(one.rows.all(), request.GET, order=("number", "pk"), size=ROWS),
        "may_enter": not workflow.refusal(workflow.ENTER, one, by=user),
        **_forms(one, request, now, bound),
    }
    status = pages.status_of(*bound.values()) if bound else 200
    page_name = "reporting/supply/activation.html"
    return pages.render(request, page_name, context=context, status=status)


def _proposals(request: HttpRequest, one: Activation) -> dict[str, FindingProposal]:
    """What was proposed of this event, by the key of the deviation; regulators alone see it."""
    prefix = f"activation-{one.pk}-"
    seen = FindingProposal.objects.visible_to(request.user).filter(key__startswith=prefix)
    return {found.key.removeprefix(prefix): found for found in seen}


def _log(one: Activation) -> list[Event]:
    moves = one.moves.select_related("by").order_by("-at", "-pk")
    return [
        Event(
            at=move.at,
            title=MOVES.get(move.move, move.move),
            detail=" · ".join(
                filter(
                    None,
                    (
                        _("%(grade)s级") % {"grade": move.grade} if move.grade else "",
                        move.body,
                        move.number,
                        _("执行至%(time)s") % {"time": workbooks.instant(move.until)}
                        if move.until
                        else "",
                        move.reason,
                    ),
                )
            ),
            by=move.by.name,
        )
        for move in moves
    ]


def _forms(one: Activation, request: HttpRequest, now: Any, bound: dict[str, Any]) -> Any:
    """The forms of the moves that this person may make now."""
    begin = one.started_at or one.announced_at
    made: dict[str, tuple[Any, Any]] = {
        "start_form": (workflow.START, lambda: StartForm(initial={"started_at": now})),
        "adjust_form": (
            workflow.ADJUST,
            lambda: AdjustForm(
                rules=rules_of(one), initial={"at": now, "grade": one.grade, "gap_mw": one.gap_mw}
            ),
        ),
        "release_form": (workflow.RELEASE, lambda: ReleaseForm(initial={"released_at": now})),
        "reopen_form": (workflow.REOPEN, ReasonForm),
        "row_form": (
            workflow.ENTER,
            lambda: RowForm(
                initial={"from_at": begin, "to_at": min(now, begin + timedelta(hours=2))}
            ),
        ),
        "upload_form": (workflow.ENTER, lambda: UploadForm(initial={"seen": one.revision})),
    }
    found = {
        name: bound.get(name) or make()
        for name, (move, make) in made.items()
        if not workflow.refusal(move, one, by=request.user)
    }
    refusal = workflow.refusal(workflow.REPORT, one, by=request.user)
    return {**found, "report_refusal": refusal, "may_report": one.state == S.RELEASED}


def stats(sums: Sums, filters: RowFilters) -> list[Stat]:
    """The statistics of events; each number opens its rows."""
    cut_tone = "late" if sums.cut_lines else "done"
    home_tone = "late" if sums.households else "done"
    control = _("负荷控制%(n)d条，%(mw)s兆瓦") % {"n": sums.terminals, "mw": kilo(sums.terminal)}
    return [
        Stat(_("涉及用户数"), grouped(sums.users), filters.url(only=queries.USERS)),
        Stat(_("错峰负荷（兆瓦）"), kilo(sums.shifted), filters.url(measure="错峰")),
        Stat(_("避峰负荷（兆瓦）"), kilo(sums.avoided), filters.url(measure="避峰")),
        Stat(_("限电负荷（兆瓦）"), kilo(sums.limited), filters.url(measure="限电")),
        Stat(_("拉闸负荷（兆瓦）"), kilo(sums.cut), filters.url(measure="拉闸")),
        Stat(_("拉闸条次"), sums.cut_lines, filters.url(only=queries.CUT), control, cut_tone),
        Stat(_("影响电量（兆瓦时）"), kilo(sums.energy), filters.url()),
        Stat(
            _("影响居民户数"),
            grouped(sums.households),
            filters.url(only=queries.HOMES),
            _("目标为0；涉及居民线路%(n)d条次") % {"n": sums.resident_lines},
            home_tone,
        ),
    ]


def _moved(
    request: HttpRequest, pk: int, name: str, form: Any, service: Any, said: str
) -> HttpResponse:
    """Make one move by its form."""
    one = find(request, pk)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, service, activation=one, **given):
            messages.success(request, said)
            return pages.go(request, "reporting:activation", pk)
    return shown(request, one, **{name: form})


@policy.needs(DRAFT)
@require_POST
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """Carrying out begins."""
    form = StartForm(request.POST)
    return _moved(request, pk, "start_form", form, services.start, _("已启动。"))


@policy.needs(DRAFT)
@require_POST
def adjust(request: HttpRequest, pk: int) -> HttpResponse:
    """Another grade or a later end."""
    form = AdjustForm(request.POST, rules=rules_of(find(request, pk)))
    return _moved(request, pk, "adjust_form", form, services.adjust, _("已调整。"))


@policy.needs(DRAFT)
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """It ends."""
    form = ReleaseForm(request.POST)
    return _moved(request, pk, "release_form", form, services.release, _("已解除。"))


@policy.needs(CERTIFY)
@require_POST
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person reports what was carried out."""
    one = find(request, pk)
    seen = request.POST.get("seen", "")
    seen_number = int(seen) if queries.number(seen) else -1
    services.report(one, seen=seen_number, by=request.user, now=clock.now())
    messages.success(request, _("执行情况已报送。"))
    return pages.go(request, "reporting:activation", pk)


@policy.needs(CERTIFY)
@require_POST
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the report back to correct it."""
    form = ReasonForm(request.POST)
    said = _("可以更正执行记录，更正后请重新报送。")
    return _moved(request, pk, "reopen_form", form, services.reopen, said)


@policy.needs(DRAFT)
@require_POST
def add_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One more row."""
    one, form = find(request, pk), RowForm(request.POST)
    if form.is_valid():
        given = {"values": form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, rows_services.add, activation=one, **given):
            messages.success(request, _("已登记一条执行记录。"))
            return pages.go(request, reverse("reporting:activation", args=[pk]) + "#rows")
    return shown(request, one, row_form=form)


def _enterable(request: HttpRequest, pk: int) -> Activation:
    one = find(request, pk)
    if why_not := workflow.refusal(workflow.ENTER, one, by=request.user):
        raise Refused(why_not)
    return one


@policy.needs(DRAFT)
def edit_row(request: HttpRequest, pk: int, row_pk: int) -> HttpResponse:
    """Change a row, or take it out."""
    one = _enterable(request, pk)
    row = get_object_or_404(one.rows, pk=row_pk)
    row.activation = one
    if request.method == "POST" and request.POST.get("act") == "remove":
        rows_services.remove(row, by=request.user, now=clock.now())
        messages.success(request, _("已删除。"))
        return pages.go(request, reverse("reporting:activation", args=[pk]) + "#rows")
    values = {name: getattr(row, name) for name in rows_services.FIELDS}
    form = RowForm(request.POST) if request.method == "POST" else RowForm(initial=values)
    if request.method == "POST" and form.is_valid():

        def change(**given: Any) -> bool:
            rows_services.change(row, **given)
            return True

        given = {"values": form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, change, **given):
            messages.success(request, _("已保存。"))
            return pages.go(request, reverse("reporting:activation", args=[pk]) + "#rows")
    context = {"one": one, "row": row, "form": form}
    return pages.render(request, "reporting/supply/row.html", context=context)


@policy.needs(DRAFT)
@require_safe
def row_template(request: HttpRequest, pk: int) -> HttpResponse:
    """The workbook with the rows that stand."""
    one, form = find(request, pk), sheets.form("executions")
    rows = [_as_cells(row) for row in one.rows.all()]
    return workbooks.answer(form.template(rows), f"{form.title}.xlsx")


def _as_cells(row: ExecutionRow) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in rows_services.FIELDS}
    local = {n: found[n].astimezone(clock.ZONE).isoformat() for n in ("from_at", "to_at")}
    loads = {n: str(found[n]) for n in ("ordered_kw", "executed_kw")}
    return {**found, **local, **loads}


@policy.needs(DRAFT)
@require_POST
def import_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """All rows of a workbook in place of those that stand, or none."""
    one = _enterable(request, pk)
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return shown(request, one, upload_form=form)
    definition, upload = sheets.form("executions"), form.cleaned_data["upload"]
    read = definition.read(upload, name=upload.name or "")
    if read.problems:
        back = reverse("reporting:activation", args=[pk])
        blank = reverse("reporting:execution_template", args=[pk])
        return workbooks.refused(request, definition, read, back=back, template=blank)
    given = {"rows": read.rows, "seen": form.cleaned_data["seen"]}
    given |= {"by": request.user, "now": clock.now()}
    count = pages.attempt(form, rows_services.replace, activation=one, **given)
    if count is None:
        return shown(request, one, upload_form=form)
    messages.success(request, _("已导入%(n)d条执行记录。") % {"n": count})
    return pages.go(request, reverse("reporting:activation", args=[pk]) + "#rows")
