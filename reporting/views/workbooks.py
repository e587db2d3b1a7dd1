"""Workbooks as answers: exports, templates, marked copies, and reading what comes in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import clock, pages
from core.errors import Refused
from core.sheets import Form, Read
from core.sheets.writer import XLSX, Out, write

MOST_EXPORTED = 20_000
# Problems shown on the page; the marked copy holds all.
SHOWN = 500


def answer(content: bytes, name: str, kind: str = XLSX) -> HttpResponse:
    """A file to be kept under a name."""
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def export(
    request: HttpRequest,
    columns: Sequence[Out],
    rows: Iterable[Mapping[str, Any]],
    *,
    title: str,
    count: int,
) -> HttpResponse:
    """A list as a workbook, with who took it. Raises ``Refused`` for too many rows."""
    if count > MOST_EXPORTED:
        text = _("共 %(count)d 件，超过一次导出的上限 %(limit)d 件，请缩小范围。")
        raise Refused(text % {"count": count, "limit": MOST_EXPORTED})
    now = clock.now()
    content = write(columns, rows, sheet=title, taken_by=request.user, now=now)
    return answer(content, f"{title}-{now.astimezone(clock.ZONE):%Y%m%d}.xlsx")


def instant(value: Any) -> str:
    return clock.written(value) if value else ""


def refused(
    request: HttpRequest, form: Form, read: Read, *, back: str, template: str
) -> HttpResponse:
    """Why a workbook was not taken over: every problem by its cell, or the copy with all marked."""
    if request.POST.get("act") == "copy" and read.raw:
        name = _("%(title)s（标注错误）.xlsx") % {"title": form.title}
        return answer(form.error_copy(read, read.problems), name)
    context = {
        "form_title": form.title,
        "problems": read.problems[:SHOWN],
        "more": max(0, len(read.problems) - SHOWN),
        "back_url": back,
        "template_url": template,
        "marked": bool(read.raw),
    }
    page = "reporting/supply/unreadable.html"
    return pages.render(request, page, context=context, status=pages.UNPROCESSABLE)
