"""The analysis of cases: one page, all that it is asked in the address; and as a workbook."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.permissions import Permission
from complaints import queries
from complaints.analysis import counting
from complaints.analysis.counting import Counts, Table
from complaints.analysis.query import Counting
from complaints.analysis.tables import STEPS, TABS, Asked, Tables, period_of
from complaints.analysis.tabs import section
from complaints.analysis.workbook import workbook
from complaints.filters import CaseFilters, described
from core import arithmetic, charts, clock, pages, policy
from core.components import Stat, Tab
from core.sheets.writer import XLSX

# A chart of more bars cannot be read; the table below has all of them.
MOST_BARS = 15


def asked(request: HttpRequest) -> Asked:
    """What the address asks for; what it cannot mean asks for nothing."""
    by, step = request.GET.get("by", ""), request.GET.get("step", "")
    filters = CaseFilters.of(request.GET)
    period = period_of(filters, clock.today())
    days = {"since": str(period.first), "until": str(period.last)}
    return Asked(
        by if by in TABS else "trend",
        step if step in STEPS else "month",
        period,
        filters.with_(counted="", **days),
    )


@policy.needs(Permission.CASE_VIEW)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Figures of the period, and one of them taken apart."""
    now = clock.now()
    question = asked(request)
    counted = Counting(question.filters, question.period, request.user, now=now)
    table = Tables(question, counted).table()
    labels = queries.Labels()
    context: dict[str, Any] = {
        "sections": section("analysis"),
        "tabs": [
            Tab(label, question.url(by=key), key == question.by) for key, label in TABS.items()
        ],
        "steps": [
            Tab(label, question.url(step=key), key == question.step) for key, label in STEPS.items()
        ]
        if question.by == "trend"
        else [],
        "asked": question,
        "filters": question.filters,
        "choices": queries.choices(),
        "told": described(question.filters, labels, on=now),
        "stats": stats(question, counted),
        "table": table,
        "rows": [(line, changes(line.counts)) for line in table.lines],
        "whole": changes(table.total),
        "svg": picture(table, question),
        "export_url": f"{reverse('complaints:analysis_export')}?{question.query()}",
        "reset_url": f"?by={question.by}",
        "saved_page": "analysis",
        "saved_query": question.query(),
        "printed_at": now,
    }
    return pages.render(request, "complaints/analysis.html", context=context)


def step_tabs(question: Asked) -> list[Tab]:
    """By month or by week, where the tab is a trend."""
    if question.by != "trend":
        return []
    steps = STEPS.items()
    return [Tab(word, question.url(step=key), key == question.step) for key, word in steps]


def changes(counts: Counts) -> tuple[str, str]:
    """环比 and 同比 as they are printed."""
    return counting.changed(counts.mom), counting.changed(counts.yoy)


def stats(question: Asked, counted: Counting) -> list[Stat]:
    """What stands above every tab; each opens its list or its tab."""
    summary, said = counted.summary(), counted.satisfaction()
    counts = Counts(summary["n"], summary["n_before"], summary["n_year"])
    mom, yoy = changes(counts)
    moved = _("环比%(mom)s，同比%(yoy)s") % {"mom": mom, "yoy": yoy}
    filters = question.filters
    again = arithmetic.share(summary["repeated"], counts.now)
    return [
        Stat(_("受理件数"), counts.now, filters.list_url(), moved),
        Stat(
            _("已办结"),
            summary["done"],
            filters.list_url(view="done"),
            counting.percent(arithmetic.share(summary["done"], counts.now)),
        ),
        Stat(
            _("满意率"),
            counting.percent(counting.satisfaction_rate(said)),
            question.url(by="satisfaction"),
            _("满意和基本满意"),
        ),
        Stat(
            _("重复诉求"),
            summary["repeated"],
            filters.list_url(repeated="1"),
            counting.percent(again),
        ),
    ]


def picture(table: Table, question: Asked) -> SafeString:
    """The chart of a table; empty where there is nothing to draw."""
    shown = [line for line in table.lines if line.counts.now or question.by == "trend"]
    if not shown:
        return mark_safe("")  # noqa: S308 (nothing)
    if question.by == "trend":
        option = charts.line(
            [_axis(line.key, line.label, question.step) for line in shown],
            {
                str(_("本期")): [line.counts.now for line in shown],
                str(_("上年同期")): [line.counts.year_before for line in shown],
            },
            unit=table.unit,
        )
    else:
        shown = shown[:MOST_BARS]
        option = charts.bar(
            [line.label for line in shown],
            {str(table.title): [line.counts.now for line in shown]},
            unit=table.unit,
            horizontal=True,
        )
    links = {
        (0, place): (line.url, f"{line.label} {line.counts.now}")
        for place, line in enumerate(shown)
        if line.url
    }
    height = 320 if question.by == "trend" else 80 + 32 * len(shown)
    drawn = charts.svg(option, 960, height, title=table.title, links=links)
    # Drawn by us, and every text in it is escaped by the drawing library.
    return mark_safe(drawn)  # noqa: S308


def _axis(first: str, label: str, step: str) -> str:
    return first[5:] if step == "week" else first[:7]


@policy.needs(Permission.CASE_VIEW)
@require_safe
def export(request: HttpRequest) -> HttpResponse:
    """The table of the page as a workbook."""
    now: datetime = clock.now()
    question = asked(request)
    counted = Counting(question.filters, question.period, request.user, now=now)
    table = Tables(question, counted).table()
    told = described(question.filters, queries.Labels(), on=now)
    content = workbook(table, question, told, request.user, now=now)
    response = HttpResponse(content, content_type=XLSX)
    name = f"analysis-{question.by}-{question.period.first:%Y%m%d}-{question.period.last:%Y%m%d}"
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "private, no-store"
    return response
