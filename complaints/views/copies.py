"""Copies of cases that leave the portal: the list in full for a purpose, the copy for a unit."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from accounts.permissions import Permission
from complaints import exports, slips
from complaints.services import copying
from complaints.views.cases import WORKBOOK, find, found_cases
from complaints.workflow import keeps_secret
from core import clock, officialdoc, pages, policy
from core.errors import Refused

# A list in full is for work at hand, not for a second register.
MOST_IN_FULL = 500
PRINTS: dict[str, tuple[Any, str]] = {
    "docx": (
        officialdoc.to_docx,
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ),
    "pdf": (officialdoc.to_pdf, "application/pdf"),
}


class FullExportForm(forms.Form):
    """What the complainants' particulars are needed for."""

    purpose = forms.CharField(
        label=_("用途"), max_length=200, help_text=_("写明为何需要完整信息，记入审计。")
    )


class SlipForm(forms.Form):
    """Which copy, and whether the complainant stands in it."""

    kind = forms.ChoiceField(
        label=_("格式"), choices=[("docx", _("Word 文档")), ("pdf", _("PDF 文档"))]
    )
    with_contact = forms.BooleanField(label=_("附诉求人联系方式"), required=False)
    purpose = forms.CharField(label=_("用途（附联系方式时必填）"), max_length=200, required=False)

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if found.get("with_contact") and not found.get("purpose"):
            self.add_error("purpose", _t("附联系方式的，请填写用途。"))
        return found


@policy.needs(Permission.CASE_REVEAL)
@require_http_methods(["GET", "HEAD", "POST"])
def export_in_full(request: HttpRequest) -> HttpResponse:
    """The list of the address with complainants in full, for a stated purpose."""
    now = clock.now()
    found = found_cases(request)
    count = found.count()
    form = FullExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if count > MOST_IN_FULL:
            text = _t("共 %(count)d 件，超过一次导出完整信息的上限 %(limit)d 件，请缩小范围。")
            pages.refuse(form, text % {"count": count, "limit": MOST_IN_FULL})
        else:
            try:
                copying.take_list(count=count, by=request.user, now=now, **form.cleaned_data)
            except Refused as reason:
                pages.refuse(form, reason)
            else:
                rows = found.select_related("owner").order_by("-received_at", "-pk")
                content = exports.workbook(rows, request.user, now=now, in_full=True)
                return handed_out(content, WORKBOOK, f"cases-{now:%Y%m%d}-full.xlsx")
    context = {"form": form, "count": count, "limit": MOST_IN_FULL}
    return pages.render(request, "complaints/export_in_full.html", context=context)


@policy.needs(Permission.CASE_VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    """The copy for the handling unit."""
    found, now = find(request, pk), clock.now()
    form = SlipForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = copying.take_slip(
                found,
                with_contact=form.cleaned_data["with_contact"],
                purpose=form.cleaned_data["purpose"],
                by=request.user,
                now=now,
            )
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            make, content_type = PRINTS[form.cleaned_data["kind"]]
            document = slips.document_of(found, request.user, now=now, contact=contact)
            name = f"case-{found.pk}.{form.cleaned_data['kind']}"
            return handed_out(make(document), content_type, name)
    context = {
        "case": found,
        "form": form,
        "refusal": copying.slip_refusal(found, request.user),
        "secret": keeps_secret(found),
    }
    return pages.render(request, "complaints/slip.html", context=context)


def handed_out(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A copy for the person who asked, and for no cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
