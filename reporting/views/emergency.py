"""Emergency plans: the register, writing, filing with a receipt, review, versions, drills."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from core import clock, files, pages, policy, sla
from core.components import Change, Tab
from core.errors import Refused
from core.sheets.writer import Out
from reporting import shortage
from reporting.emergency_forms import (
    ACCEPT,
    DecideForm,
    DrillForm,
    FileForm,
    PlanForm,
    SectionsForm,
)
from reporting.models import EmergencyPlan, EmergencyPlanFile, EmergencyPlanVersion
from reporting.queries import emergency as queries
from reporting.queries.emergency import Row
from reporting.queries.executions import number
from reporting.services import emergency as services
from reporting.views import workbooks
from reporting.workflow import emergency as workflow
from reporting.workflow.emergency import State

VIEW, DRAFT = Permission.FILING_VIEW, Permission.FILING_DRAFT
CERTIFY, REVIEW = Permission.FILING_CERTIFY, Permission.FILING_REVIEW
VIEWS: dict[str, tuple[Any, Any]] = {
    "all": (gettext_lazy("全部"), lambda row: True),
    "waiting": (
        gettext_lazy("待办理"),
        lambda row: row.version.state in (State.FILED, State.RECEIVED),
    ),
    "returned": (State.RETURNED.label, lambda row: row.version.state == State.RETURNED),
    "lacking": (gettext_lazy("内容不全"), lambda row: bool(row.lacking)),
    "drill": (gettext_lazy("逾期未演练"), lambda row: row.drill_late),
    "late": (gettext_lazy("逾期"), lambda row: bool(row.late)),
}


def _rows(request: HttpRequest) -> list[Row]:
    plans = queries.seen(request.user).order_by("organisation__path", "title")
    return list(queries.rows(plans, request.user, now=clock.now()))


def _view(request: HttpRequest) -> str:
    view = request.GET.get("view", "")
    return view if view in VIEWS else "all"


@policy.needs(VIEW)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """The register: each plan with what it lacks and when it was drilled."""
    return _list(request)


def _list(request: HttpRequest, form: PlanForm | None = None) -> HttpResponse:
    listed, view = _rows(request), _view(request)
    shown = form or PlanForm(user=request.user)
    context = {
        "tabs": [
            Tab(label, f"?view={key}", key == view, sum(1 for row in listed if fits(row)))
            for key, (label, fits) in VIEWS.items()
        ],
        "view": view,
        "rows": [row for row in listed if VIEWS[view][1](row)],
        "without": queries.without_plan(request.user),
        "sections": shortage.sections(on=clock.today()),
        "rule": shortage.rule("drill_interval", on=clock.today()),
        "new_form": shown if shown.open else None,
        "export_url": f"{reverse('reporting:emergency_export')}?view={view}",
    }
    status = pages.status_of(form) if form else 200
    page = "reporting/supply/emergency_plans.html"
    return pages.render(request, page, context=context, status=status)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The register as a workbook."""
    fits = VIEWS[_view(request)][1]
    listed = [row for row in _rows(request) if fits(row)]
    columns = [
        Out("organisation", _("编制单位"), 28),
        Out("title", _("预案名称"), 36),
        Out("version", _("版本"), 8),
        Out("state", _("状态"), 12),
        Out("approved_on", _("批准日期"), 12),
        Out("filed_at", _("报备时间"), 18),
        Out("receipt", _("回执编号"), 26),
        Out("lacking", _("缺少内容"), 40),
        Out("last_drill", _("最近演练"), 12),
        Out("drill_due", _("下次演练期限"), 14),
        Out("late", _("逾期"), 14),
    ]
    lines = [
        {
            "organisation": row.plan.organisation.name,
            "title": row.plan.title,
            "version": row.version.number,
            "state": row.version.get_state_display(),
            "approved_on": row.version.approved_on,
            "filed_at": workbooks.instant(row.version.filed_at),
            "receipt": row.version.receipt_number,
            "lacking": "；".join(row.lacking),
            "last_drill": row.last_drill,
            "drill_due": row.drill_due,
            "late": row.late,
        }
        for row in listed
    ]
    return workbooks.export(request, columns, lines, title=_("应急预案"), count=len(lines))


@policy.needs(DRAFT)
@require_POST
def new(request: HttpRequest) -> HttpResponse:
    """Begin a plan."""
    form = PlanForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.begin, **given):
            return pages.go(request, "reporting:emergency_edit", made.pk)
    return _list(request, form)


def find(request: HttpRequest, pk: int) -> EmergencyPlan:
    """The plan, if it is in sight; else 404."""
    return get_object_or_404(queries.seen(request.user), pk=pk)


@policy.needs(VIEW)
@require_safe
def plan(request: HttpRequest, pk: int) -> HttpResponse:
    """One plan: what it says, who approved it, the receipt, the review, its drills."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, one: EmergencyPlan, **bound: Any) -> HttpResponse:
    now, user = clock.now(), request.user
    row = next(queries.rows([one], user, now=now))
    version = row.version
    asked = request.GET.get("version", "")
    seen = one.versions.filter(pk__in=EmergencyPlanVersion.objects.visible_to(user))
    if number(asked):
        version = get_object_or_404(seen, number=int(asked))
    sections = shortage.sections(on=clock.today())
    current = version.pk == one.current_version_id
    inside = queries.inside(user, one)
    context = {
        "plan": one,
        "row": row,
        "version": version,
        "current": current,
        "inside": inside,
        "lamp": queries.LAMPS[State(version.state)],
        "sections": [{**each, "text": version.sections.get(each["code"], "")} for each in sections],
        "versions": seen.order_by("-number"),
        "files": version.files.select_related("file"),
        "drills": one.drills.select_related("entered_by"),
        "due_lamp": sla.lamp(now, version.due_at, done=version.filed_at is not None),
        "refusals": _refusals(one, user) if current else {},
        "file_refusal": services.file_refusal(version, on=clock.today())
        or workflow.refusal(workflow.FILE, one, by=user),
        "accept": files.accept(services.PURPOSE),
        "drill_form": (bound.get("drill_form") or DrillForm(initial={"held_on": clock.today()}))
        if not services.draft_refusal(one.organisation, by=user)
        else None,
        "decide_form": bound.get("decide_form") or DecideForm(sections=sections),
        "file_form": bound.get("file_form") or FileForm(),
    }
    status = pages.status_of(*bound.values()) if bound else 200
    page = "reporting/supply/emergency_plan.html"
    return pages.render(request, page, context=context, status=status)


def _refusals(one: EmergencyPlan, user: Any) -> dict[str, str]:
    """Why the person may not make each move now; empty: they may."""
    return {move.name: workflow.refusal(move, one, by=user) for move in workflow.MOVES}


@policy.needs(DRAFT)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Write the sections of the draft."""
    one = find(request, pk)
    if not queries.inside(request.user, one):
        raise Http404
    version = one.current_version
    assert version is not None
    if why_not := workflow.refusal(workflow.SAVE, one, by=request.user):
        raise Refused(why_not)
    sections = shortage.sections(on=clock.today())
    if request.method != "POST":
        return _edit(request, one, SectionsForm(sections=sections, version=version))
    form = SectionsForm(request.POST, sections=sections)
    if form.is_valid():
        given = {**form.answers(), "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.save, plan=one, **given):
            messages.success(request, _("已保存。"))
            return pages.go(request, "reporting:emergency_plan", pk)
    return _edit(request, one, form)


def _edit(request: HttpRequest, one: EmergencyPlan, form: SectionsForm) -> HttpResponse:
    context = {"plan": one, "form": form, "version": one.current_version}
    return pages.render(request, "reporting/supply/emergency_edit.html", context=context)


@policy.needs(CERTIFY)
@require_POST
def file(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person files the plan; the receipt follows."""
    one, seen = find(request, pk), request.POST.get("seen", "")
    version = services.file(
        one, seen=int(seen) if number(seen) else -1, by=request.user, now=clock.now()
    )
    text = _("已报备，回执编号%(number)s。") % {"number": version.receipt_number}
    messages.success(request, text)
    return pages.go(request, "reporting:emergency_plan", pk)


@policy.needs(REVIEW)
@require_POST
def receive(request: HttpRequest, pk: int) -> HttpResponse:
    """The office takes the plan in."""
    services.receive(find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已接收。"))
    return pages.go(request, "reporting:emergency_plan", pk)


@policy.needs(REVIEW)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Accept or return."""
    one = find(request, pk)
    form = DecideForm(request.POST, sections=shortage.sections(on=clock.today()))
    if form.is_valid():
        given = {
            "accepted": form.cleaned_data["decision"] == ACCEPT,
            "comment": form.cleaned_data["comment"],
            "deficient": form.deficient(),
        }
        given |= {"by": request.user, "now": clock.now()}
        if pages.attempt(form, services.decide, plan=one, **given):
            messages.success(request, _("审核决定已作出。"))
            return pages.go(request, "reporting:emergency_plan", pk)
    return _page(request, one, decide_form=form)


@policy.needs(DRAFT)
@require_POST
def revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin the next version."""
    services.revise(find(request, pk), by=request.user, now=clock.now())
    return pages.go(request, "reporting:emergency_edit", pk)


@policy.needs(DRAFT)
@require_POST
def drill(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down a drill."""
    one, form = find(request, pk), DrillForm(request.POST)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if pages.attempt(form, services.hold_drill, plan=one, **given):
            messages.success(request, _("演练已登记。"))
            return pages.go(request, "reporting:emergency_plan", pk)
    return _page(request, one, drill_form=form)


@policy.needs(DRAFT)
@require_POST
def attach(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a file."""
    one, form = find(request, pk), FileForm(request.POST, request.FILES)
    if form.is_valid():
        upload = form.cleaned_data["upload"]
        given = {"upload": upload, "name": upload.name or "", "by": request.user}
        if pages.attempt(form, services.attach, plan=one, **given, now=clock.now()):
            messages.success(request, _("附件已上传。"))
            return pages.go(request, "reporting:emergency_plan", pk)
    return _page(request, one, file_form=form)


@policy.needs(DRAFT)
@require_POST
def detach(request: HttpRequest, pk: int, file_pk: int) -> HttpResponse:
    """Take a file off the draft."""
    one = find(request, pk)
    versions = EmergencyPlanVersion.objects.visible_to(request.user).filter(plan=one)
    kept = get_object_or_404(
        EmergencyPlanFile.objects.filter(version__in=versions).select_related(
            "version__plan", "file"
        ),
        pk=file_pk,
    )
    services.detach(kept, by=request.user, now=clock.now())
    messages.success(request, _("已删除附件。"))
    return pages.go(request, "reporting:emergency_plan", pk)


@policy.needs(VIEW)
@require_safe
def diff(request: HttpRequest, pk: int) -> HttpResponse:
    """Two versions side by side: the last two, or those that the address names."""
    one = find(request, pk)
    seen = EmergencyPlanVersion.objects.visible_to(request.user).filter(plan=one)
    listed = list(seen.order_by("number"))
    if len(listed) < 2:
        raise Refused(_("只有一个版本，没有可比较的内容。"))
    by_number = {str(version.number): version for version in listed}
    after = by_number.get(request.GET.get("after", ""), listed[-1])
    before = by_number.get(request.GET.get("before", ""), listed[max(0, listed.index(after) - 1)])
    context = {
        "plan": one,
        "before": before,
        "after": after,
        "versions": listed,
        "changes": changes(before, after),
    }
    return pages.render(request, "reporting/supply/emergency_diff.html", context=context)


def changes(before: EmergencyPlanVersion, after: EmergencyPlanVersion) -> list[Change]:
    """What changed from one version to another, section by section, the same left out."""
    found = []
    for one in shortage.sections(on=clock.today()):
        was, now = (v.sections.get(one["code"], "") for v in (before, after))
        if was != now:
            kind = "added" if not was else "removed" if not now else "changed"
            found.append(Change(kind, one["title"], was, now))
    for label, name in ((_("批准单位"), "approval_body"), (_("批准文号"), "approval_number")):
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            found.append(Change("changed", label, was, now))
    if before.approved_on != after.approved_on:
        found.append(Change("changed", _("批准日期"), before.approved_on, after.approved_on))
    was, now = (list(v.files.values_list("file__name", flat=True)) for v in (before, after))
    found += [Change("added", _("附件"), "", name) for name in now if name not in was]
    found += [Change("removed", _("附件"), name, "") for name in was if name not in now]
    return found
