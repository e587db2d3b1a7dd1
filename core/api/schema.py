"""What the description of the API (OpenAPI 3.1) says of every door: refusals, keys, paging."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers

from core.api.problems import CONTENT_TYPE, titles


class WrongFieldSerializer(serializers.Serializer):  # type: ignore[type-arg]
    field = serializers.CharField(help_text="字段")
    message = serializers.CharField(help_text="错误说明")


class ProblemSerializer(serializers.Serializer):  # type: ignore[type-arg]
    """RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField(help_text="中文标题")
    status = serializers.IntegerField(help_text="状态码")
    detail = serializers.CharField(allow_blank=True, help_text="具体原因")
    errors = WrongFieldSerializer(many=True, help_text="逐个字段的错误")


def problems(*statuses: int) -> dict[Any, Any]:
    """The refusals that a door may answer with."""
    return {
        (status, CONTENT_TYPE): OpenApiResponse(ProblemSerializer, titles()[status])
        for status in statuses
    }


# What may go wrong at a door that lists, shows one thing, takes a new one, acts on one.
LIST_PROBLEMS = problems(400, 401, 403, 429)
READ_PROBLEMS = problems(400, 401, 403, 404, 429)
WRITE_PROBLEMS = problems(400, 401, 403, 409, 413, 415, 422, 429)
ACT_PROBLEMS = problems(400, 401, 403, 404, 409, 413, 415, 422, 429)


def parameter(name: str, label: str, kind: Any = OpenApiTypes.STR) -> OpenApiParameter:
    """Something that may stand behind the question mark."""
    return OpenApiParameter(name, kind, description=label)


IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": r"^[!#-~]+$"},
    OpenApiParameter.HEADER,
    description="幂等键，30日内相同的键只办理一次，重发得到第一次的答复。",
)
STATE = parameter("state", "状态（代码）")
CURSOR = parameter("cursor", "上一页返回的 next；不填从头开始。")
LIMIT = OpenApiParameter(
    "limit",
    {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    description="每页条数。",
)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How a client shows who it is."""

    target_class = "accounts.api.ClientAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "访问令牌由安全管理员签发。"}
