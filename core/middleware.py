"""Middleware of the portal's own."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from django.core.exceptions import BadRequest
from django.db import connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.middleware.gzip import GZipMiddleware

from core import audit, pages
from core.addresses import client_address
from core.errors import Refused
from core.views import errors

WRITE = re.compile(r'^\s*(INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO)\s+"?(\w+)', re.IGNORECASE)
# Reading personal data leaves a trace: nothing else may be written on GET.
# What a platform of the government reads under a sharing agreement stands in the log of exchanges.
# The second factor notes that its recovery codes were seen; clients of the API are counted, and
# their signed messages are remembered, because none may come twice.
TRACES = {"core_auditevent", "core_auditchain", "django_session", "mfa_authenticator"}
TRACES |= {"accounts_apiusage", "core_seenmessage", "grids_exchange"}


class PlaceMiddleware:
    """What is recorded during a request carries the address that it came from."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with audit.coming_from(client_address(request)):
            return self.get_response(request)


class TextMiddleware:
    """Refuse text with a NUL character: PostgreSQL cannot keep it, and no person types one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        for sent in (request.GET, request.POST):
            if any("\0" in text for _name, values in sent.lists() for text in values):
                raise BadRequest("NUL")


class RefusedMiddleware:
    """Turn a refused move that no view caught into a 409 answer with its reason, and a method that
    a page does not know (as in reloading the answer to a form) into a page that says so."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            return errors.not_allowed(request, response)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return pages.refused(request, exception)
        return None


class PlainTextMiddleware:
    """Refuse NUL characters in what is sent: no text holds one, and PostgreSQL takes none (400)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        """After the door was asked: strangers learn nothing here."""
        sent = [request.path, *_texts(request.GET)]
        if request.method == "POST":
            sent += _texts(request.POST)
        if any("\x00" in text for text in sent):
            raise BadRequest("NUL in a text")


def _texts(data: QueryDict) -> list[str]:
    return [text for name, values in data.lists() for text in (name, *map(str, values))]


class TextGZipMiddleware(GZipMiddleware):
    """Compress pages, styles and scripts; workbooks and documents are compressed already.

    Django pads the answer by a random length, so that its size tells nothing about tokens in it.
    """

    KINDS = ("text/", "application/json", "application/javascript", "image/svg+xml")

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        if response.get("Content-Type", "").startswith(self.KINDS):
            return super().process_response(request, response)
        return response


class WriteOnGet(RuntimeError):
    """A page that is only looked at tried to change the database."""


class ReadOnlyGetMiddleware:
    """In tests: a GET that writes to the database fails, whatever page it is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return self.get_response(request)
        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(refuse_writes))
            return self.get_response(request)


def refuse_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """Database wrapper: let reads and the traces of reading through, raise on any other write."""
    if (found := WRITE.match(sql)) and found.group(2).lower() not in TRACES:
        raise WriteOnGet(f"a GET request wrote to {found.group(2)}")
    return execute(sql, params, many, context)
