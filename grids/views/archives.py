"""Archives of customers: list, one of them, corrections, files (S2-5.5.1c, S2-5.5.2a)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.paging import keyset
from core.sheets.writer import Out
from grids import archive_imports as files
from grids import imports
from grids import sharing_presenting as presenting
from grids.models import ArchiveRecord
from grids.services import archives as services
from grids.sharing import quality
from grids.sharing_forms import ArchiveForm, ImportForm, RevealForm
from grids.views import workbooks

VIEW, FIX = Permission.SHARING_VIEW, Permission.ARCHIVE_FIX
MOST_SHOWN = 1000


def find(request: HttpRequest, pk: int) -> ArchiveRecord:
    """The archive, if it is in sight; otherwise there is none (404)."""
    seen = ArchiveRecord.objects.visible_to(request.user).select_related(*services.RELATED)
    return get_object_or_404(seen, pk=pk)


def _rows(request: HttpRequest) -> tuple[Any, str]:
    text = request.GET.get("text", "").strip()[:40]
    rows = ArchiveRecord.objects.visible_to(request.user)
    return (rows.filter(number__icontains=text) if text else rows), text


@policy.needs(VIEW)
@require_safe
def archive_list(request: HttpRequest) -> HttpResponse:
    """Archives in sight, by number; personal fields masked."""
    rows, text = _rows(request)
    related = rows.select_related(*services.RELATED)
    page = keyset(related, request.GET, order=("number", "pk"))
    context = {
        "sections": presenting.sections(request.user, "archives"),
        "text": text,
        "page": page,
        "rows": [presenting.archive(one) for one in page],
        "total": rows.count(),
        "may_import": request.user.can(FIX),
        "export_url": f"{reverse('grids:archives_export')}?text={text}",
    }
    return pages.render(request, "grids/sharing/archives.html", context=context)


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, masked."""
    rows, _text = _rows(request)
    columns = [
        *(Out("number", _("档案编号"), 18), Out("account_no", _("户号"), 18)),
        *(Out("name", _("户名")), Out("phone", _("联系电话"), 16)),
        *(Out("address", _("用电地址"), 30), Out("usage", _("用电类别"))),
        *(Out("area", _("台区"), 18), Out("grid", _("电力网格"), 18)),
        *(Out("unit", _("维护单位"), 22), Out("checked_on", _("核对日期"), 12)),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        related = rows.select_related(*services.RELATED).order_by("number", "pk")
        for one in related.iterator(chunk_size=1000):
            yield {
                **{key: value for key, value in presenting.archive(one).items() if key != "one"},
                "number": one.number,
                "usage": one.usage,
                "area": one.area.name if one.area else "",
                "grid": one.grid.name if one.grid else "",
                "unit": one.organisation.name,
                "checked_on": one.checked_on,
            }

    return workbooks.export(request, columns, lines(), title=_("客户档案"), count=rows.count())


@policy.needs(VIEW)
@require_safe
def archive(request: HttpRequest, pk: int) -> HttpResponse:
    """One archive with what is wrong with it."""
    return _shown(request, find(request, pk))


def _shown(
    request: HttpRequest,
    found: ArchiveRecord,
    *,
    bound: Any = None,
    revealed: dict[str, str] | None = None,
    reveal_form: Any = None,
) -> HttpResponse:
    may_fix = not services.refusal(found.organisation, by=request.user)
    problems = found.problems.select_related("task", "end").order_by("-found_at", "-pk")
    context = {
        "archive": found,
        "values": presenting.values(found, revealed),
        "revealed": revealed is not None,
        "may_fix": may_fix,
        "change_form": (bound or ArchiveForm(record=found)) if may_fix else None,
        "reveal_form": reveal_form or RevealForm(auto_id="reveal_%s"),
        "problems": [
            (one, quality.title_of(one.rule), presenting.field_title(one.field)) for one in problems
        ],
        "shared": found.shared.visible_to(request.user).select_related("agreement__government"),
        "form": bound or reveal_form,
    }
    response = pages.render(request, "grids/sharing/archive.html", context=context)
    if revealed is not None:
        response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(FIX)
@require_POST
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct an archive."""
    found = find(request, pk)
    form = ArchiveForm(request.POST, record=found)
    if form.is_valid():
        try:
            services.change(found, form.values(), by=request.user, now=clock.now())
        except services.AtField as wrong:
            form.add_error(wrong.field, str(wrong))
        else:
            messages.success(request, _("已修改。"))
            return pages.go(request, "grids:archive", found.pk)
    return _shown(request, found, bound=form)


@policy.needs(FIX)
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that everything was looked at and is right."""
    found = find(request, pk)
    services.confirm(found, by=request.user, now=clock.now())
    messages.success(request, _("已记录核对无误。"))
    return pages.go(request, "grids:archive", found.pk)


@policy.needs(FIX)
@require_POST
def reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the customer in full for a stated purpose; the page is not kept anywhere."""
    found = find(request, pk)
    form = RevealForm(request.POST, auto_id="reveal_%s")
    if not form.is_valid():
        return _shown(request, found, reveal_form=form)
    purpose = form.cleaned_data["purpose"]
    told = services.reveal(found, purpose=purpose, by=request.user, now=clock.now())
    return _shown(request, found, revealed=told)


@policy.needs(FIX)
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest) -> HttpResponse:
    """Take a file of archives: all of it or nothing, every error at its cell."""
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ImportForm(*given, user=request.user)
    context: dict[str, Any] = {"form": form, "columns": imports.form(files.KIND).columns}
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = files.take(
            upload,
            organisation=form.cleaned_data["organisation"],
            by=request.user,
            now=clock.now(),
            name=upload.name,
        )
        if outcome.ok:
            messages.success(request, _("已导入%(count)d条。") % {"count": outcome.count})
            return pages.go(request, "grids:archives")
        context["problems"] = outcome.problems[:MOST_SHOWN]
        page = "grids/sharing/archive_import.html"
        return pages.render(request, page, context=context, status=pages.UNPROCESSABLE)
    return pages.render(request, "grids/sharing/archive_import.html", context=context)


@policy.needs(FIX)
@require_safe
def template(request: HttpRequest) -> HttpResponse:
    """The workbook, empty."""
    definition = imports.form(files.KIND)
    return workbooks.answer(definition.template(), f"{definition.title}.xlsx")
