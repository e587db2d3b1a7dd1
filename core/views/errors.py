"""Error pages: what happened, and what the person can do now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import loader

from core import pages
from core.api import problems


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.answer(400)
    return pages.render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A door closed to the person's roles; the exception's own text is shown when it has one."""
    if problems.is_api(request):
        return problems.answer(403, detail=str(exception))
    return pages.render(request, "403.html", context={"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if problems.is_api(request):
        return problems.answer(404)
    return pages.render(request, "404.html", status=404)


def not_allowed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """An address that only takes forms was opened, or the reverse."""
    if problems.is_api(request):
        found = problems.answer(405)
    else:
        found = pages.render(request, "405.html", status=405)
    found["Allow"] = response["Allow"]
    return found


def server_error(request: HttpRequest) -> HttpResponse:
    """No context processors: the database may be what failed."""
    if problems.is_api(request):
        return problems.answer(500)
    number = getattr(request, "request_id", "") or request.headers.get("X-Request-ID", "")
    content = loader.render_to_string("500.html", {"request_number": number})
    return HttpResponse(content, status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form is too old or came from elsewhere."""
    return pages.render(request, "403_csrf.html", status=403)


def too_many(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Too many attempts; used by the sign-in limits."""
    return pages.render(request, "429.html", status=429)
