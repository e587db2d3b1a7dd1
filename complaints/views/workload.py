"""The board of workload, overdue and escalation, and the cases behind each of its numbers."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Organisation, User
from accounts.permissions import Permission
from complaints import presenting, queries, workload
from complaints.models import Case
from core import clock, pages, policy
from core.components import Tab
from core.paging import keyset

ROWS = 50
BY: dict[str, Any] = {"unit": _("按承办单位"), "person": _("按承办人")}


@policy.needs(Permission.CASE_VIEW)
@require_safe
def load(request: HttpRequest) -> HttpResponse:
    """Rows of units or persons; ``?what=`` opens the cases behind a number."""
    by = request.GET.get("by", "")
    by = by if by in BY else "unit"
    what = request.GET.get("what", "")
    if what in workload.BY_CODE:
        return _behind(request, by, what)
    now = clock.now()
    rows = workload.loads(workload.cases_of(request.user), by, now=now)
    table = [
        {"load": row, "cells": [_cell(by, row, one) for one in workload.MEASURES]} for row in rows
    ]
    context = {
        "tabs": [Tab(label, f"?by={key}", key == by) for key, label in BY.items()],
        "by": by,
        "measures": workload.MEASURES,
        "total": table[0],
        "rows": table[1:],
        "days": workload.DAYS,
    }
    return pages.render(request, "complaints/workload.html", context=context)


def _cell(by: str, row: workload.Load, measure: workload.Measure) -> dict[str, Any]:
    count = row.counts[measure.code]
    url = urlencode({"by": by, "key": row.key, "what": measure.code})
    return {"count": count, "tone": measure.tone if count else "", "url": f"?{url}"}


def _behind(request: HttpRequest, by: str, what: str) -> HttpResponse:
    now, key = clock.now(), request.GET.get("key", "")[:40]
    found = workload.behind(workload.cases_of(request.user), by, key, what, now=now)
    related = ("holder", "organisation", "responsible", "procedure")
    page = keyset(
        found.select_related(*related), request.GET, order=("-received_at", "-pk"), size=ROWS
    )
    labels = queries.Labels()
    context = {
        "by": by,
        "measure": workload.BY_CODE[what],
        "name": _name(by, key, found),
        "total": found.count(),
        "page": page,
        "days": workload.DAYS,
        "rows": [_row(case, labels, now) for case in page],
    }
    return pages.render(request, "complaints/workload_list.html", context=context)


def _row(case: Case, labels: queries.Labels, now: Any) -> dict[str, Any]:
    return {
        "case": case,
        "lamp": presenting.case_lamp(case, now=now),
        "nature": labels.of("nature", case.nature, at=case.received_at),
    }


def _name(by: str, key: str, found: Any) -> str:
    """Of the unit or person; of a person only where a case in sight names them."""
    if by == "person":
        named = key.isdecimal() and found.exists()
        return User.objects.get(pk=int(key)).name if named else ""
    unit = Organisation.objects.filter(code=key).first()
    return unit.name if unit else ""
