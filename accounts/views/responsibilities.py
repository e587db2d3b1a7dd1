"""Pages of a unit's responsibility matrix: the version in force, former ones, edit, workbook.

Source: grid standard 7.1 (S2-7.1c).
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import services
from accounts.models import Organisation, ResponsibilityMatrix
from accounts.permissions import Permission
from accounts.responsibilities import Mark, Matrix, start_on
from accounts.service_forms import MatrixForm, marks_in
from accounts.services.service_bodies import refusal
from accounts.views.organisations import find_organisation
from core import clock, pages, policy
from core.errors import Refused
from core.sheets.writer import XLSX, Out, write


def _chosen(request: HttpRequest, unit: Organisation) -> ResponsibilityMatrix | None:
    """The version asked for, else the one in force, else the next one."""
    versions = ResponsibilityMatrix.objects.visible_to(request.user).filter(organisation=unit)
    asked = request.GET.get("version", "")
    if asked.isascii() and asked.isdigit() and len(asked) < 5:
        return versions.filter(number=int(asked)).first()
    in_force = versions.filter(valid_from__lte=clock.today()).order_by("-valid_from").first()
    return in_force or versions.order_by("valid_from").first()


@policy.signed_in
@require_GET
def matrix(request: HttpRequest, code: str) -> HttpResponse:
    """Who does what in the unit, to be printed."""
    unit = find_organisation(request, code)
    found = _chosen(request, unit)
    context: dict[str, Any] = {
        "organisation": unit,
        "version": found,
        "matrix": Matrix.of(found.content) if found else None,
        "versions": ResponsibilityMatrix.objects.of(unit).order_by("-number"),
        "marks": dict(Mark.choices),
        "today": clock.today(),
        "now": clock.now(),
        "may_manage": not refusal(unit, by=request.user),
    }
    return pages.render(request, "accounts/responsibilities.html", context=context)


@policy.signed_in
@require_GET
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The same version as a workbook."""
    unit = find_organisation(request, code)
    found = _chosen(request, unit)
    if found is None:
        raise Refused(_("该单位尚未编制职责分工表。"))
    shown, words = Matrix.of(found.content), dict(Mark.choices)
    columns = [Out("function", _("职能"), 30)]
    columns += [Out(f"p{place}", post) for place, post in enumerate(shown.posts)]
    rows = [
        {"function": function}
        | {f"p{n}": str(words.get(mark, "")) for n, (_post, mark) in enumerate(cells)}
        for function, cells in shown.rows()
    ]
    now = clock.now()
    content = write(columns, rows, sheet=_("职责分工表"), taken_by=request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    name = f"responsibilities-{unit.code}-v{found.number}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@policy.needs(Permission.GRID_MANAGE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, code: str) -> HttpResponse:
    """A further version: first the rows and columns, then a mark in each cell."""
    unit = find_organisation(request, code)
    last = ResponsibilityMatrix.objects.of(unit).order_by("-number").first()
    start = start_on(clock.today())
    base = Matrix.of(last.content) if last else Matrix.empty(start.functions, start.posts)
    form = MatrixForm(
        request.POST or None,
        initial={
            "valid_from": clock.today(),
            "functions": "\n".join(base.functions),
            "posts": "\n".join(base.posts),
        },
    )
    shown = base
    if request.method == "POST":
        shown = _sent(request, base)
        if form.is_valid():
            lines = (form.cleaned_data["functions"], form.cleaned_data["posts"])
            changed = lines != (list(shown.functions), list(shown.posts))
            shown = shown.with_lines(*lines)
            if "save" in request.POST and not changed:
                made = pages.attempt(
                    form,
                    services.lay_down_responsibilities,
                    organisation=unit,
                    matrix=shown,
                    valid_from=form.cleaned_data["valid_from"],
                    document=form.cleaned_data["document"],
                    by=request.user,
                    now=clock.now(),
                )
                if made is not None:
                    text = _("职责分工表第%(number)d版已保存。")
                    messages.success(request, text % {"number": made.number})
                    return pages.go(request, "accounts:responsibilities", unit.code)
            elif "save" in request.POST:
                pages.refuse(form, _("行或者列已改动：请核对下表后再保存。"))
    context = {
        "form": form,
        "organisation": unit,
        "matrix": shown,
        "choices": Mark.choices,
        "why_not": refusal(unit, by=request.user),
    }
    return pages.render(request, "accounts/responsibilities_edit.html", context=context)


def _sent(request: HttpRequest, base: Matrix) -> Matrix:
    """The table as the form sent it: its own rows and columns, by their hidden names."""
    functions = [one[:80] for one in request.POST.getlist("row")][:100] or list(base.functions)
    posts = [one[:80] for one in request.POST.getlist("column")][:40] or list(base.posts)
    return marks_in(request.POST, Matrix.empty(functions, posts))
