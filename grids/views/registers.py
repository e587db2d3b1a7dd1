"""Registers: all of them on one page, and one set of pages for each.

Source: grid standard, chapters 4 to 7.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.components import Stat
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import Out
from grids import register_forms as shapes
from grids import register_presenting as presenting
from grids import register_taking as taking
from grids.models import PowerGrid, Register, RegisterEntry
from grids.queries import registers as queries
from grids.queries.registers import IS, Filters
from grids.services import registers as services
from grids.views import workbooks

VIEW, WRITE = Permission.REGISTER_VIEW, Permission.REGISTER_WRITE
MOST_SHOWN = 1000
RELATED = ("register", "organisation", "grid", "parent__register", "member__user", "written_by")


def find_register(request: HttpRequest, code: str) -> Register:
    """The version that counts today, if the person reads the register."""
    seen = Register.objects.visible_to(request.user).known(on=clock.today()).filter(code=code)
    if (found := seen.order_by("valid_from", "version").last()) is None:
        raise Http404
    return found


def find(request: HttpRequest, pk: int) -> RegisterEntry:
    """The entry, if it is in sight."""
    seen = RegisterEntry.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(seen, pk=pk)


def may_write(request: HttpRequest, register: Register) -> bool:
    return bool(
        request.user.can(WRITE) and shapes.units_for(request.user, register.definition).exists()
    )


@policy.needs(VIEW)
@require_safe
def registers(request: HttpRequest) -> HttpResponse:
    """Every register that the person reads, by chapter, with how much is there and overdue."""
    today, grid = clock.today(), request.GET.get("grid", "")[:20]
    q = request.GET.get("q", "").strip()[:40]
    rows = queries.overview(request.user, grid=grid, q=q, on=today)
    groups = [
        (label, [one for one in rows if one.register.definition.options.group == group])
        for group, label in presenting.GROUPS.items()
    ]
    # On site one makes an entry from here; registers that the same sides keep are asked for once.
    kept = {one.register.definition.options.writes: one.register for one in rows}
    writes = {sides for sides, register in kept.items() if may_write(request, register)}
    of_grid = PowerGrid.objects.visible_to(request.user).filter(pk=queries.number_of(grid))
    waiting = [("stale", _("超过期限"), "late"), ("asked", _("待批准"), "near")]
    context = {
        "groups": [(label, found) for label, found in groups if found],
        "writes": writes,
        "grid": of_grid.first(),
        "q": q,
        "stats": [
            Stat(_("台账"), len(rows)),
            Stat(_("在册条目"), sum(one.standing for one in rows)),
            *(
                Stat(label, total, tone=tone if total else "done")
                for name, label, tone in waiting
                for total in [sum(getattr(one, name) for one in rows)]
            ),
        ],
    }
    return pages.render(request, "grids/registers/index.html", context=context)


@policy.needs(VIEW)
@require_safe
def register(request: HttpRequest, code: str) -> HttpResponse:
    """The entries of one register; a figure elsewhere opens exactly what it counts."""
    found, today = find_register(request, code), clock.today()
    filters = Filters.of(request.GET, found.definition)
    rows = filters.narrow(request.user, code, on=today)
    page = keyset(rows.select_related(*RELATED), request.GET, order=("-day", "-pk"))
    parent = RegisterEntry.objects.visible_to(request.user).filter(
        pk=queries.number_of(filters.parent), code__in=found.definition.options.of
    )
    context = {
        "register": found,
        "definition": found.definition,
        "sections": presenting.sections(found, "register"),
        "tabs": presenting.tabs(request.user, filters, found),
        "filters": filters,
        "choices": [
            (f"{IS}{key}", column.label, column.choices, filters.choices.get(key, ""))
            for key, column in _choices(found)
        ],
        "parent": parent.select_related("register").first() if filters.parent else None,
        "page": page,
        "total": rows.count(),
        "heads": [one.label for one in found.definition.listed]
        + [one.heading for one in found.definition.options.computed],
        "rows": presenting.rows(request.user, page.items, found),
        "may_write": may_write(request, found),
        "export_url": f"{reverse('grids:register_export', args=[code])}?{filters.query()}",
    }
    return pages.render(request, "grids/registers/list.html", context=context)


def _choices(found: Register) -> list[tuple[str, Any]]:
    """The choices that a register is counted by, of its form and of its end."""
    told = found.definition
    by_key = {**told.form.by_key, **(told.closing.by_key if told.closing else {})}
    return [(key, by_key[key]) for key in told.options.by]


@policy.needs(VIEW)
@require_safe
def export(request: HttpRequest, code: str) -> HttpResponse:
    """The same list as a workbook: personal data and what looks like it masked."""
    found = find_register(request, code)
    told, today = found.definition, clock.today()
    filters = Filters.of(request.GET, told)
    rows = filters.narrow(request.user, code, on=today)
    ending = told.closing.columns if told.closing else ()
    columns = [
        Out("_number", _("编号"), 16),
        Out("_unit", _("登记单位"), 22),
        Out("_grid", _("电力网格"), 18),
        Out("_parent", _("所属条目"), 22),
        Out("_member", _("网格人员"), 12),
        *(Out(one.key, one.heading.rstrip("*"), 20) for one in (*told.form.columns, *ending)),
        *(Out(one.key, one.heading, 18) for one in told.options.computed),
        Out("_state", _("状态"), 10),
        Out("_review", _("复核期限"), 12),
        Out("_updated", _("更新时间"), 18),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        ordered = rows.select_related(*RELATED).order_by("-day", "-pk")
        for one in ordered.iterator(chunk_size=1000):
            values = {**one.everything, **one.ending}
            yield {
                "_number": one.number,
                "_unit": one.organisation.name,
                "_grid": one.grid.name if one.grid else "",
                "_parent": f"{one.parent.number} {one.parent.title}" if one.parent else "",
                "_member": one.member.user.name if one.member else "",
                **{
                    column.key: shapes.text_of(column, values.get(column.key), free=False)
                    for column in (*told.form.columns, *ending)
                },
                **{each.key: values.get(each.key) for each in told.options.computed},
                "_state": one.get_state_display(),
                "_review": one.review_due_on,
                "_updated": presenting.moment(one.updated_at),
            }

    return workbooks.export(request, columns, lines(), title=found.title, count=rows.count())


@policy.needs(VIEW)
@require_safe
def counts(request: HttpRequest, code: str) -> HttpResponse:
    """Figures of a register for a period: by grid, unit, month, choice and person."""
    found, today = find_register(request, code), clock.today()
    filters = Filters.of(request.GET, found.definition)
    if not filters.since and not filters.until:
        filters = filters.with_(since=str(today.replace(month=1, day=1)), until=str(today))
    told = found.definition
    figures = queries.figures(request.user, found, filters)
    tables = [
        (_("各电力网格"), _("电力网格"), figures.grids),
        (_("各单位"), _("登记单位"), figures.units),
        (_("各月"), _("月份"), figures.months),
        *((label, label, lines) for label, lines in figures.choices),
        (_("各人员"), _("网格人员"), figures.people),
    ]
    context = {
        "register": found,
        "sections": presenting.sections(found, "register_counts"),
        "filters": filters,
        "heads": presenting.heads(told),
        "stats": [
            Stat(_("条目"), figures.whole.count, figures.whole.url),
            *(
                Stat(head, cell)
                for head, cell in zip(
                    presenting.heads(told), presenting.cells(figures.whole, told), strict=True
                )
            ),
        ],
        "tables": [
            (caption, head, presenting.table(lines, told))
            for caption, head, lines in tables
            if lines
        ],
    }
    return pages.render(request, "grids/registers/counts.html", context=context)


# --- Making entries -------------------------------------------------------------------------------


@policy.needs(WRITE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, code: str) -> HttpResponse:
    """Make an entry."""
    found = find_register(request, code)
    if not may_write(request, found):
        raise Refused(_("“%(register)s”不由您维护。") % {"register": found.title})
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = shapes.EntryForm(
        *given,
        definition=found.definition,
        user=request.user,
        initial={name: request.GET.get(name, "") for name in ("parent", "grid", "member")},
    )
    if form.is_bound and form.is_valid():
        made = _attempt(
            form,
            services.enter,
            register=found,
            place=form.place(),
            values=form.values(),
            by=request.user,
        )
        if made is not None:
            messages.success(request, _("已登记，编号%(number)s。") % {"number": made.number})
            return pages.go(request, "grids:register_entry", made.pk)
    context = {"form": form, "register": found, "definition": found.definition}
    return pages.render(request, "grids/registers/edit.html", context=context)


@policy.needs(WRITE)
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Say an entry anew."""
    entry = find(request, pk)
    if why_not := services.refusal_of(services.Move.CHANGE, entry, by=request.user):
        raise Refused(why_not)
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = shapes.EntryForm(*given, definition=entry.definition, user=request.user, entry=entry)
    if form.is_bound and form.is_valid():
        seen = form.cleaned_data.get("seen")
        if _attempt(
            form,
            services.change,
            entry=entry,
            values=form.values(),
            seen=seen,
            by=request.user,
        ):
            messages.success(request, _("已修改。"))
            return pages.go(request, "grids:register_entry", entry.pk)
    context = {"form": form, "register": entry.register, "entry": entry}
    context["definition"] = entry.definition
    return pages.render(request, "grids/registers/edit.html", context=context)


def _attempt(form: Any, service: Any, **given: Any) -> Any:
    """As ``pages.attempt``, with the files of the form; mistakes stand at their entries."""
    try:
        if uploads := form.cleaned_data.get("files"):
            given["received"] = services.receive(uploads)
        return service(**given, now=clock.now())
    except services.Faulty as faulty:
        form.blame(faulty)
    except Refused as reason:
        pages.refuse(form, reason)
    return None


@policy.needs(WRITE)
@require_http_methods(["GET", "POST"])
def import_file(request: HttpRequest, code: str) -> HttpResponse:
    """Take a workbook: all of it or nothing, every error at its cell."""
    found = find_register(request, code)
    if not may_write(request, found):
        raise Refused(_("“%(register)s”不由您维护。") % {"register": found.title})
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = shapes.ImportForm(*given, definition=found.definition, user=request.user)
    context: dict[str, Any] = {"form": form, "register": found}
    context["columns"] = found.definition.workbook.columns
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["upload"]
        outcome = taking.take(
            found,
            upload,
            organisation=form.cleaned_data["organisation"],
            by=request.user,
            now=clock.now(),
            name=upload.name,
        )
        if outcome.ok:
            messages.success(request, _("已导入%(count)d条。") % {"count": outcome.count})
            return pages.go(request, "grids:register", code)
        context["problems"] = outcome.problems[:MOST_SHOWN]
        status = pages.UNPROCESSABLE
        return pages.render(request, "grids/registers/import.html", context=context, status=status)
    return pages.render(request, "grids/registers/import.html", context=context)


@policy.needs(WRITE)
@require_safe
def template(request: HttpRequest, code: str) -> HttpResponse:
    """The workbook, empty."""
    found = find_register(request, code)
    return workbooks.answer(found.definition.workbook.template(), f"{found.title}.xlsx")
