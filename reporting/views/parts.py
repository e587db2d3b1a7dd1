"""One part of a filing: the grid on screen, the workbook, the files."""

from __future__ import annotations

import io
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import clock, files, pages, policy
from core.errors import Refused
from core.sheets import Problem
from reporting import examine, forms
from reporting import parts as definitions
from reporting.models import Attachment, Filing, FilingVersion, PartUpload
from reporting.services import drafting
from reporting.views import common
from reporting.views.presenting import masked_rows
from reporting.workflow import filing as workflow

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _find(request: HttpRequest, pk: int, code: str) -> tuple[Filing, FilingVersion, Any]:
    """The filing, its version in hand and one part of it; 404 for what is not in sight."""
    filing, version = common.find_draft(request, pk)
    part = next((p for p in definitions.of_version(version) if p.code == code), None)
    if part is None:
        raise Http404
    return filing, version, part


@policy.needs(Permission.FILING_VIEW)
def part(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Fill a part in. A GET shows it, a POST saves it; without JavaScript as well."""
    filing, version, definition = _find(request, pk, code)
    if version.state != workflow.State.DRAFT:
        return pages.go(request, "reporting:filing_edit", filing.pk)
    if request.method == "POST":
        return _save(request, filing, version, definition)
    return _part_page(request, filing, version, definition)


def _part_page(
    request: HttpRequest,
    filing: Filing,
    version: FilingVersion,
    definition: Any,
    wrong: dict[str, str] | None = None,
) -> HttpResponse:
    """The part as it stands; ``wrong`` says what is amiss with an upload, by its field."""
    context = _context(request, filing, version, definition) | {"wrong": wrong or {}}
    status = pages.UNPROCESSABLE if wrong else 200
    return pages.render(request, "reporting/filing_part.html", context=context, status=status)


def _context(
    request: HttpRequest, filing: Filing, version: FilingVersion, definition: Any
) -> dict[str, Any]:
    result = next(p for p in examine.version(version).parts if p.part.code == definition.code)
    rows = version.rows(definition.code)
    if not common.needs_names(request.user, filing):
        rows = masked_rows(definition, rows)
    page = min(common.positive(request.GET.get("page"), 1), forms.page_count(rows))
    blank = common.positive(request.GET.get("blank"), forms.BLANK_ROWS if rows else 3)
    problems = [*result.hard, *(warning.problem for warning in result.warnings)]
    kinds = definition.attachments.kinds if definition.attachments else ()
    return {
        "filing": filing,
        "version": version,
        "part": definition,
        "result": result,
        "seen": version.revisions.get(definition.code, 0),
        "rows": forms.grid(definition, rows, problems, result.attachments, page=page, blank=blank)
        if definition.form
        else [],
        "whole": [p for p in problems if not p.row],
        "started": result.state != "empty",
        "text": version.text(definition.code),
        "files": [a for a in result.attachments if not a.row_key],
        "accept": files.accept("filing", kinds) if kinds else "",
        "page": page,
        "pages": range(1, forms.page_count(rows) + 1),
        "more_blank": blank + 1,
        "steps": common.steps(filing, "fill"),
        "refusal": workflow.refusal(workflow.SAVE, filing, by=request.user),
        "following": _following(version, definition.code),
    }


def _following(version: FilingVersion, code: str) -> Any:
    """The part that comes next; in a version that was sent back, the next that is deficient."""
    listed = definitions.of_version(version)
    at = next(i for i, p in enumerate(listed) if p.code == code)
    marked = version.deficient_parts
    rest = (p for p in listed[at + 1 :] if not marked or p.code in marked)
    return next(rest, None)


def _save(
    request: HttpRequest, filing: Filing, version: FilingVersion, definition: Any
) -> HttpResponse:
    rows = None
    if definition.form is not None and "grid" in request.POST:
        rows = forms.merged_rows(
            version.rows(definition.code),
            forms.posted_rows(request.POST, definition.form),
            request.POST.getlist("row"),
        )
    version = drafting.save_part(
        filing=filing,
        part=definition.code,
        rows=rows,
        text=request.POST.get("text"),
        seen=common.whole(request.POST.get("seen", ""), -1),
        by=request.user,
        now=clock.now(),
    )
    if pages.wants_fragment(request):
        context = {
            "seen": version.revisions[definition.code],
            "saved_at": clock.now(),
            "result": next(
                p for p in examine.version(version).parts if p.part.code == definition.code
            ),
        }
        return pages.render(
            request, "reporting/_saved.html", "reporting/_saved.html", context=context
        )
    refused = _attach_all(request, filing, definition)
    for reason in refused:
        messages.error(request, reason)
    if not refused:
        messages.success(request, _("已保存。"))
    return _after_save(request, filing, definition)


def _after_save(request: HttpRequest, filing: Filing, definition: Any) -> HttpResponse:
    """Where the pressed button leads: next part, checklist, or the same page with a new row."""
    act = request.POST.get("act", "save")
    here = reverse("reporting:filing_part", args=[filing.pk, definition.code])
    following = _following(filing.current_version, definition.code)
    if act == "next" and following is not None:
        return pages.go(request, "reporting:filing_part", filing.pk, following.code)
    if act == "list":
        return pages.go(request, "reporting:filing_edit", filing.pk)
    page = common.positive(request.POST.get("page"), 1)
    blank = common.positive(request.POST.get("blank"), 1) if act == "add" else 1
    return pages.go(request, f"{here}?page={page}&blank={blank}#grid-end" if act == "add" else here)


def _attach_all(request: HttpRequest, filing: Filing, definition: Any) -> list[str]:
    """Keep every file that came with the form; say of each refused one why."""
    refused = []
    for name in request.FILES:
        row_key = name.removeprefix("f-") if name.startswith("f-") else ""
        for upload in request.FILES.getlist(name):
            try:
                drafting.attach(
                    filing=filing,
                    part=definition.code,
                    upload=upload,
                    row_key=row_key,
                    name=upload.name,
                    by=request.user,
                    now=clock.now(),
                )
            except Refused as reason:
                refused.append(_("%(name)s：%(reason)s") % {"name": upload.name, "reason": reason})
    return refused


def _may_save(request: HttpRequest, filing: Filing) -> None:
    """Raises ``Refused`` where the draft is not to be changed now."""
    if why_not := workflow.refusal(workflow.SAVE, filing, by=request.user):
        raise Refused(why_not)


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def match_photos(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Many photos at once: each goes to the row whose name the file bears."""
    filing, version, definition = _find(request, pk, code)
    if not request.FILES.getlist("photos"):
        _may_save(request, filing)
        wrong = {"photos": _("请先选择要上传的照片，再点“上传并对应”。")}
        return _part_page(request, filing, version, definition, wrong)
    names = {
        str(row.get(definition.form.key[0]) if definition.form and definition.form.key else ""): row
        for row in version.rows(code)
    }
    unmatched, refused, kept = [], [], 0
    for upload in request.FILES.getlist("photos"):
        stem = PurePath(upload.name or "").stem
        row = names.get(stem) or names.get(stem.rstrip("0123456789-_ ()（）"))
        if row is None:
            unmatched.append(upload.name)
            continue
        try:
            drafting.attach(
                filing=filing,
                part=code,
                upload=upload,
                row_key=row[definitions.ROW_KEY],
                name=upload.name,
                by=request.user,
                now=clock.now(),
            )
            kept += 1
        except Refused as reason:
            refused.append(_("%(name)s：%(reason)s") % {"name": upload.name, "reason": reason})
    if kept:
        messages.success(request, _("已对应%(count)d张照片。") % {"count": kept})
    if unmatched:
        names_ = "、".join(unmatched[:10])
        messages.error(request, _("文件名与窗口名称对不上：%(names)s") % {"names": names_})
    for reason_ in refused:
        messages.error(request, reason_)
    return pages.go(request, "reporting:filing_part", filing.pk, code)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def template(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The official .xlsx template, with what was filled in so far (for those who fill in)."""
    filing, version, definition = _find(request, pk, code)
    if definition.form is None:
        raise Http404
    full = common.needs_names(request.user, filing)
    return workbook_answer(
        definition.form.template(version.rows(code) if full else ()), f"{definition.title}.xlsx"
    )


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def upload(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """Read a workbook: then its preview, or its errors by cell."""
    filing, version, definition = _find(request, pk, code)
    sent = request.FILES.get("workbook")
    if sent is None:
        _may_save(request, filing)
        wrong = {"workbook": _("请先选择填好的表格文件，再点“上传并检查”。")}
        return _part_page(request, filing, version, definition, wrong)
    try:
        kept = drafting.upload_part_workbook(
            filing=filing,
            part=definition.code,
            upload=sent,
            name=sent.name or "",
            by=request.user,
            now=clock.now(),
        )
    except drafting.Unreadable as unreadable:
        context = {
            "filing": filing,
            "part": definition,
            "name": sent.name,
            "problems": unreadable.problems,
        }
        return pages.render(
            request,
            "reporting/part_unreadable.html",
            context=context,
            status=pages.UNPROCESSABLE,
        )
    return pages.go(request, "reporting:part_upload", filing.pk, kept.pk)


def _find_upload(request: HttpRequest, pk: int, upload_pk: int) -> tuple[Filing, PartUpload, Any]:
    """An upload holds names in full: it is for those who fill in and certify here (else 404)."""
    filing, version = common.find_draft(request, pk)
    if not common.needs_names(request.user, filing):
        raise Http404
    kept = get_object_or_404(version.uploads.select_related("file"), pk=upload_pk)
    return filing, kept, drafting.part_of(version, kept.part)


@policy.needs(Permission.FILING_DRAFT)
@require_GET
def part_upload(request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
    """What a workbook holds, before it takes the place of what stands."""
    filing, kept, definition = _find_upload(request, pk, upload_pk)
    kept.version.filing = filing
    context = {
        "filing": filing,
        "upload": kept,
        "part": definition,
        "problems": [Problem(**problem) for problem in kept.problems],
        "columns": definition.form.columns,
        "rows": [[row.get(c.key) for c in definition.form.columns] for row in kept.rows[:200]],
        "standing": len(kept.version.rows(kept.part)),
        "refusal": _("表格中还有错误，请改正后重新上传。") if kept.has_errors else "",
    }
    status = pages.UNPROCESSABLE if kept.has_errors else 200
    return pages.render(request, "reporting/part_upload.html", context=context, status=status)


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def confirm_upload(request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
    """Take the rows over."""
    filing, kept, definition = _find_upload(request, pk, upload_pk)
    kept.version.filing = filing
    drafting.confirm_upload(upload=kept, by=request.user, now=clock.now())
    count = len(kept.rows)
    messages.success(request, _("已采用表格中的%(count)d行。") % {"count": count})
    return pages.go(request, "reporting:filing_part", filing.pk, definition.code)


@policy.needs(Permission.FILING_DRAFT)
@require_GET
def error_copy(request: HttpRequest, pk: int, upload_pk: int) -> HttpResponse:
    """The workbook as it came with every problem marked at its cell."""
    _filing, kept, definition = _find_upload(request, pk, upload_pk)
    problems = [Problem(**problem) for problem in kept.problems]
    with files.open(kept.file) as content:
        source = io.BytesIO(content.read())
    source.name = kept.file.name
    marked = definition.form.error_copy(source, problems)
    return workbook_answer(marked, _("%(title)s（标注错误）.xlsx") % {"title": definition.title})


@policy.needs(Permission.FILING_DRAFT)
@require_POST
def detach(request: HttpRequest, pk: int, attachment_pk: int) -> HttpResponse:
    """Take a file off the draft."""
    filing, version = common.find_draft(request, pk)
    attachment = get_object_or_404(
        Attachment.objects.filter(version=version).select_related("file"), pk=attachment_pk
    )
    attachment.version.filing = filing
    drafting.detach(attachment=attachment, by=request.user, now=clock.now())
    messages.success(request, _("已删除附件。"))
    return pages.go(request, "reporting:filing_part", filing.pk, attachment.part)


def workbook_answer(content: bytes, name: str) -> HttpResponse:
    """A workbook as a download."""
    response = HttpResponse(content, content_type=XLSX)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
