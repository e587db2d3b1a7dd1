"""Rows of an ordered-use plan: the list, one row, the template, importing a workbook."""

from __future__ import annotations

import tempfile
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.permissions import Permission
from campaign.scope import works_for
from core import audit, clock, files, masking, pages, policy
from core.errors import Refused
from core.paging import keyset
from core.sheets import Problem
from core.sheets.writer import XLSX
from reporting.models import OrderedUsePlan, PlanImport, PlanRow
from reporting.plan_forms import FilterForm, RowForm, UploadForm
from reporting.plans import reading
from reporting.services import plans as services
from reporting.services.plans import checking, templates, uploading
from reporting.services.plans.drafting import ROW_FIELDS, mark_of, rules_of
from reporting.views import common
from reporting.views.plans import find
from reporting.workflow import plan as workflow

SEE, DRAFT = Permission.FILING_VIEW, Permission.FILING_DRAFT
NAMED = ("line_name", "line_code", "user_no", "user_name")


@policy.needs(SEE)
@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows in pages, by grade, measure or a word."""
    found = find(request, pk)
    form = FilterForm(request.GET or None, rules=rules_of(found))
    given = form.cleaned_data if form.is_valid() else {}
    chosen = _filtered(PlanRow.objects.filter(plan=found), given)
    context = {
        "plan": found,
        "form": form,
        "page": keyset(chosen, request.GET, order=("line", "pk")),
        "total": chosen.count(),
        "refusal": workflow.refusal(workflow.SAVE, found, by=request.user),
        "findings": {one["line"]: one for one in found.findings if one["line"]},
    }
    return pages.render(request, "reporting/plans/rows.html", context=context)


def _filtered(chosen: QuerySet[PlanRow], given: dict[str, Any]) -> QuerySet[PlanRow]:
    if word := given.get("q", "").strip():
        condition = Q()
        for name in NAMED:
            condition |= Q(**{f"{name}__icontains": word})
        chosen = chosen.filter(condition)
    for name in ("grade", "measure"):
        if given.get(name):
            chosen = chosen.filter(**{name: given[name]})
    return chosen.filter(mixed_line=True) if given.get("mixed") else chosen


@policy.needs(SEE)
def row(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """One row; 0 is a new one. What is wrong with it is told at once, and it is kept all the same:
    a plan is checked as a whole before it is certified."""
    found = find(request, pk)
    rules = rules_of(found)
    standing = PlanRow.objects.filter(plan=found, line=line).first()
    if line and standing is None:
        raise Http404
    refusal = workflow.refusal(workflow.SAVE, found, by=request.user)
    form = RowForm(request.POST or None, rules=rules, row=standing)
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            services.change_row,
            plan=found,
            line=line,
            values=form.values(),
            seen=request.POST.get("seen"),
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            _tell(request, found, made)
            return pages.go(request, "reporting:plan_rows", pk)
    return _row_page(request, found, form, standing, refusal=refusal)


def _row_page(
    request: HttpRequest,
    found: OrderedUsePlan,
    form: RowForm,
    standing: PlanRow | None,
    *,
    refusal: str,
    full: dict[str, str] | None = None,
) -> HttpResponse:
    columns = [c for c in form.columns if c.key not in _SEALED] if standing else []
    context = {
        "plan": found,
        "form": form,
        "row": standing,
        "seen": request.POST.get("seen", mark_of(standing) if standing else ""),
        "refusal": refusal,
        "listed": [(column.label, getattr(standing, column.key)) for column in columns],
        "masked": full or _masked(standing),
        "revealed": full is not None,
    }
    response = pages.render(request, "reporting/plans/row.html", context=context)
    if full:
        response["Cache-Control"] = "no-store"
    return response


_SEALED = ("contact", "phone")


def _masked(standing: PlanRow | None) -> dict[str, str]:
    if standing is None:
        return {}
    return {
        "contact": masking.mask("name", standing.contact),
        "phone": masking.mask("phone", standing.phone),
    }


def _tell(request: HttpRequest, found: OrderedUsePlan, made: PlanRow) -> None:
    """Say at once what is wrong with the row by itself."""
    rules = rules_of(found)
    values = {name: getattr(made, name) for name in ROW_FIELDS}
    wrong = checking.table_checks(found, rules).rows.of(made.line, values)
    for one in wrong:
        told = one.as_dict(source=rules.source)
        messages.warning(request, f"{told['message']}。{told['remedy']}")
    if not wrong:
        messages.success(request, _("已保存。"))


@policy.needs(DRAFT)
@require_POST
def remove(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Take a row out."""
    services.remove_row(plan=find(request, pk), line=line, by=request.user, now=clock.now())
    return pages.go(request, "reporting:plan_rows", pk)


def _may_name(request: HttpRequest, found: OrderedUsePlan) -> None:
    """Whom to call is named to those who draw up, certify or review. Raises ``Refused``."""
    allowed = any(
        works_for(request.user, right, place)
        for right, place in (
            (DRAFT, found.organisation),
            (Permission.FILING_CERTIFY, found.organisation),
            (workflow.needed(workflow.RECEIVE, found.recipient), found.recipient),
        )
    )
    if not allowed:
        raise Refused(_("联系人和电话只由编制单位和受理单位的人员查看。"))


@policy.needs(SEE)
@require_POST
def reveal(request: HttpRequest, pk: int, line: int) -> HttpResponse:
    """Contact and telephone in full, with a stated purpose and a trace."""
    found = find(request, pk)
    standing = get_object_or_404(PlanRow.objects.filter(plan=found), line=line)
    purpose, now = request.POST.get("purpose", ""), clock.now()
    _may_name(request, found)
    full = {
        key: masking.reveal(
            standing,
            key,
            by=request.user,
            now=now,
            purpose=purpose,
            organisation=found.organisation,
        )
        for key in _SEALED
    }
    form = RowForm(rules=rules_of(found), row=standing)
    refusal = workflow.refusal(workflow.SAVE, found, by=request.user)
    return _row_page(request, found, form, standing, refusal=refusal, full=full)


@policy.needs(DRAFT)
@require_http_methods(["GET", "POST"])
def template(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The official table, filled in with the plan's rows or with last year's.

    Whom to call stands in it only for a stated purpose, and then whose copy it is.
    """
    found = find(request, pk)
    if why_not := workflow.refusal(workflow.SAVE, found, by=request.user):
        raise Refused(why_not)
    source = templates.source_of(found)
    now, contacts = clock.now(), request.method == "POST"
    purpose = request.POST.get("purpose", "").strip()[:200]
    if contacts:
        _may_name(request, source or found)
        masking.purpose_given(purpose)
    audit.record(
        "plan.template",
        found,
        by=request.user,
        now=now,
        organisation=found.organisation,
        reason=purpose,
        rows=source.row_count if source else 0,
        contacts=contacts,
    )
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the response closes it
    taker: Any = request.user if contacts else None
    templates.write_template(found, target, now=now, contacts=contacts, taken_by=taker)
    target.seek(0)
    name = _("%(plan)s明细表.xlsx") % {"plan": found}
    return FileResponse(target, as_attachment=True, filename=name, content_type=XLSX)


@policy.needs(DRAFT)
def import_rows(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand a workbook in; what came of earlier ones."""
    found = find(request, pk)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        made = pages.attempt(
            form,
            uploading.hand_in,
            upload=form.cleaned_data["upload"],
            plan=found,
            seen=common.seen(request),
            by=request.user,
            now=clock.now(),
        )
        if made is not None:
            return pages.go(request, "reporting:plan_imported", made.pk)
    mine = PlanImport.objects.visible_to(request.user).filter(plan=found)
    context = {
        "plan": found,
        "form": form,
        "accept": files.accept(uploading.PURPOSE),
        "columns": reading.form_of(rules_of(found)).columns,
        "source": templates.source_of(found),
        "imports": mine[:20],
        "refusal": workflow.refusal(workflow.SAVE, found, by=request.user),
    }
    return pages.render(request, "reporting/plans/import.html", context=context)


@policy.needs(DRAFT)
@require_GET
def imported(request: HttpRequest, pk: int) -> HttpResponse:
    """What became of one workbook; while it is being worked off, how far it is."""
    mine = PlanImport.objects.visible_to(request.user)
    made = get_object_or_404(mine.select_related("plan", "job", "copy"), pk=pk)
    problems = [Problem(**one) for one in made.problems]
    context = {"made": made, "problems": problems, "more": made.faults - len(problems)}
    response = pages.render(request, "reporting/plans/imported.html", context=context)
    response["Cache-Control"] = "no-store"
    return response
