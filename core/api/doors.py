"""What every door of the API has in common."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable
from difflib import get_close_matches
from itertools import islice
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import parsers, renderers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import policy
from core.api import cursors, idempotency, ndjson
from core.api.problems import BadQuery

# Of strange parameters so many are named, so much of each.
MOST_NAMED, LONGEST_NAMED = 20, 60


class HasScope(BasePermission):
    """Whether the client was given the scope that the door asks for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not getattr(request.user, "is_client", False):
            return False
        self.message = _("该客户端没有“%(scope)s”权限。") % {"scope": view.scope_of(request.method)}
        return view.scope_of(request.method) in ("", *request.user.scopes)


class OneKind(BaseContentNegotiation):
    """The API speaks JSON, whatever a client says it would like best."""

    def select_parser(self, request: Request, parsers: Any) -> Any:
        kind = (request.content_type or "").partition(";")[0].strip().lower()
        return next((one for one in parsers if one.media_type == kind), None)

    def select_renderer(
        self, request: Request, renderers: Any, format_suffix: str | None = None
    ) -> Any:
        return renderers[0], renderers[0].media_type


class Json(parsers.JSONParser):
    """JSON, also where somebody nests it without end."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        try:
            value = super().parse(stream, media_type, parser_context)
            ndjson.whole(value)
        except ParseError as error:
            raise ParseError(_malformed(error.__context__)) from None
        except RecursionError:
            raise ParseError(_("JSON 嵌套过深。")) from None
        except UnicodeEncodeError:
            raise ParseError(_("JSON 中含有不完整的字符。")) from None
        return value


def _malformed(cause: BaseException | None) -> str:
    """Where JSON ends to be any; the parser itself says it in English."""
    if isinstance(cause, json.JSONDecodeError):
        text = _("不是有效的 JSON（第%(line)d行第%(column)d个字符处有误）。")
        return text % {"line": cause.lineno, "column": cause.colno}
    if isinstance(cause, UnicodeDecodeError):
        return _("不是有效的 JSON（须为 UTF-8 编码）。")
    return _("JSON 中的数字过长。")


class Ndjson(parsers.BaseParser):
    """Lines of JSON: the door reads them itself."""

    media_type = ndjson.CONTENT_TYPE

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> bytes:
        return parser_context["request"].body


def _as_read(method: str | None) -> str:
    return "GET" if method == "HEAD" else method or ""


def _refuse_strange(given: Iterable[str], known: Collection[str]) -> None:
    """A misspelt filter must never answer with everything. Raises ``BadQuery``."""
    errors = {}
    for name in islice((one for one in given if one not in known), MOST_NAMED):
        near = get_close_matches(name[:LONGEST_NAMED], sorted(known), 1)
        errors[name[:LONGEST_NAMED]] = (
            _("没有这个参数，是否为“%(near)s”？") % {"near": near[0]}
            if near
            else _("没有这个参数。")
        )
    if errors:
        raise BadQuery(**errors)


class Door(APIView):
    """One address of the API. ``scopes``: what a client needs, by method."""

    policy = policy.CLIENTS
    scopes: ClassVar[dict[str, str]] = {}
    # What may stand behind the question mark, by method; whatever else does is refused by name.
    query: ClassVar[dict[str, tuple[str, ...]]] = {}
    permission_classes = (HasScope,)
    parser_classes = (Json,)
    renderer_classes = (renderers.JSONRenderer,)
    content_negotiation_class = OneKind

    def scope_of(self, method: str | None) -> str:
        """The scope that a method asks for; empty: any client."""
        return self.scopes.get(_as_read(method), "")

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if hasattr(self, (request.method or "").lower()):
            _refuse_strange(request.query_params, self.query.get(_as_read(request.method), ()))
        if request.method in ("POST", "PUT", "PATCH") and hasattr(self, request.method.lower()):
            kind = (request.content_type or "").partition(";")[0].strip().lower()
            if kind not in [one.media_type for one in self.parser_classes]:
                raise UnsupportedMediaType(kind)

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        # Programs are answered in one language, whatever a library of theirs sends along.
        with translation.override("zh-hans"):
            return super().dispatch(request, *args, **kwargs)

    def object_of(self, request: Request) -> dict[str, Any]:
        """The JSON object that was sent. Raises ``ParseError`` (400) for anything else."""
        if not isinstance(request.data, dict):
            raise ParseError(_("请求内容须为一个 JSON 对象。"))
        return request.data

    def listed(
        self,
        request: Request,
        rows: QuerySet[Any],
        shown: Callable[[Any], dict[str, Any]],
        *,
        by: str = "updated_at",
    ) -> Response:
        """Answer with one page of rows in the order of a moment, and the cursor of the next."""
        page, following = cursors.page(rows, request.query_params, by=by)
        return Response({"items": [shown(one) for one in page], "next": following})

    def once(
        self, request: Request, work: Callable[[], HttpResponseBase], *, whole: bool = True
    ) -> HttpResponseBase:
        """Answer by ``work`` unless the request's Idempotency-Key was answered before."""

        def done() -> HttpResponseBase:
            try:
                return work()
            except Http404:
                # What is not there yet may come: the key stays free for it.
                raise
            except Exception as exc:
                return self.handle_exception(exc)

        return idempotency.once(request, f"client:{request.user.pk}", done, whole=whole)
