"""Files of claims from platforms of the government: bringing one in, the template (S2-4.1.2a)."""

from __future__ import annotations

import io
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints.services import claim_files as services
from core import clock, pages, policy
from core.sheets.writer import XLSX

BRINGS = (Permission.CLAIM_SEND, Permission.CLAIM_HANDLE)
ACCEPTED = ".xlsx,.csv,.ndjson"
MOST_SHOWN = 1000


class ClaimFileForm(forms.Form):
    """A file, and whose platform wrote it."""

    department = forms.ModelChoiceField(
        Organisation.objects.none(), label=gettext_lazy("政府网格主管部门"), empty_label=None
    )
    upload = forms.FileField(label=gettext_lazy("选择文件"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["department"].queryset = services.departments_for(user)


@policy.needs(*BRINGS)
@require_http_methods(["GET", "POST"])
def import_claims(request: HttpRequest) -> HttpResponse:
    """Take a file: all of it or nothing, every error at its cell; a second time changes nothing."""
    if not services.departments_for(request.user).exists():
        raise PermissionDenied(_("涉电诉求由政府网格或者供电企业登记。"))
    posted = request.method == "POST"
    given = (request.POST, request.FILES) if posted else (None, None)
    form = ClaimFileForm(*given, user=request.user)
    context: dict[str, Any] = {
        "form": form,
        "accept": ACCEPTED,
        "columns": services.form().columns,
    }
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = services.take(
            upload,
            name=upload.name,
            department=form.cleaned_data["department"],
            by=request.user,
            now=clock.now(),
        )
        if outcome.ok:
            text = _("已登记%(created)d件，%(unchanged)d件此前已登记、内容相同。")
            messages.success(request, text % vars(outcome))
            return pages.go(request, "complaints:claims")
        context["problems"] = outcome.problems[:MOST_SHOWN]
        page = "complaints/claims/import.html"
        return pages.render(request, page, context=context, status=pages.UNPROCESSABLE)
    return pages.render(request, "complaints/claims/import.html", context=context)


@policy.needs(*BRINGS)
@require_safe
def claim_template(request: HttpRequest) -> HttpResponseBase:
    """The workbook with its instructions."""
    content = io.BytesIO(services.form().template())
    name = _("涉电诉求导入模板.xlsx")
    return FileResponse(content, as_attachment=True, filename=name, content_type=XLSX)
