"""The script that opens forms of people on site without a network (``static/js/worker.js``)."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import policy

SCRIPT = Path(__file__).resolve().parents[2] / "static" / "js" / "worker.js"
# What a bare page is dressed in; other files are kept as they are asked for.
FILES: tuple[str, ...] = (
    "vendor/tabler.min.css",
    "css/tokens.css",
    "css/base.css",
    "css/components.css",
)
FILES += ("css/accounts.css", "css/cases.css", "vendor/htmx.min.js", "js/portal.js")
FILES += ("js/offline.js", "img/mark.svg")


@cache
def _script() -> str:
    return SCRIPT.read_text(encoding="utf-8")


@policy.signed_in
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """The script with its settings before it; it stands at the root because it serves all pages."""
    files = [static(name) for name in FILES]
    page = render_to_string("core/no_network.html")
    known = {
        "files": files,
        "root": settings.STATIC_URL,
        "login": reverse("account_login"),
        "logout": reverse("account_logout"),
        "page": page,
    }
    said = json.dumps(known, sort_keys=True)
    version = hashlib.sha256((said + _script()).encode()).hexdigest()[:16]
    body = f"const SETTINGS = {json.dumps({**known, 'version': version})};\n{_script()}"
    response = HttpResponse(body, content_type="text/javascript; charset=utf-8")
    # Asked for again at each start: a new release replaces it at once.
    response["Cache-Control"] = "no-cache"
    return response
