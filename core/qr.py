"""QR codes of pages, as pictures to be printed and posted."""

from __future__ import annotations

import io
from typing import Any

import qrcode
import qrcode.image.svg
from django.conf import settings
from django.http import HttpResponse


def svg(path: str) -> bytes:
    """The code that leads to a page of the portal."""
    made: Any = qrcode.make(
        settings.SITE_URL.rstrip("/") + path, image_factory=qrcode.image.svg.SvgPathImage
    )
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def answer(path: str) -> HttpResponse:
    """The code as an answer to a browser."""
    return HttpResponse(svg(path), content_type="image/svg+xml")
