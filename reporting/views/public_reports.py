"""Regulatory reports for everybody: the list, the page as it was printed, the files."""

from __future__ import annotations

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from core import files, pages, policy
from core.crypto import Unreadable
from core.download import SANDBOX
from core.paging import keyset
from reporting import preview
from reporting.models import StageReport
from reporting.services import reports as services
from reporting.views.reports import EVERYTHING
from reporting.workflow.report import State

# The workbook stays inside: it holds the lists behind the figures.
KINDS = ("pdf", "docx")


@policy.public
@require_GET
def public_list(request: HttpRequest) -> HttpResponse:
    """Published reports, newest first."""
    found = StageReport.objects.published().select_related("organisation")
    page = keyset(found, request.GET, order=("-published_at", "-pk"))
    return pages.render(request, "reporting/public_reports.html", context={"page": page})


def _published(pk: int) -> StageReport:
    found = get_object_or_404(StageReport.objects.published().select_related(*EVERYTHING), pk=pk)
    assert found.current_version is not None
    found.current_version.report = found
    return found


@policy.public
@require_GET
def public_page(request: HttpRequest, pk: int) -> HttpResponse:
    """A published report as it was printed; the lists behind its figures stay inside."""
    found = _published(pk)
    heads = services.heads_of(found, found.snapshot)
    context = {
        "report": found,
        "shown": preview.of_version(found.current_version, heads, preview.nowhere),
        # That there is one is no secret, though what it says may not be public.
        "corrections": found.corrections.filter(state=State.ISSUED),
    }
    return pages.render(request, "reporting/public_report.html", context=context)


@policy.public
@require_GET
def public_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """The printed file of a published report."""
    if kind not in KINDS:
        raise Http404
    stored = getattr(_published(pk).current_version, kind)
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
