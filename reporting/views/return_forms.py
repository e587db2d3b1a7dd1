"""Forms without code: list, definition in words, upload, sandbox, publication."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import yaml
from django import forms as django_forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from accounts.permissions import Permission
from core import clock, pages, policy
from core.errors import Refused
from core.sheets import wording
from reporting.models import ReturnForm
from reporting.returns import definition
from reporting.services import definitions
from reporting.services import return_forms as services
from reporting.views.parts import workbook_answer
from reporting.workflow.definition import Subject


class PublishForm(django_forms.Form):
    """From which day a version holds."""

    valid_from = django_forms.DateField(
        label=gettext_lazy("启用日期"),
        widget=django_forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = django_forms.CharField(
        label=gettext_lazy("改动理由"),
        max_length=200,
        widget=django_forms.Textarea(attrs={"rows": 2}),
    )


def _find(request: HttpRequest, pk: int) -> ReturnForm:
    return get_object_or_404(ReturnForm.objects.visible_to(request.user), pk=pk)


@policy.needs(Permission.FILING_VIEW, Permission.RETURN_FORM_MANAGE)
def form_list(request: HttpRequest) -> HttpResponse:
    """Every form with its versions; whoever maintains them uploads a definition here."""
    may, wrong = request.user.can(Permission.RETURN_FORM_MANAGE), ""
    problems: list[Any] = []
    if request.method == "POST":
        if not may:
            raise PermissionDenied
        sent = request.FILES.get("definition")
        if sent is None:
            wrong = _("请先选择表单定义文件。")
        else:
            try:
                kept = services.propose(
                    content=sent.read(services.LARGEST + 1), by=request.user, now=clock.now()
                )
            except Refused as reason:
                wrong = str(reason)
                problems = getattr(reason, "problems", [])
            else:
                messages.success(request, _("定义检查通过，已存为草稿，请试填后发布。"))
                return pages.go(request, "reporting:return_form", kept.pk)
    listed = [
        {"form": one, "meant": definition.of(one)}
        for one in ReturnForm.objects.visible_to(request.user).order_by("code", "-version")
    ]
    listed.sort(key=lambda row: (row["meant"].group, row["form"].title))
    context = {"rows": listed, "may": may, "wrong": wrong, "problems": problems}
    status = pages.UNPROCESSABLE if wrong else 200
    return pages.render(request, "reporting/returns/forms.html", context=context, status=status)


@policy.needs(Permission.FILING_VIEW, Permission.RETURN_FORM_MANAGE)
@require_GET
def form(request: HttpRequest, pk: int) -> HttpResponse:
    """One version in words: who, when, columns, checks; the sandbox; publication."""
    return _form_page(request, _find(request, pk))


def _form_page(
    request: HttpRequest, found: ReturnForm, publish_form: Any = None, **more: Any
) -> HttpResponse:
    meant = definition.of(found)
    draft = found.published_at is None
    first_day = clock.today()
    may = request.user.can(Permission.RETURN_FORM_MANAGE)
    context = {
        "form_row": found,
        "meant": meant,
        "draft": draft,
        "coming": found.valid_from is not None and found.valid_from > first_day,
        "may": may,
        "waiting": definitions.waiting(Subject.RETURN_FORM, found.code) if may else None,
        "sheets": [
            {
                "form": sheet.form,
                "columns": [
                    (c, wording.type_of(c), wording.limits_of(c)) for c in sheet.form.columns
                ],
                "rules": [
                    (wording.check_of(sheet.form, check), check) for check in sheet.form.checks
                ],
            }
            for sheet in meant.booklet.sheets
        ],
        "across": list(zip(meant.booklet.rules(), meant.booklet.checks, strict=True)),
        "publish_form": publish_form or PublishForm(initial={"valid_from": first_day}),
        **more,
    }
    status = more.get("status") or (200 if publish_form is None else pages.status_of(publish_form))
    return pages.render(request, "reporting/returns/form.html", context=context, status=status)


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_POST
def try_out(request: HttpRequest, pk: int) -> HttpResponse:
    """The sandbox: a workbook is judged as if it were filed; nothing of it is kept."""
    found = _find(request, pk)
    sent = request.FILES.get("workbook")
    if sent is None:
        return _form_page(
            request, found, wrong=_("请先选择填好的表格文件。"), status=pages.UNPROCESSABLE
        )
    read = definition.of(found).booklet.read(sent, name=sent.name or "")
    context = {
        "tried": True,
        "problems": read.problems,
        "tried_rows": sum(len(rows) for rows in read.rows.values()),
        "tried_name": sent.name,
    }
    return _form_page(request, found, **context)


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Lay a draft before a second person, to hold from a day on."""
    found = _find(request, pk)
    publish_form = PublishForm(request.POST)
    if publish_form.is_valid():
        done = pages.attempt(
            publish_form,
            definitions.draft_form,
            form=found,
            **publish_form.cleaned_data,
            by=request.user,
            now=clock.now(),
        )
        if done is not None:
            messages.success(request, _("已提交，由另一人核准后启用。"))
            return pages.go(request, "reporting:definition_change", done.pk)
    return _form_page(request, found, publish_form)


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published version back before its first day."""
    found = services.withdraw(form=_find(request, pk), by=request.user, now=clock.now())
    messages.success(request, _("已撤回，仍为草稿。"))
    return pages.go(request, "reporting:return_form", found.pk)


@policy.needs(Permission.FILING_VIEW, Permission.RETURN_FORM_MANAGE)
@require_GET
def template(request: HttpRequest, pk: int) -> HttpResponse:
    """The empty official workbook of a version."""
    found = _find(request, pk)
    content = definition.of(found).booklet.template()
    return workbook_answer(content, f"{found.title} v{found.version}.xlsx")


@policy.needs(Permission.RETURN_FORM_MANAGE)
@require_GET
def source(request: HttpRequest, pk: int) -> HttpResponse:
    """The definition itself, as a start for the next version."""
    found = _find(request, pk)
    text = yaml.safe_dump(found.content, allow_unicode=True, sort_keys=False, width=100)
    response = HttpResponse(text, content_type="application/yaml; charset=utf-8")
    name = quote(f"{found.code}-{found.version}.yaml")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response["X-Content-Type-Options"] = "nosniff"
    return response
