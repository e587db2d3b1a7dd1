"""Pages of licences: those of one unit, and a workbook of many (S2-1b)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import licence_sheets, services
from accounts.models import Licence
from accounts.permissions import Permission
from accounts.service_forms import LicenceForm, LicenceImportForm
from accounts.views.organisations import find_organisation
from core import clock, pages, policy
from core.sheets.writer import XLSX

MANAGE = Permission.ORGANISATION_MANAGE
MOST_SHOWN = 1000


@policy.signed_in
@require_http_methods(["GET", "POST"])
def licences(request: HttpRequest, code: str) -> HttpResponse:
    """Licences of a unit over time; whoever looks after the unit enters the next one."""
    unit = find_organisation(request, code)
    may = unit.is_company and not unit.closed_on and request.user.may(MANAGE, unit)
    form = LicenceForm(request.POST or None, initial={"issuer": ""})
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            services.enter_licence,
            organisation=unit,
            **form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            messages.success(request, _("许可证已登记。"))
            return pages.go(request, "accounts:licences", unit.code)
    rows = Licence.objects.visible_to(request.user).filter(organisation=unit)
    context = {
        "organisation": unit,
        "rows": rows.order_by("-valid_from"),
        "form": form,
        "may_manage": may,
        "today": clock.today(),
    }
    return pages.render(request, "accounts/licences.html", context=context)


@policy.needs(MANAGE)
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Take a workbook of licences: all of it or nothing, every error at its cell."""
    form = LicenceImportForm(request.POST or None, request.FILES or None)
    context = {"form": form, "columns": licence_sheets.form().columns}
    status = None
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["upload"]
        count, problems = licence_sheets.take(
            upload, by=request.user, now=clock.now(), name=upload.name
        )
        if not problems:
            messages.success(request, _("已导入%(count)d条。") % {"count": count})
            return pages.go(request, "accounts:organisations")
        context["problems"], status = problems[:MOST_SHOWN], pages.UNPROCESSABLE
    return pages.render(request, "accounts/licence_import.html", context=context, status=status)


@policy.needs(MANAGE)
@require_GET
def template(request: HttpRequest) -> HttpResponse:
    """The workbook, empty."""
    response = HttpResponse(licence_sheets.form().template(), content_type=XLSX)
    response["Content-Disposition"] = 'attachment; filename="licences.xlsx"'
    return response
