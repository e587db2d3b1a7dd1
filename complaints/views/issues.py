"""Reports of hot and hard issues: what companies fill in, and what regulators read beside cases."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from accounts.reach import workplaces
from complaints import issue_forms, queries
from complaints.analysis import issues as beside
from complaints.analysis.tabs import section
from complaints.issue_forms import IssueRows, ReportForm
from complaints.models import HotIssueReport
from complaints.services import issues as services
from complaints.services.records import Faulty
from core import clock, pages, policy
from core.errors import Refused
from core.paging import keyset

LAMPS = {"draft": "ok", "submitted": "done", "replaced": "pause"}
HANDLE = Permission.CASE_HANDLE


def find(request: HttpRequest, pk: int) -> HotIssueReport:
    """The report, if it is in sight; else 404."""
    seen = HotIssueReport.objects.visible_to(request.user)
    return get_object_or_404(seen.select_related("organisation", "submitted_by"), pk=pk)


def _reporter(request: HttpRequest) -> bool:
    return any(place.is_company for place in workplaces(request.user, HANDLE))


@policy.needs(Permission.CASE_VIEW)
@require_safe
def issue_list(request: HttpRequest) -> HttpResponse:
    """Reports in sight, the newest period first."""
    seen = HotIssueReport.objects.visible_to(request.user).select_related("organisation")
    page = keyset(seen, request.GET, order=("-last_day", "-pk"))
    context = {
        "tabs": section("issues"),
        "page": page,
        "lamps": LAMPS,
        "may_report": _reporter(request),
    }
    return pages.render(request, "complaints/issue_list.html", context=context)


@policy.needs(Permission.CASE_VIEW)
@require_safe
def issue_report(request: HttpRequest, pk: int) -> HttpResponse:
    """One report beside what the cases say."""
    return _page(request, find(request, pk))


def _page(request: HttpRequest, report: HotIssueReport, status: int = 200) -> HttpResponse:
    now = clock.now()
    compared = beside.compare(report, request.user, now=now)
    labels = queries.Labels()
    on = clock.at(report.last_day)
    refusal = services.refusal(report.organisation, by=request.user)
    state = HotIssueReport.State
    context = {
        "tabs": section("issues"),
        "report": report,
        "lamp": LAMPS[report.state],
        "compared": compared,
        "rows": [(row, _subject(row.issue.category, labels, on)) for row in compared.issues],
        "unnamed": [(one, _subject(one.category, labels, on)) for one in compared.unnamed],
        "may_edit": report.state == state.DRAFT and not refusal,
        "may_correct": report.state == state.SUBMITTED and not refusal,
        "versions": HotIssueReport.objects.visible_to(request.user)
        .filter(
            organisation=report.organisation,
            first_day=report.first_day,
            last_day=report.last_day,
        )
        .exclude(pk=report.pk),
    }
    return pages.render(request, "complaints/issue_report.html", context=context, status=status)


def _subject(category: str, labels: queries.Labels, on: Any) -> str:
    return labels.of("category", category, at=on) if category else ""


@policy.needs(HANDLE)
def new(request: HttpRequest) -> HttpResponse:
    """Begin the report of a period."""
    if not _reporter(request):
        raise Refused(_("焦点、难点问题由供电企业报送。"))
    return _edit(request, None)


@policy.needs(HANDLE)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on with a draft."""
    report = find(request, pk)
    if why_not := services.refusal(report.organisation, by=request.user):
        raise Refused(why_not)
    if report.state != HotIssueReport.State.DRAFT:
        raise Refused(_("报告已经报送。"))
    return _edit(request, report)


def _edit(request: HttpRequest, report: HotIssueReport | None) -> HttpResponse:
    today = clock.today()
    common: dict[str, Any] = {"user": request.user, "today": today, "report": report}
    choices = {"categories": issue_forms.categories(report.last_day if report else today)}
    if request.method != "POST":
        form = ReportForm(initial=_initial(report), **common)
        rows = IssueRows(initial=_rows(report), form_kwargs=choices, prefix="issues")
        return _form(request, form, rows, report)
    form = ReportForm(request.POST, **common)
    rows = IssueRows(request.POST, form_kwargs=choices, prefix="issues")
    # Both, so that all mistakes are seen at once.
    if all([form.is_valid(), rows.is_valid()]):
        content, told = issue_forms.content(form, rows)
        try:
            kept = services.keep(
                organisation=report.organisation if report else form.cleaned_data["organisation"],
                period=report.period if report else form.chosen,
                content=content,
                by=request.user,
                now=clock.now(),
            )
        except Faulty as fault:
            issue_forms.show(form, rows, fault.errors, told)
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            messages.success(request, _("已保存。"))
            more = "more" in request.POST
            return pages.go(request, f"complaints:issue_{'edit' if more else 'report'}", kept.pk)
    return _form(request, form, rows, report)


def _initial(report: HotIssueReport | None) -> dict[str, Any]:
    names = ("received", "complaints", "summary")
    return {name: getattr(report, name) for name in names} if report else {}


def _rows(report: HotIssueReport | None) -> list[dict[str, Any]]:
    if report is None:
        return []
    return [dict(vars(issue)) for issue in services.content_of(report).issues]


def _form(
    request: HttpRequest, form: ReportForm, rows: Any, report: HotIssueReport | None
) -> HttpResponse:
    wrong = pages.status_of(form, *rows.forms) if form.is_bound else 200
    context = {"form": form, "rows": rows, "report": report}
    return pages.render(request, "complaints/issue_edit.html", context=context, status=wrong)


@policy.needs(HANDLE)
@require_POST
def submit(request: HttpRequest, pk: int) -> HttpResponse:
    report = services.submit(report=find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已报送。"))
    return pages.go(request, "complaints:issue_report", report.pk)


@policy.needs(HANDLE)
@require_POST
def correct(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a corrected version."""
    reason = request.POST.get("reason", "")
    draft = services.correct(
        report=find(request, pk), reason=reason, by=request.user, now=clock.now()
    )
    return pages.go(request, "complaints:issue_edit", draft.pk)


@policy.needs(HANDLE)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a draft away."""
    report = find(request, pk)
    if report.state != HotIssueReport.State.DRAFT:
        raise Http404
    services.drop(report=report, by=request.user, now=clock.now())
    messages.success(request, _("草稿已删除。"))
    return pages.go(request, "complaints:issues")
