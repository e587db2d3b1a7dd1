"""Briefings on supply and demand for government: drafted, reported, printed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.officialdoc import to_docx, to_pdf
from core.paging import keyset
from core.widgets import Day
from reporting import briefings as content
from reporting.bulletins.showing import sheet_of
from reporting.decision_forms import Words
from reporting.models import SupplyBriefing
from reporting.services import briefings as services
from reporting.supply_forms import UnitForm
from reporting.views import workbooks

VIEW, DRAFT, CERTIFY = Permission.FILING_VIEW, Permission.FILING_DRAFT, Permission.FILING_CERTIFY
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
KINDS: dict[str, tuple[str, Any]] = {
    "docx": (DOCX, to_docx),
    "pdf": ("application/pdf", to_pdf),
}
LAMPS = {SupplyBriefing.State.DRAFT: "ok", SupplyBriefing.State.ISSUED: "done"}


class BriefingForm(UnitForm):
    """Of which days, to whom, and what is advised."""

    prefix_id = "briefing"
    first_day = forms.DateField(label=gettext_lazy("起始日期"), widget=Day())
    last_day = forms.DateField(label=gettext_lazy("截止日期"), widget=Day())
    addressee = forms.CharField(label=gettext_lazy("主送机关"), max_length=80)
    advice = Words(label=gettext_lazy("工作建议"), most=4000, rows=5, required=False)


@policy.needs(VIEW)
@require_safe
def briefings(request: HttpRequest) -> HttpResponse:
    """The list."""
    return _list(request)


def _list(request: HttpRequest, form: BriefingForm | None = None) -> HttpResponse:
    today = clock.today()
    seen = SupplyBriefing.objects.visible_to(request.user).select_related("organisation")
    initial = {"first_day": today.replace(day=1), "last_day": today}
    shown = form or BriefingForm(user=request.user, initial=initial)
    context = {
        "page": keyset(seen, request.GET, order=("-last_day", "-pk")),
        "lamps": LAMPS,
        "new_form": shown if shown.open else None,
    }
    status = pages.status_of(form) if form else 200
    return pages.render(request, "reporting/supply/briefings.html", context=context, status=status)


@policy.needs(DRAFT)
@require_POST
def draft(request: HttpRequest) -> HttpResponse:
    """Count and keep; the same period again counts anew."""
    form = BriefingForm(request.POST, user=request.user)
    if form.is_valid():
        given = {**form.cleaned_data, "by": request.user, "now": clock.now()}
        if made := pages.attempt(form, services.draft, **given):
            messages.success(request, _("报告已编制。"))
            return pages.go(request, "reporting:briefing", made.pk)
    return _list(request, form)


def find(request: HttpRequest, pk: int) -> SupplyBriefing:
    seen = SupplyBriefing.objects.visible_to(request.user)
    related = ("organisation", "edited_by", "issued_by")
    return get_object_or_404(seen.select_related(*related), pk=pk)


@policy.needs(VIEW)
@require_safe
def briefing(request: HttpRequest, pk: int) -> HttpResponse:
    """One briefing as it will be printed."""
    one = find(request, pk)
    initial = {
        name: getattr(one, name)
        for name in ("organisation", "first_day", "last_day", "addressee", "advice")
    }
    form = BriefingForm(user=request.user, initial=initial)
    mine = one.state == "draft" and not services.draft_refusal(one.organisation, by=request.user)
    context = {
        "one": one,
        "lamp": LAMPS[SupplyBriefing.State(one.state)],
        "title": content.title(one),
        "shown": sheet_of(content.document(one)),
        "form": form if mine else None,
        "issue_refusal": services.issue_refusal(one, by=request.user),
    }
    return pages.render(request, "reporting/supply/briefing.html", context=context)


@policy.needs(CERTIFY)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """A second person reports it."""
    made = services.issue(find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已报出，文号%(number)s。") % {"number": made.document_number})
    return pages.go(request, "reporting:briefing", pk)


@policy.needs(VIEW)
@require_safe
def file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The official document; the same briefing always gives the same bytes."""
    one = find(request, pk)
    content_type, make = KINDS[kind]
    name = one.document_number or _("草稿")
    title = f"{content.title(one)}（{name}）.{kind}"
    return workbooks.answer(make(content.document(one)), title, content_type)
