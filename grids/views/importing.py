"""Files of grids: what can be imported, the template, and taking one in."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from core import clock, pages, policy
from grids import imports as files
from grids import presenting
from grids.forms import UploadForm
from grids.views import workbooks
from grids.views.common import MANAGE

MOST_SHOWN = 1000
ACCEPTED = {"boundaries": ".geojson,.json"}


@policy.needs(MANAGE)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """What can be imported, in the order in which one thing needs the other."""
    context = {
        "sections": presenting.sections(request.user, "imports"),
        "kinds": files.KINDS.items(),
    }
    return pages.render(request, "grids/imports.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, kind: str) -> HttpResponse:
    """Take a file: all of it or nothing, every error at its cell."""
    if kind not in files.KINDS:
        raise Http404
    posted = request.method == "POST"
    given = (request.POST, request.FILES) if posted else (None, None)
    form = UploadForm(*given, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "label": files.KINDS[kind],
        "accept": ACCEPTED.get(kind, ".xlsx,.csv"),
        "columns": [] if kind in ACCEPTED else files.form(kind).columns,
    }
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = files.take(
            kind,
            upload,
            organisation=form.cleaned_data["organisation"],
            by=request.user,
            now=clock.now(),
            name=upload.name,
        )
        if outcome.ok:
            messages.success(request, _("已导入%(count)d条。") % {"count": outcome.count})
            return pages.go(request, "grids:imports")
        context["problems"] = outcome.problems[:MOST_SHOWN]
        status = pages.UNPROCESSABLE
        return pages.render(request, "grids/import.html", context=context, status=status)
    return pages.render(request, "grids/import.html", context=context)


@policy.needs(MANAGE)
@require_safe
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """The workbook, empty."""
    if kind not in files.KINDS or kind in ACCEPTED:
        raise Http404
    definition = files.form(kind)
    return workbooks.answer(definition.template(), f"{definition.title}.xlsx")
