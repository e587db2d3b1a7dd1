"""Public pages: rights, promises beside performance, targets, disclosure, channels, open data."""

from __future__ import annotations

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.models import Organisation
from core import clock, files, pages, policy, qr
from core.crypto import Unreadable
from core.download import SANDBOX
from core.paging import keyset
from core.sheets.writer import XLSX, write, write_csv
from reporting.bulletins import showing
from reporting.models import TargetPaper
from reporting.queries import disclosure, openness
from reporting.queries.indicators import shown
from reporting.queries.openness import DATASETS
from reporting.services import targets as services

# Pages that a QR code leads to.
CODED = {
    "home": "reporting:public_home",
    "channels": "reporting:public_channels",
    "complaint": "complaints:public_new",
    "progress": "complaints:public_track",
}


@policy.public
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody finds rights, promises, channels, progress and what was made public."""
    context = {"news": openness.feed()[:5], "enterprises": disclosure.enterprises()}
    return pages.render(request, "reporting/open/home.html", context=context)


@policy.public
@require_safe
def promises(request: HttpRequest, code: str) -> HttpResponse:
    """What an enterprise promised, and what was measured."""
    found = get_object_or_404(Organisation.objects.in_force().companies(), code=code)
    today = clock.today()
    context = {
        "unit": found,
        "promises": openness.promises(found, on=today),
        "values": [
            {
                "indicator": one.indicator,
                "period": one.period,
                "shown": shown(one.indicator, one),
                "returns": openness.returns_behind(one),
            }
            for one in openness.published(found).values()
        ],
        "lines": disclosure.lines([found], on=today),
        "enterprises": disclosure.enterprises(),
    }
    return pages.render(request, "reporting/open/promises.html", context=context)


@policy.public
@require_safe
def disclosed(request: HttpRequest) -> HttpResponse:
    """Every enterprise's items: published last, to be renewed by, fresh or not."""
    lines = disclosure.lines(disclosure.enterprises(), on=clock.today())
    return pages.render(request, "reporting/open/disclosure.html", context={"lines": lines})


@policy.public
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """The numbers and ways to complain, ask and follow."""
    return pages.render(request, "reporting/open/channels.html", context={"codes": list(CODED)})


@policy.public
@require_safe
def target_list(request: HttpRequest) -> HttpResponse:
    """The targets in force, and the papers that say so."""
    papers = TargetPaper.objects.published().select_related("organisation")
    context = {
        "targets": [(one, name, openness.plain(one.value)) for one, name in openness.targets()],
        "page": keyset(papers, request.GET, order=("-published_at", "-pk")),
    }
    return pages.render(request, "reporting/open/targets.html", context=context)


def _published(pk: int) -> TargetPaper:
    related = ("organisation", "current_version__pdf")
    return get_object_or_404(TargetPaper.objects.published().select_related(*related), pk=pk)


@policy.public
@require_safe
def target(request: HttpRequest, pk: int) -> HttpResponse:
    """A published paper as it was printed."""
    found = _published(pk)
    content = services.content_of(found).document(services.heads_of(found), services.names())
    context = {"paper": found, "shown": showing.sheet_of(content)}
    return pages.render(request, "reporting/open/target.html", context=context)


@policy.public
@require_safe
def target_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The printed PDF of a published paper."""
    version = _published(pk).current_version
    assert version is not None
    stored = version.pdf
    try:
        content = files.open(stored)
    except (FileNotFoundError, Unreadable):
        raise Http404 from None
    response = FileResponse(
        content, as_attachment=True, filename=stored.name, content_type=stored.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = SANDBOX
    return response


@policy.public
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """The open data: what each table holds, its columns, and its files."""
    return pages.render(
        request, "reporting/open/data.html", context={"datasets": list(DATASETS.values())}
    )


@policy.public
@require_safe
def data_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """One table as CSV, workbook or JSON."""
    found, now = DATASETS.get(slug), clock.now()
    if found is None or form not in ("csv", "xlsx", "json"):
        raise Http404
    rows = found.rows(clock.today())
    if form == "json":
        content = {
            "title": str(found.title),
            "description": str(found.description),
            "generated_at": now.isoformat(),
            "columns": [{"key": key, "label": str(label)} for key, label in found.columns],
            "rows": list(rows),
        }
        return JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    if form == "csv":
        body = b"".join(write_csv(found.outs, rows))
        response = HttpResponse(body, content_type="text/csv; charset=utf-8")
    else:
        body = write(found.outs, rows, sheet=str(found.title))
        response = HttpResponse(body, content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{slug}.{form}"'
    return response


@policy.public
@require_safe
def feed(request: HttpRequest) -> HttpResponse:
    """What was made public last, for programs (JSON Feed 1.1)."""
    site = settings.SITE_URL.rstrip("/")
    content = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _("居民用电服务监管信息"),
        "home_page_url": site + reverse("reporting:public_home"),
        "feed_url": site + reverse("reporting:public_feed"),
        "language": "zh-CN",
        "items": [
            {
                "id": site + one["url"],
                "url": site + one["url"],
                "title": one["title"],
                "content_text": f"{one['office']} {one['number']}",
                "date_published": one["published_at"].isoformat(),
                "tags": [one["kind"]],
            }
            for one in openness.feed()
        ],
    }
    response = JsonResponse(content, json_dumps_params={"ensure_ascii": False})
    response["Content-Type"] = "application/feed+json"
    return response


@policy.public
@require_safe
def code(request: HttpRequest, slug: str) -> HttpResponse:
    """The QR code of a public page, as a picture to be printed and posted."""
    if slug not in CODED:
        raise Http404
    return qr.answer(reverse(CODED[slug]))
