"""Returns of one form and period added up, unit by unit: on a page and as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from core import pages, policy
from reporting.models import Return
from reporting.queries import return_lists
from reporting.returns import rollup as adding
from reporting.returns.periods import Period
from reporting.views.parts import workbook_answer
from reporting.views.return_desk import chosen, collected


def _rolled(request: HttpRequest) -> dict[str, Any]:
    """Form, period, columns and lines of the roll-up that was asked for."""
    listed = collected(request)
    code = chosen(request, listed)
    spans = list(
        Return.objects.visible_to(request.user)
        .filter(code=code)
        .order_by("-period_start")
        .values_list("period_start", "period_end")
        .distinct()[:36]
    )
    periods = {start.isoformat(): Period(start, end).label for start, end in spans}
    asked = request.GET.get("period", "")
    start = asked if asked in periods else next(iter(periods), "")
    trees, meant = (
        return_lists.rolled(code, date.fromisoformat(start), request.user) if start else ([], None)
    )
    rolled = [line for tree in trees for line in adding.flat(tree)]
    keys = sorted({key for _d, one in rolled for key in (*one.total, *(one.unit.own or ()))})
    order = {(s.sheet, s.column): n for n, s in enumerate(meant.sums)} if meant else {}
    keys.sort(key=lambda key: (order.get(key[:2], 0), key[2]))
    return {
        "forms": listed,
        "code": code,
        "periods": periods.items(),
        "start": start,
        "meant": meant,
        "keys": keys,
        "headings": [_heading(meant, key) for key in keys],
        "lines": [line for depth, one in rolled for line in _lines(depth, one, keys)],
        "missing": [name for tree in trees for name in tree.missing],
        "owed": sum(tree.owed for tree in trees),
        "filed": sum(tree.filed for tree in trees),
    }


def _heading(meant: Any, key: adding.Key) -> str:
    column = meant.booklet.form(key[0]).column(key[1])
    unit = f"（{column.unit}）" if column.unit else ""
    return " ".join([column.label + unit, *key[2]])


def _lines(depth: int, one: adding.Rolled, keys: list[adding.Key]) -> list[dict[str, Any]]:
    """A unit's total; below it, where it adds up others, what it filed itself."""
    lines = [{"depth": depth, "one": one, "figures": [one.total.get(key) for key in keys]}]
    if one.children and one.unit.own is not None:
        own = [one.unit.own.get(key) for key in keys]
        lines.append({"depth": depth + 1, "one": one, "figures": own, "own": True})
    return lines


@policy.needs(Permission.FILING_VIEW)
@require_GET
def rollup(request: HttpRequest) -> HttpResponse:
    """County, prefecture, province: sums, completeness and what is missing."""
    context = _rolled(request)
    return pages.render(request, "reporting/returns/rollup.html", context=context)


@policy.needs(Permission.FILING_VIEW)
@require_GET
def rollup_workbook(request: HttpRequest) -> HttpResponse:
    """The same as a workbook."""
    from core.sheets import Column, writer

    found = _rolled(request)
    columns = [
        Column("unit", _("单位"), width=28),
        Column("complete", _("已通过／应报"), width=14),
        *(
            Column(f"c{n}", text, type="decimal", width=18)
            for n, text in enumerate(found["headings"])
        ),
    ]
    rows = (
        {
            "unit": "　" * line["depth"]
            + (_("本级填报") if "own" in line else line["one"].unit.name),
            "complete": "" if "own" in line else f"{line['one'].filed}/{line['one'].owed}",
            **{f"c{n}": figure for n, figure in enumerate(line["figures"])},
        }
        for line in found["lines"]
    )
    title = found["meant"].title if found["meant"] else _("报表汇总")
    return workbook_answer(writer.write(columns, rows), f"{title} {found['start']}.xlsx")
