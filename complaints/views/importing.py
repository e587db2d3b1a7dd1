"""Importing a file of cases: hand it in, watch it, read every error, fetch the marked copy."""

from __future__ import annotations

import io

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.permissions import Permission
from complaints import imports
from complaints.forms_import import ImportForm
from complaints.models import CaseImport
from complaints.services import uploading
from core import clock, files, pages, policy
from core.paging import keyset
from core.sheets import Problem
from core.sheets.writer import XLSX


@policy.needs(Permission.CASE_REGISTER)
def import_file(request: HttpRequest) -> HttpResponse:
    """The form, and what this person handed in before."""
    form = ImportForm(
        request.POST or None, request.FILES or None, user=request.user, now=clock.now()
    )
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form, uploading.hand_in, **form.cleaned_data, by=request.user, now=clock.now()
        )
        if made:
            return pages.go(request, "complaints:imported", made.pk)
    mine = CaseImport.objects.visible_to(request.user).select_related("organisation")
    context = {
        "form": form,
        "accept": files.accept(uploading.PURPOSE),
        "columns": imports.form().columns,
        "page": keyset(mine, request.GET, order=("-at", "-pk")),
    }
    return pages.render(
        request, "complaints/import.html", context=context, status=pages.status_of(form)
    )


@policy.needs(Permission.CASE_REGISTER)
def import_template(request: HttpRequest) -> HttpResponseBase:
    """The official template with its instructions."""
    content = io.BytesIO(imports.form().template())
    name = _("诉求记录导入模板.xlsx")
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)


@policy.needs(Permission.CASE_REGISTER)
def imported(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one file; while it is being worked off, how far it is."""
    mine = CaseImport.objects.visible_to(request.user)
    found = get_object_or_404(mine.select_related("organisation", "job", "copy"), pk=pk)
    problems = [Problem(**one) for one in found.problems]
    context = {"made": found, "problems": problems, "more": found.faults - len(problems)}
    response = pages.render(request, "complaints/imported.html", context=context)
    response["Cache-Control"] = "no-store"
    return response
