"""Answers to a browser: one URL serves the whole page and, to htmx, the fragment in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect

from core.api import problems
from core.errors import Refused

UNPROCESSABLE = 422
CONFLICT = 409
_REFUSED = "refused"
# Shorter answers are soon given again; marks of the portal's own hold neither blanks nor Chinese.
LEAST_WORDS = 8
SECRET = re.compile("password|secret|token|code")
T = TypeVar("T")


def wants_fragment(request: HttpRequest) -> bool:
    """Whether htmx asked for a part of the page (not for a page by a boosted link or history)."""
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx) and not htmx.boosted and not htmx.history_restore_request


def render(
    request: HttpRequest,
    page: str,
    fragment: str | None = None,
    context: dict[str, Any] | None = None,
    status: int | None = None,
) -> HttpResponse:
    """Render ``page``, or ``fragment`` where htmx asked for one.

    Without ``status`` it is that of the context's ``form``: see ``status_of``.
    """
    context = context or {}
    template = fragment if fragment and wants_fragment(request) else page
    if status is None:
        form = context.get("form")
        status = status_of(form) if form is not None and form.is_bound else 200
    response = HttpResponse(render_to_string(template, context, request), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def attempt(form: BaseForm, service: Callable[..., T], /, **arguments: Any) -> T | None:
    """What the service answers; None where it refuses, and then the reason stands on the form.

    The page of the form is shown again, so that nothing a person typed is lost to a wrong date.
    """
    try:
        return service(**arguments)
    except Refused as reason:
        refuse(form, reason)
        return None


def refuse(form: BaseForm, reason: object) -> None:
    """Put on the form why a service refused what it holds."""
    form.add_error(None, ValidationError(str(reason), code=_REFUSED))


def status_of(*forms: BaseForm) -> int:
    """409 where a service refused what a form held, 422 where a form is wrong, else 200."""
    if any(form.has_error(NON_FIELD_ERRORS, _REFUSED) for form in forms):
        return CONFLICT
    return UNPROCESSABLE if any(form.errors for form in forms) else 200


def go(request: HttpRequest, to: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Send the browser to another page after a write, also when htmx made the request."""
    response = redirect(to, *args, **kwargs)
    if getattr(request, "htmx", None):
        return HttpResponseClientRedirect(response["Location"])
    return response


def refused(request: HttpRequest, reason: object) -> HttpResponse:
    """Answer 409 with the reason: a page, a fragment for htmx, problem+json for the API."""
    if problems.is_api(request):
        return problems.answer(CONFLICT, detail=str(reason))
    context: dict[str, Any] = {"reason": str(reason)}
    if wants_fragment(request):
        content = render_to_string("components/refused.html", context, request)
        response = HttpResponse(content, status=CONFLICT)
        # The refusal takes no other content's place: it is shown above the page.
        response["HX-Retarget"] = "#announcements"
        response["HX-Reswap"] = "innerHTML"
        return response
    context["written"] = written(request)
    return render(request, "409.html", context=context, status=CONFLICT)


def written(request: HttpRequest) -> list[str]:
    """The words that somebody wrote into a form, to be given back where it was not taken."""
    return [
        text
        for name, values in request.POST.lists()
        if not SECRET.search(name)
        for text in values
        if len(text) >= LEAST_WORDS and (" " in text or not text.isascii())
    ]
