"""Days of companies' systems held against ours, down to each case that differs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from accounts.permissions import Permission
from complaints import sync
from complaints.models import (
    Case,
    HotlineCounter,
    Reconciliation,
    ReconciliationDifference,
)
from complaints.workflow import State as CaseState
from core import clock, pages, policy
from core.components import Tab
from core.paging import keyset

VIEW = Permission.CASE_VIEW
State, Kind = Reconciliation.State, ReconciliationDifference.Kind
LAMPS = {State.EQUAL: "done", State.OPEN: "near", State.DIFFERENT: "late"}
ROWS = 50


@policy.needs(VIEW)
@require_safe
def reconciliations(request: HttpRequest) -> HttpResponse:
    """The last result of every day and company in sight."""
    filters = sync.Filters.of(request.GET)
    view = "unequal" if request.GET.get("view") == "unequal" else "all"
    found = Reconciliation.objects.visible_to(request.user).latest()
    if filters.organisation:
        named = Q(organisation__name__icontains=filters.organisation)
        found = found.filter(named | Q(organisation__code=filters.organisation))
    if since := sync.day_of(filters.since):
        found = found.filter(day__gte=since)
    if until := sync.day_of(filters.until):
        found = found.filter(day__lte=until)
    if view == "unequal":
        found = found.exclude(state=State.EQUAL)
    counted = found.select_related("organisation").annotate(count=Count("differences"))
    page = keyset(counted, request.GET, order=("-day", "-pk"), size=ROWS)
    labels = {"all": _("全部"), "unequal": _("未一致")}
    context = {
        "tabs": sync.tabs("reconciliation"),
        "views": [Tab(label, f"?view={key}", key == view) for key, label in labels.items()],
        "view": view,
        "filters": filters,
        "rows": [(run, LAMPS[State(run.state)], State(run.state).label) for run in page],
        "page": page,
        "missing": _missing(request),
        "empty": not Reconciliation.objects.visible_to(request.user).exists(),
    }
    return pages.render(request, "complaints/reconciliations.html", context=context)


def _missing(request: HttpRequest) -> list[Organisation]:
    """Companies in sight whose systems send to us and have not held yesterday against ours."""
    yesterday = clock.today() - timedelta(days=1)
    done = Reconciliation.objects.filter(day=yesterday).values("organisation")
    sending = HotlineCounter.objects.filter(direction="in").values("organisation")
    seen = Organisation.objects.visible_to(request.user, VIEW).in_force()
    return list(seen.filter(pk__in=sending).exclude(pk__in=done)[:ROWS])


@policy.needs(VIEW)
@require_safe
def reconciliation(request: HttpRequest, pk: int) -> HttpResponse:
    """One day of a company: units, and every case that differs."""
    seen = Reconciliation.objects.visible_to(request.user).select_related("organisation")
    run = get_object_or_404(seen, pk=pk)
    unit, kind = request.GET.get("unit", "")[:32], request.GET.get("kind", "")
    found = run.differences.select_related("case")
    if unit:
        found = found.filter(unit=unit)
    if kind in Kind.values:
        found = found.filter(kind=kind)
    page = keyset(found, request.GET, order=("unit", "number", "pk"), size=ROWS)
    mine = Case.objects.visible_to(request.user)
    cases = set(mine.filter(pk__in=[d.case_id for d in page]).values_list("pk", flat=True))
    context: dict[str, Any] = {
        "run": run,
        "lamp": LAMPS[State(run.state)],
        "units": _units(run),
        "unit": unit,
        "kind": kind,
        "kinds": Kind.choices,
        "rows": [_row(one, cases) for one in page],
        "page": page,
        "total": found.count(),
        "earlier": seen.filter(organisation=run.organisation, day=run.day).exclude(pk=pk),
    }
    return pages.render(request, "complaints/reconciliation.html", context=context)


def _units(run: Reconciliation) -> list[dict[str, Any]]:
    codes = [row["unit"] for row in run.units]
    names = dict(Organisation.objects.filter(code__in=codes).values_list("code", "short_name"))
    counts = dict(run.differences.order_by().values_list("unit").annotate(count=Count("pk")))
    return [
        {
            **row,
            "name": names.get(row["unit"]) or row["unit"],
            "lamp": LAMPS[State(row["state"])],
            "label": State(row["state"]).label,
            "count": counts.get(row["unit"], 0),
        }
        for row in run.units
    ]


def _row(one: ReconciliationDifference, cases: set[int]) -> dict[str, Any]:
    return {
        "difference": one,
        "case": one.case if one.case_id in cases else None,
        "here": _shown(one, one.here),
        "there": _shown(one, one.there),
        "messages": f"{reverse('complaints:sync')}?number={one.number}",
    }


def _shown(one: ReconciliationDifference, value: str) -> str:
    """States by their words, digests by their beginning."""
    if one.kind == Kind.STATE and value in CaseState.values:
        return str(CaseState(value).label)
    return value[:12] if one.kind == Kind.CONTENT else value
