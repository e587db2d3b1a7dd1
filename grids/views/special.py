"""The special-group ledger: list, figures, holidays, entering a household.

Source: grid standard 5.8 (S2-5.8a to S2-5.8d). Everything here is masked; see ``special_acts`` for
what is opened with a purpose.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.permissions import Permission
from core import clock, pages, policy
from core.errors import Refused
from core.paging import keyset
from core.sheets.writer import Out
from grids import special_forms as shapes
from grids import special_presenting as presenting
from grids import special_terms as terms
from grids.queries import special as queries
from grids.queries.registers import number_of
from grids.queries.special import Filters
from grids.services import special as services
from grids.services import special_care as care
from grids.views import workbooks

VIEW, KEEP = Permission.SPECIAL_VIEW, Permission.SPECIAL_KEEP
REVEAL = Permission.SPECIAL_REVEAL
RELATED = ("organisation", "grid", "government_grid")


@policy.needs(VIEW)
@require_safe
def special(request: HttpRequest) -> HttpResponse:
    """Households in sight, masked; a figure elsewhere opens exactly what it counts."""
    return listed(request)


def listed(request: HttpRequest, form: Any = None) -> HttpResponse:
    """The list, with a purpose for taking it away that was not accepted."""
    today, filters = clock.today(), Filters.of(request.GET)
    found = filters.narrow(request.user, on=today)
    page = keyset(found.select_related(*RELATED), request.GET, order=("-created_at", "-pk"))
    context = {
        "sections": presenting.sections("special"),
        "tabs": presenting.views(request.user, filters, on=today),
        "filters": filters,
        "kinds": terms.choices("kinds", on=today),
        "page": page,
        "total": found.count(),
        "rows": presenting.rows(page.items, on=today),
        "may_add": request.user.can(KEEP) and shapes.grids_for(request.user).exists(),
        "purpose": (form or shapes.PurposeForm(auto_id="export_%s"))
        if request.user.can(REVEAL)
        else None,
        "query": filters.query(),
        "form": form,
    }
    return pages.render(request, "grids/special/list.html", context=context)


@policy.needs(REVEAL)
@require_POST
def export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook, masked just the same, for a stated purpose on the record."""
    form = shapes.PurposeForm(request.POST, auto_id="export_%s")
    now, today = clock.now(), clock.today()
    rows = Filters.of(request.GET).narrow(request.user, on=today)
    count = rows.count()
    if not form.is_valid() or (
        pages.attempt(form, _note_export, **form.cleaned_data, count=count, by=request.user) is None
    ):
        return listed(request, form)
    columns = [
        Out("number", _("编号"), 14),
        Out("kind", _("类别"), 18),
        Out("name", _("姓名"), 10),
        Out("unit", _("管理单位"), 24),
        Out("grid", _("电力网格"), 20),
        Out("government", _("政府网格"), 24),
        Out("source", _("信息来源"), 12),
        Out("state", _("状态"), 12),
        Out("helper", _("主要帮扶人"), 12),
        Out("check_due", _("检查期限"), 12, "date"),
        Out("review", _("复核期限"), 12, "date"),
        Out("created", _("登记时间"), 18, "instant"),
    ]

    def lines() -> Iterator[dict[str, Any]]:
        ordered = rows.select_related(*RELATED).order_by("-created_at", "-pk")
        for row in presenting.rows(ordered, on=today):
            one = row["household"]
            yield {
                "number": one.number,
                "kind": one.kind_title,
                "name": row["name"],
                "unit": one.organisation.name,
                "grid": one.grid.name,
                "government": one.government_grid.name if one.government_grid else "",
                "source": one.get_source_display(),
                "state": one.get_state_display(),
                "helper": str(row["helper"] or ""),
                "check_due": row["check_due"],
                "review": one.review_due_on,
                "created": one.created_at.astimezone(now.tzinfo or clock.ZONE),
            }

    return workbooks.export(request, columns, lines(), title=_("特殊群体台账"), count=count)


def _note_export(**given: Any) -> bool:
    services.note_export(**given, now=clock.now())
    return True


@policy.needs(KEEP)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Enter a household with its consent."""
    given = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = shapes.RegisterForm(*given, user=request.user, initial={"given_on": clock.today()})
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = care.enter(
                kind=said["kind"],
                grid=said["grid"],
                government_grid=said["government_grid"],
                person=form.person(),
                agreed=form.agreed(shared=said["shared"]),
                by=request.user,
                now=clock.now(),
            )
        except services.Faulty as faulty:
            form.blame(faulty)
        except Refused as reason:
            pages.refuse(form, reason)
        else:
            messages.success(request, _("已登记，编号%(number)s。") % {"number": made.number})
            return pages.go(request, "grids:special_household", made.pk)
    return pages.render(request, "grids/special/edit.html", context={"form": form})


@policy.needs(VIEW)
@require_safe
def counts(request: HttpRequest) -> HttpResponse:
    """Figures by unit, grid and kind; each number opens its list."""
    whole, tables = queries.figures(request.user, on=clock.today())
    labels = {"unit": _("各单位"), "grid": _("各电力网格"), "kind": _("各类别")}
    heads = {"unit": _("管理单位"), "grid": _("电力网格"), "kind": _("类别")}
    context = {
        "sections": presenting.sections("special_counts"),
        "stats": presenting.stats(whole),
        "views": [queries.VIEWS[name] for name in queries.COUNTED],
        "tables": [(labels[name], heads[name], lines) for name, lines in tables if lines],
    }
    return pages.render(request, "grids/special/counts.html", context=context)


@policy.needs(VIEW)
@require_safe
def visits(request: HttpRequest) -> HttpResponse:
    """Holidays of the working calendar, with the visits for them."""
    now = clock.now()
    today = clock.today()
    context = {
        "sections": presenting.sections("special_visits"),
        "rows": [
            {**row, "may_plan": row["holiday"].last >= today}
            for row in queries.holiday_rows(request.user, now=now)
        ],
        "kept": queries.kept_by(request.user).count(),
    }
    return pages.render(request, "grids/special/visits.html", context=context)


@policy.needs(KEEP)
@require_POST
def plan_visits(request: HttpRequest) -> HttpResponse:
    """Plan the visits for one holiday; a second time only what is new."""
    holiday, year = request.POST.get("holiday", "")[:40], number_of(request.POST.get("year", ""))
    count = care.plan_visits(holiday=holiday, year=year, by=request.user, now=clock.now())
    words = {"holiday": holiday, "count": count}
    messages.success(request, _("已安排%(holiday)s慰问，新增%(count)d户。") % words)
    return pages.go(request, "grids:special_visits")
