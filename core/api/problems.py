"""What the API says when it says no: RFC 9457, with a Chinese title and every field by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from core.errors import Refused

CONTENT_TYPE = "application/problem+json"
PREFIX = "/api/"
UNPROCESSABLE = 422


class BadQuery(exceptions.APIException):
    """Parameters of the address or headers that cannot be understood. HTTP 400."""

    status_code = 400

    def __init__(self, /, **errors: str) -> None:
        self.errors = errors
        super().__init__(detail="".join(errors.values()))


class TooLarge(exceptions.APIException):
    """More than may be sent at once. HTTP 413."""

    status_code = 413


class Unprocessable(exceptions.APIException):
    """Well formed, but it cannot be taken as it is. HTTP 422."""

    status_code = UNPROCESSABLE


def titles() -> dict[int, str]:
    """What each status means, in one short sentence."""
    return {
        400: _("请求格式不正确"),
        401: _("未提供有效的访问令牌"),
        403: _("没有访问权限"),
        404: _("没有找到"),
        405: _("不支持的请求方法"),
        409: _("不能办理"),
        413: _("请求内容过大"),
        415: _("不支持的内容类型"),
        422: _("内容有误"),
        429: _("请求过于频繁"),
        500: _("系统内部错误"),
        503: _("暂时无法提供服务"),
    }


def body(status: int, *, detail: str = "", errors: Mapping[str, Any] | None = None) -> dict:
    """The members of a problem."""
    return {
        "type": "about:blank",
        "title": titles().get(status) or _("请求未能完成"),
        "status": status,
        "detail": detail,
        "errors": list(listed(errors or {})),
    }


def listed(errors: Mapping[str, Any], prefix: str = "") -> Iterator[dict[str, str]]:
    """One line for each thing that is wrong: the field by its path, and what is wrong with it."""
    for name, wrong in errors.items():
        path = prefix if name == "non_field_errors" else f"{prefix}.{name}".lstrip(".")
        if isinstance(wrong, Mapping):
            yield from listed(wrong, path)
        elif isinstance(wrong, list | tuple):
            for number, one in enumerate(wrong):
                if isinstance(one, Mapping):
                    yield from listed(one, f"{path}.{number}")
                else:
                    yield {"field": path, "message": str(one)}
        else:
            yield {"field": path, "message": str(wrong)}


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, which is to be answered in JSON whatever happens."""
    return request.path.startswith(PREFIX)


def answer(status: int, *, detail: str = "") -> HttpResponse:
    """A problem where no door of the API was reached (or none stands)."""
    with translation.override("zh-hans"):
        found = body(status, detail=detail)
    return JsonResponse(
        found,
        status=status,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def handler(exc: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal of a door as a problem; what nobody foresaw is left to the server's 500."""
    found = _understood(exc)
    if found is None:
        return None
    status, detail, errors = found
    response = Response(
        body(status, detail=detail, errors=errors), status=status, content_type=CONTENT_TYPE
    )
    if header := getattr(exc, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(exc, "wait", None):
        response["Retry-After"] = str(int(wait) or 1)
    return response


def _understood(exc: Exception) -> tuple[int, str, Mapping[str, Any]] | None:
    """Status, sentence and fields of a refusal; None where it is no refusal."""
    if isinstance(exc, Refused):
        # A record with mistakes names them; any other refusal is a state that does not allow it.
        errors = getattr(exc, "errors", None)
        return (UNPROCESSABLE if errors else 409), str(exc), errors or {}
    if isinstance(exc, Http404 | exceptions.NotFound):
        # One answer for what is missing and for what is out of sight.
        return 404, "", {}
    if isinstance(exc, exceptions.ValidationError):
        detail = exc.detail if isinstance(exc.detail, dict) else {"": exc.detail}
        return UNPROCESSABLE, "", detail
    if isinstance(exc, DjangoPermissionDenied):
        return 403, str(exc), {}
    if isinstance(exc, RequestDataTooBig):
        return 413, "", {}
    if isinstance(exc, BadRequest | SuspiciousOperation):
        return 400, "", {}
    if isinstance(exc, exceptions.APIException):
        return exc.status_code, str(exc.detail), getattr(exc, "errors", {})
    return None
