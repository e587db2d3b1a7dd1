"""Workbooks as answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from core import clock
from core.errors import Refused
from core.sheets.writer import XLSX, Out, write

MOST_EXPORTED = 20_000


def answer(content: bytes, name: str) -> HttpResponse:
    """A workbook to be kept under a name."""
    response = HttpResponse(content, content_type=XLSX)
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
