"""The lists behind the figures of a report: exactly the rows that each one counts."""

from __future__ import annotations

from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts.permissions import Permission
from core import pages, policy
from core.sheets import writer
from reporting.models import StageReport
from reporting.reading import OTHERS, Reading
from reporting.views.reports import address_of, find_counted, tabs_of

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def figure_list(request: HttpRequest, pk: int) -> HttpResponse:
    """All figures of the snapshot with their values, and what is missing."""
    report = find_counted(request, pk)
    reading = Reading(report.snapshot)
    address = address_of(report)
    rows = [
        {"key": key, "text": reading.text(key), "url": address(key, ""), **figure}
        for key, figure in ((k, report.snapshot.figures[k]) for k in reading.keys)
    ]
    context = {
        "report": report,
        "snapshot": report.snapshot,
        "rows": rows,
        "gaps": report.snapshot.gaps,
        "tabs": tabs_of(report, "report_figures"),
    }
    return pages.render(request, "reporting/report_figures.html", context=context)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def figure(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Exactly the rows that a figure counts, as they were when it was taken."""
    report = find_counted(request, pk)
    reading, chosen = _figure(report, key, request)
    rows = reading.rows(key, **chosen)
    context = {
        "report": report,
        "snapshot": report.snapshot,
        "figure": report.snapshot.figures[key],
        "value": reading.text(key),
        "key": key,
        "columns": reading.columns(key),
        "rows": rows,
        "summed": reading.value(key, rows),
        "total": reading.summed_column(key),
        "chosen": chosen,
        "others": OTHERS,
        "organisations": reading.groups("organisation"),
        "provinces": reading.groups("province"),
        "export_url": reverse("reporting:figure_export", args=[report.pk, key])
        + (f"?{request.GET.urlencode()}" if request.GET else ""),
    }
    return pages.render(request, "reporting/report_figure.html", context=context)


@policy.needs(Permission.REPORT_VIEW)
@require_GET
def export(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """The same rows as a workbook."""
    report = find_counted(request, pk)
    reading, chosen = _figure(report, key, request)
    columns = [(str(n), label) for n, label in enumerate([_("单位"), *reading.columns(key)])]
    rows = (
        {str(n): v for n, v in enumerate([row["name"], *row["cells"]])}
        for row in reading.rows(key, **chosen)
    )
    response = HttpResponse(writer.write(columns, rows), content_type=XLSX)
    name = quote(f"{report.snapshot.figures[key]['label']}.xlsx")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return response


def _figure(report: StageReport, key: str, request: HttpRequest) -> tuple[Reading, dict[str, str]]:
    reading = Reading(report.snapshot)
    if key not in report.snapshot.figures:
        raise Http404
    chosen = {name: request.GET.get(name, "")[:40] for name in ("organisation", "unit", "province")}
    if chosen["unit"] and chosen["unit"] != OTHERS:
        chosen |= {"organisation": chosen["unit"], "unit": ""}
    return reading, chosen
