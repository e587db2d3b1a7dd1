"""The company's pages of returns: what is owed, one return, the grid, the workbook, the check."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from campaign.scope import works_for
from core import clock, pages, policy
from core.components import Tab
from core.errors import Conflict
from core.sheets import values
from core.sheets.values import Unfit
from reporting import forms
from reporting.models import Return, ReturnForm, ReturnVersion
from reporting.parts import ROW_KEY
from reporting.queries import return_content, return_lists
from reporting.returns import definition
from reporting.returns.periods import Period
from reporting.services import return_filing
from reporting.views.common import positive, whole
from reporting.views.parts import workbook_answer
from reporting.views.presenting import shown
from reporting.workflow import returns as workflow
from reporting.workflow.returns import State

RELATED = (
    "form",
    "organisation",
    "recipient",
    "current_version__certified_by",
    "filed_version__certified_by",
    "accepted_version",
)
ROWS_SHOWN = 200
# Problems on one page; the copy with the errors holds all of them.
PROBLEMS_SHOWN = 1000
PAGE = 50


def find(request: HttpRequest, pk: int) -> Return:
    """The return, if it is in the person's sight (else 404)."""
    seen = Return.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


def find_draft(request: HttpRequest, pk: int) -> tuple[Return, ReturnVersion]:
    """A return with its draft, for people of the unit only (else 404)."""
    entry = find(request, pk)
    version = entry.current_version
    if version is None or not is_filer(request, entry):
        raise Http404
    version.entry = entry
    return entry, version


def is_filer(request: HttpRequest, entry: Return) -> bool:
    return works_for(request.user, Permission.FILING_VIEW, entry.organisation)


def period_of(entry: Return) -> str:
    return Period(entry.period_start, entry.period_end).label


@policy.needs(Permission.FILING_VIEW)
@require_GET
def return_list(request: HttpRequest) -> HttpResponse:
    """Returns of one's own units, or of the territory, by state."""
    now = clock.now()
    company = return_lists.is_company(request.user)
    seen = Return.objects.visible_to(request.user)
    returns = return_lists.own(request.user) if company else seen
    views = return_lists.COMPANY_VIEWS if company else return_lists.DESK_VIEWS
    if code := request.GET.get("code", ""):
        returns = returns.filter(code=code)
    if name := request.GET.get("organisation", "").strip():
        returns = returns.filter(organisation__name__contains=name[:60])
    asked = request.GET.get("view", "")
    chosen = next((view for view in views if view.key == asked), views[0])
    page = positive(request.GET.get("page"), 1)
    found = chosen.on(returns).select_related(*return_lists.SHOWN)
    total = found.count()
    listed = list(found[(page - 1) * PAGE : page * PAGE])
    query = f"&code={code}&organisation={name}"
    context = {
        "tabs": [
            Tab(v.label, f"?view={v.key}{query}", v.key == chosen.key, v.on(returns).count())
            for v in views
        ],
        "chosen": chosen,
        "company": company,
        "code": code,
        "organisation": name,
        "forms": _codes(),
        "total": total,
        "page": page,
        "more": total > page * PAGE,
        "more_url": f"?view={chosen.key}{query}&page={page + 1}",
        "rows": [
            {
                "entry": entry,
                "period": period_of(entry),
                "lamp": return_lists.lamp(entry, now=now),
                "words": return_lists.state_words(entry, now=now, filer=company),
            }
            for entry in listed
        ],
    }
    return pages.render(request, "reporting/returns/list.html", context=context)


def _codes() -> list[tuple[str, str]]:
    """Each form once, by the title of its latest version."""
    listed = ReturnForm.objects.published().values_list("code", "title")
    return sorted(dict(listed).items(), key=lambda pair: pair[1])


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to fill in; after a return or an acceptance the next version."""
    entry = find(request, pk)
    reason = request.POST.get("reason", "")
    return_filing.begin(entry=entry, by=request.user, now=clock.now(), reason=reason)
    return pages.go(request, "reporting:return_edit", entry.pk)


@policy.needs(Permission.FILING_VIEW)
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Fill one sheet in. A GET shows it, a POST saves it; without JavaScript as well."""
    entry, version = find_draft(request, pk)
    if version.state != State.DRAFT:
        return pages.go(request, "reporting:return", entry.pk)
    if request.method == "POST":
        return _save(request, entry, version)
    return _edit_page(request, version)


def _sheet(request: HttpRequest, version: ReturnVersion) -> Any:
    """The sheet that is asked for, else the first."""
    sheets = definition.of(version.entry.form).booklet.sheets
    name = request.POST.get("sheet") or request.GET.get("sheet", "")
    return next((sheet for sheet in sheets if sheet.name == name), sheets[0])


def _edit_page(
    request: HttpRequest,
    version: ReturnVersion,
    *,
    problems: Any = (),
    wrong: str = "",
    read: bool = False,
    overtaken: str = "",
    may_replace: bool = False,
    lost: Any = (),
) -> HttpResponse:
    entry, sheet = version.entry, _sheet(request, version)
    meant = definition.of(entry.form)
    examined = return_content.examine(version)
    rows = version.sheet(sheet.name)
    here = [p for p in examined.problems if p.sheet == sheet.form.sheet_name]
    page = min(positive(request.GET.get("page"), 1), forms.page_count(rows))
    blank = positive(request.GET.get("blank"), forms.BLANK_ROWS if rows else 1)
    if len(rows) >= sheet.form.max_rows:
        blank = 0
    context = {
        "entry": entry,
        "definition": meant,
        "period": period_of(entry),
        "version": version,
        "sheet": sheet,
        "tabs": [
            Tab(
                s.form.sheet_name,
                f"?sheet={s.name}",
                s.name == sheet.name,
                len(version.sheet(s.name)),
            )
            for s in meant.booklet.sheets
        ],
        "rows": forms.grid(sheet, rows, here if rows else [], [], page=page, blank=blank),
        "row_count": len(rows),
        "full": len(rows) >= sheet.form.max_rows,
        "whole": [p for p in here if not p.row] if rows else [],
        "examined": examined,
        "page": page,
        "pages": range(1, forms.page_count(rows) + 1),
        "more_blank": blank + 1,
        "refusal": workflow.refusal(workflow.SAVE, entry, by=request.user),
        "problems": problems[:PROBLEMS_SHOWN],
        "left_out": max(0, len(problems) - PROBLEMS_SHOWN),
        "wrong": wrong,
        "read": read,
        "overtaken": overtaken,
        "may_replace": may_replace,
        "lost": lost,
    }
    status = 409 if overtaken else pages.UNPROCESSABLE if problems or wrong else 200
    return pages.render(request, "reporting/returns/edit.html", context=context, status=status)


def _save(request: HttpRequest, entry: Return, version: ReturnVersion) -> HttpResponse:
    sheet = _sheet(request, version)
    rows = forms.merged_rows(
        version.sheet(sheet.name),
        forms.posted_rows(request.POST, sheet.form),
        request.POST.getlist("row"),
    )
    try:
        version = return_filing.save_sheet(
            entry=entry,
            sheet=sheet.name,
            rows=rows,
            seen=whole(request.POST.get("seen", ""), -1),
            by=request.user,
            now=clock.now(),
        )
    except Conflict as conflict:
        if pages.wants_fragment(request):
            raise
        return _overtaken(request, entry, str(conflict))
    if pages.wants_fragment(request):
        context = {"seen": version.revision, "saved_at": clock.now()}
        saved = "reporting/returns/_saved.html"
        return pages.render(request, saved, saved, context=context)
    messages.success(request, _("已保存。"))
    if request.POST.get("act") == "check":
        return pages.go(request, "reporting:return_check", entry.pk)
    here = f"{reverse('reporting:return_edit', args=[entry.pk])}?sheet={sheet.name}"
    if request.POST.get("act") == "add":
        blank = positive(request.POST.get("blank"), 1)
        here += f"&page={positive(request.POST.get('page'), 1)}&blank={blank}#grid-end"
    return pages.go(request, here)


def _overtaken(request: HttpRequest, entry: Return, why: str) -> HttpResponse:
    """Somebody else saved first: the page as it stands now, and every value typed that differs."""
    entry, version = find_draft(request, entry.pk)
    sheet = _sheet(request, version)
    standing = {row[ROW_KEY]: row for row in version.sheet(sheet.name)}
    lost = []
    for number, row in enumerate(forms.posted_rows(request.POST, sheet.form), start=1):
        there = standing.get(row[ROW_KEY], {})
        for column in sheet.form.columns:
            typed, now = row.get(column.key) or "", shown(column, there.get(column.key), full=True)
            if typed != now and not _same(column, typed, there.get(column.key)):
                lost.append({"row": number, "label": column.label, "typed": typed, "now": now})
    return _edit_page(request, version, overtaken=why, lost=lost)


def _same(column: Any, typed: str, stored: Any) -> bool:
    """Whether what was typed means what is stored: 8 and 8.00."""
    try:
        return bool(values.take(column, typed).value == stored)
    except Unfit:
        return False


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def upload(request: HttpRequest, pk: int) -> HttpResponse:
    """Read a workbook into the draft; then all its errors by cell."""
    entry, version = find_draft(request, pk)
    sent = request.FILES.get("workbook")
    if sent is None:
        wrong = _("请先选择填好的表格文件，再点“上传并检查”。")
        return _edit_page(request, version, wrong=wrong)
    seen = request.POST.get("seen")
    given = {"workbook": sent, "name": sent.name or "", "by": request.user, "now": clock.now()}
    try:
        found = return_filing.upload(
            entry=entry,
            seen=None if seen is None else whole(seen, -1),
            over=request.POST.get("over") == "1",
            **given,
        )
    except return_filing.Overtaken as conflict:
        return _edit_page(request, version, overtaken=str(conflict), may_replace=True)
    except Conflict as conflict:
        return _edit_page(request, version, overtaken=str(conflict))
    entry, version = find_draft(request, pk)
    if found.problems:
        return _edit_page(request, version, problems=found.problems, read=not found.unreadable)
    count = sum(len(rows) for rows in found.rows.values())
    messages.success(request, _("已读入%(count)d行，未发现错误。") % {"count": count})
    return pages.go(request, "reporting:return_check", entry.pk)


@policy.needs(Permission.FILING_DRAFT)
@require_GET
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The official workbook, filled in with the draft or with what is known beforehand."""
    entry = find(request, pk)
    if not is_filer(request, entry):
        raise Http404
    name = f"{entry.form.title} {period_of(entry)}.xlsx"
    return workbook_answer(return_content.template(entry), name)


@policy.needs(Permission.FILING_DRAFT)
@require_GET
def error_copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft as a workbook with every problem marked at its cell."""
    _entry, version = find_draft(request, pk)
    marked = return_content.error_copy(version, return_content.examine(version).problems)
    name = _("%(title)s（标注错误）.xlsx") % {"title": version.entry.form.title}
    return workbook_answer(marked, name)
