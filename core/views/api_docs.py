"""The description of the API as a page that a person can read, made of the description itself."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from drf_spectacular.generators import SchemaGenerator

from core import pages, policy

METHODS = ("get", "post", "put", "patch", "delete")
DEEPEST = 6


@policy.public
@require_GET
def api_docs(request: HttpRequest) -> HttpResponse:
    """Every operation with its parameters, fields and answers."""
    return pages.render(request, "core/api_docs.html", context={"groups": groups()})


@lru_cache(maxsize=1)
def groups() -> list[dict[str, Any]]:
    """Operations by subject, in the order of their addresses; nothing of it changes at run time."""
    with translation.override("zh-hans"):
        schema: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    found: dict[str, list[dict[str, Any]]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if operation := methods.get(method):
                one = _operation(schema, path, method, operation)
                found.setdefault(operation.get("tags", [""])[0], []).append(one)
    return [{"title": title, "operations": rows} for title, rows in found.items()]


def _operation(schema: Any, path: str, method: str, operation: Any) -> dict[str, Any]:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "title": operation.get("summary", ""),
        "text": operation.get("description", ""),
        "parameters": [_parameter(one) for one in operation.get("parameters", [])],
        "bodies": list(_contents(schema, operation.get("requestBody", {}))),
        "answers": [
            {
                "status": status,
                "text": answer.get("description", ""),
                "bodies": [] if int(status) >= 400 else list(_contents(schema, answer)),
            }
            for status, answer in sorted(operation["responses"].items())
        ],
    }


def _parameter(one: Any) -> dict[str, Any]:
    return {
        "name": one["name"],
        "place": {"path": _("路径"), "query": _("查询参数"), "header": _("请求头")}[one["in"]],
        "kind": _kind(one.get("schema", {})),
        "required": one.get("required", False),
        "text": one.get("description", ""),
    }


def _contents(schema: Any, holder: Any) -> Iterator[dict[str, Any]]:
    for kind, content in holder.get("content", {}).items():
        yield {"kind": kind, "fields": list(_fields(schema, content.get("schema", {})))}


def _fields(schema: Any, shape: Any, prefix: str = "", depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every field with its path; lists are marked [], objects in them are followed."""
    shape = _resolved(schema, shape)
    required = set(shape.get("required", ()))
    for name, one in shape.get("properties", {}).items():
        whole = {**_resolved(schema, one), **{k: v for k, v in one.items() if k == "description"}}
        inner = _resolved(schema, whole.get("items", whole))
        path = f"{prefix}{name}" + ("[]" if whole.get("type") == "array" else "")
        yield {
            "name": path,
            "kind": _kind(inner) if whole.get("type") == "array" else _kind(whole),
            "required": name in required,
            "text": whole.get("description", ""),
        }
        if inner.get("properties") and depth < DEEPEST:
            yield from _fields(schema, inner, f"{path}.", depth + 1)


def _resolved(schema: Any, shape: Any) -> Any:
    """What a reference stands for."""
    for one in shape.get("allOf", ()) or [shape]:
        if reference := one.get("$ref"):
            found = schema["components"]["schemas"][reference.rpartition("/")[2]]
            return {**found, **{k: v for k, v in shape.items() if k == "description"}}
    return shape


def _kind(shape: Any) -> str:
    """A type in a few words."""
    words = {
        "string": _("文本"),
        "integer": _("整数"),
        "number": _("数值"),
        "boolean": _("是或否"),
        "object": _("对象"),
        "array": _("列表"),
    }
    formats = {"date-time": _("时间"), "date": _("日期"), "uri": _("网址")}
    if "enum" in shape:
        return " · ".join(str(one) for one in shape["enum"] if one not in ("", None))
    kind = shape.get("type", "")
    kind = kind if isinstance(kind, str) else next((one for one in kind if one != "null"), "")
    word = formats.get(shape.get("format", ""), words.get(kind, kind))
    if limit := shape.get("maxLength"):
        return _("%(kind)s，最多%(limit)d字") % {"kind": word, "limit": limit}
    return str(word)
